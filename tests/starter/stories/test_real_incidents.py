"""Each of the real incidents is explained, on a narrow terminal and a wide one, on a page and in a picture."""

from datetime import datetime, timedelta
from pathlib import Path

from sla.evaluation.following import Followed, Laws
from sla.events import Event, read_event
from sla.imports.incidents import read_incidents
from sla.story import Story
from starter.definitions import load
from starter.pictures.timeline import NARROW, WIDE, picture
from starter.stories.page import page
from starter.stories.telling import told
from tests.sla.telling.builders import a_dossier
from tests.starter.command_line import EXAMPLES
from tests.starter.pictures.drawn import Drawn
from tests.starter.stories.markup import Page
from tests.starter.stories.test_explain import shown


def incidents() -> list[Story]:
    """All of them, two hours after the last that is known of each."""
    files: list[Path] = [EXAMPLES / "processes" / "incidents.yaml", EXAMPLES / "calendars" / "service-desk.yaml"]
    found = load(files)
    laws = Laws(Followed(process=found.processes[0].value, calendars=found.hours))
    logs: dict[str, list[Event]] = {}
    for told_of in read_incidents((EXAMPLES / "incidents/incidents-2016.csv").read_text("utf-8"), "the incidents").events:
        event = read_event(told_of, where="the incidents")
        logs.setdefault(event.record, []).append(event)
    return [told(a_dossier(laws, tuple(log), _after(log))) for log in logs.values()]


def _after(log: list[Event]) -> datetime:
    return max(event.recorded_at for event in log) + timedelta(hours=2)


def test_each_of_the_incidents_is_explained_without_anything_sticking_out() -> None:
    stories = incidents()
    assert len(stories) >= 80
    for whole in stories:
        Page(page(whole))
        for width in (80, 120):
            lines = shown(whole, width)
            assert max(map(len, lines)) <= width, whole.record
            assert len(lines) < 155, whole.record
        for wide in (WIDE, NARROW):
            drawn = Drawn(picture(whole, width=wide))
            for x, y in drawn.places():
                assert drawn.left - 0.1 <= x <= drawn.right + 0.1, (whole.record, x)
                assert -0.1 <= y <= drawn.height + 0.1, (whole.record, y)
