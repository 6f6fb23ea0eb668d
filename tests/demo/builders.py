"""A story as it would go without a service: its log, its timeline, and the case as the store would have it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from sla.engine import evaluate
from sla.events import Event, read_event
from sla.ledger_line import LedgerLine
from sla.messages import ProcessRef
from sla.process.model import Process
from sla.timeline import Effect, Timeline
from starter.definitions import Definitions, load
from store.views import EffectState, StoredRecord
from workers.demo.outcomes import Verdict, judge
from workers.demo.performance import CALENDAR, EXAMPLES, NAMES
from workers.demo.scaling import Pace, Scale, scaled
from workers.demo.stories import STORIES, Story, told_at
from workers.demo.watching import Seen

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
USUAL = Pace()
QUICK = Pace(premium=Scale(hour_s=12), standard=Scale(hour_s=1))
"""The pace of the test that performs the whole demo."""

SENIOR = "ada"


@cache
def examples() -> Definitions:
    """What lies in `examples/`."""
    return load([EXAMPLES])


def example(name: str) -> Process:
    """A process of the examples."""
    [process] = [found.value for found in examples().processes if found.value.process == name]
    return process


def the_scale(story: Story, pace: Pace) -> Scale:
    """How fast a story goes."""
    return {"premium": pace.premium, "standard": pace.standard}[story.contract]


def the_process(story: Story, pace: Pace) -> Process:
    """What a story's case is held to."""
    return scaled(example(NAMES[story.contract]), the_scale(story, pace), calendar=CALENDAR)


def the_log(story: Story, pace: Pace = USUAL, *, delay_s: int = 0) -> list[Event]:
    """What is told of a story, each time so many seconds later than planned."""
    scale, delay = the_scale(story, pace), timedelta(seconds=delay_s)
    told = [START, *(told_at(beat, START, scale) for beat in story.beats)]
    events = [story.opening(START), *(story.event(n, START, scale) for n, _ in enumerate(story.beats, 1))]
    return [read_event(event | {"recorded_at": at + delay}, where="test") for event, at in zip(events, told, strict=True)]


def the_timeline(story: Story, log: Sequence[Event], pace: Pace = USUAL, *, now: datetime | None = None) -> Timeline:
    """What a log comes to, by default long after its end."""
    return evaluate(the_process(story, pace), examples().hours, log, now or START + timedelta(hours=1))


def the_case(story: Story, timeline: Timeline, owner: str = SENIOR) -> Seen:
    """The case as the store has it when all went well."""
    effects = [a_state(effect) for effect in timeline.effects]
    return Seen(
        record=story.record, stored=a_record(story, timeline, owner), occurrences=timeline.milestones, effects=effects
    )


def a_state(effect: Effect, outcome: str = "performed") -> EffectState:
    """An action with its line in the ledger; a mail went to ben."""
    detail = {"sent": ["ben"], "template": "warning"} if effect.action == "email" else {"chosen": SENIOR}
    line = LedgerLine(key=effect.key, outcome=outcome, at=effect.due_at, detail=detail)  # type: ignore[arg-type]
    return EffectState(effect=effect, line=line, attempts=0, problem=None, attempted_at=None)


def a_record(story: Story, timeline: Timeline, owner: str = SENIOR) -> StoredRecord:
    """The record as the store has it."""
    return StoredRecord(
        id=story.record,
        ref=(ref := ProcessRef(process=timeline.process, version=1, revision=1)),
        opened_under=ref,
        type="case",
        account=story.account,
        status=timeline.status,
        fields=timeline.fields,
        owner=owner,
        queue="tier-1",
        opened_at=START,
        out=timeline.out,
        next_wakeup=None,
        next_deadline=None,
        as_of=timeline.as_of,
        updated_at=timeline.as_of,
    )


def the_story(record: str) -> Story:
    """A story by its record."""
    [story] = [one for one in STORIES if one.record == record]
    return story


def judged(story: Story, timeline: Timeline, case: Seen | None = None, pace: Pace = USUAL) -> Verdict:
    """The verdict on a case, by default one with which all went well."""
    found = the_case(story, timeline) if case is None else case
    return judge(
        story, found, timeline, start=START, scale=the_scale(story, pace), seniors=frozenset({SENIOR, "carla", "edda"})
    )


def changed(case: Seen, position: int, **changes: object) -> Seen:
    """A case with one action that went otherwise."""
    effects = list(case.effects)
    effects[position] = replace(effects[position], **changes)  # type: ignore[arg-type]  # the tests know the fields
    return replace(case, effects=effects)
