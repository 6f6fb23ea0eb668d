"""The figures of a story are the timeline's, to the second, and its open spans add up to them: over generated cases."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sla.evaluation.following import Followed, Laws
from sla.events import Event
from sla.story import Chapter, Story
from sla.telling import story
from sla.timeline import Occurrence, Timeline
from tests.sla.telling.builders import a_dossier
from tests.sla.test_evaluate_properties import HOURS, Given, cases, some
from tests.sla.test_migration_properties import Moving, moving

ZONE = ZoneInfo("Australia/Lord_Howe")
FIGURES = (
    "milestone", "occurrence", "status", "started_at", "target_at", "completed_at", "violated_at", "ended_at", "limit_s",
    "elapsed_s", "stopped_s", "actual_s", "overdue_s", "remaining_s",
)  # fmt: skip


def _told(laws: Laws, events: tuple[Event, ...], timeline: Timeline) -> Story:
    dossier = a_dossier(laws, events, timeline.as_of)
    return story(dossier, ZONE)


def _agree(chapter: Chapter, one: Occurrence, timeline: Timeline) -> None:
    for name in FIGURES:
        assert getattr(chapter, name) == getattr(one, name), name
    opened = sum(span.open_s for span in chapter.open_spans)
    stopped = sum(span.stopped_s for span in chapter.open_spans)
    assert stopped == one.stopped_s == sum(stop.open_s for stop in chapter.stops)
    assert one.elapsed_s in (None, opened)
    assert one.actual_s in (None, opened - stopped)
    if one.status != "waiting":
        assert one.remaining_s == max(0, one.limit_s - (opened - stopped))
    assert one.overdue_s == (max(0, opened - stopped - one.limit_s) if one.violated else 0)
    if chapter.margin_s is not None:
        assert chapter.margin_s == one.limit_s - (opened - stopped)
    left_s = {"waiting": one.limit_s, "running": one.remaining_s, "met": chapter.margin_s}.get(one.status)
    ahead_s = sum(span.open_s for span in chapter.spans_ahead)
    assert ahead_s == (0 if one.target_at is None else left_s or 0)
    effects = [one for one in timeline.effects if (one.milestone, one.occurrence) == (chapter.milestone, chapter.occurrence)]
    assert [act.key for act in chapter.acts] == [effect.key for effect in effects]


def _agrees(whole: Story, timeline: Timeline) -> None:
    assert (whole.status, whole.as_of) == (timeline.status, timeline.as_of)
    assert len(whole.chapters) == len(timeline.milestones)
    for chapter, one in zip(whole.chapters, timeline.milestones, strict=True):
        _agree(chapter, one, timeline)


@some(250)
@given(cases(), st.integers(0, 110))
def test_the_spans_of_a_story_add_up_to_the_timeline_at_any_time(case: Given, share: int) -> None:
    now = _moment(case, share)
    laws = Laws(Followed(process=case.process, calendars=HOURS))
    _agrees(_told(laws, case.events, case.as_of(now)), case.as_of(now))


@some(150)
@given(moving(), st.integers(50, 110))
def test_they_do_for_a_record_that_moves_between_versions(case: Moving, share: int) -> None:
    now = _moment(case.case, share)
    _agrees(_told(case.laws(), case.events, case.as_of(now)), case.as_of(now))


def _moment(case: Given, share: int) -> datetime:
    """So many hundredths of a case's life after its beginning, on an odd second."""
    begun = min(event.at for event in case.events)
    return begun + (case.now - begun) * share / 100 + timedelta(seconds=1)
