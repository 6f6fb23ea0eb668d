"""What is drawn fits where it is drawn."""

import io
from datetime import timedelta

import pytest
from rich.console import Console

from tests.demo.builders import START, the_case, the_log, the_timeline
from workers.demo.picture import clock, is_live, live_table
from workers.demo.stories import STORIES


def drawn(width: int, passed_s: int) -> list[str]:
    now = START + timedelta(seconds=passed_s)
    cases = {story.record: the_case(story, the_timeline(story, the_log(story), now=now)) for story in STORIES}
    for case in cases.values():
        case.latest = ["First Response: met; violation retracted", "violation mailed to hugo, grace"]
    screen = Console(file=io.StringIO(), width=width)
    with screen.capture() as capture:
        screen.print(live_table(cases, STORIES, START, now, 47))
    return capture.get().splitlines()


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("passed_s", [0, 22, 60])
def test_the_live_table_fits_a_terminal_of_24_lines(width: int, passed_s: int) -> None:
    lines = drawn(width, passed_s)
    assert len(lines) <= 20
    assert max(map(len, lines)) <= width


def test_it_shows_seconds_left_over_and_taken() -> None:
    text = "\n".join(drawn(120, 22))
    assert all(words in text for words in ("58 s left", "2 s over", "5 of 20 s", "14 s left", "22 s of about 47 s"))


def test_a_stopped_clock_stands_still() -> None:
    story = STORIES[3]
    for passed_s in (10, 20):
        now = START + timedelta(seconds=passed_s)
        first = the_timeline(story, the_log(story), now=now).milestones[0]
        assert (first.status, clock(first, now)) == ("stopped", "14 s left")


def test_colours_alone_make_no_terminal() -> None:
    assert not is_live(Console(file=io.StringIO(), force_terminal=True))
