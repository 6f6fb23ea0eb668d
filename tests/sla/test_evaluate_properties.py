"""Laws of `evaluate` that hold whatever the process and the events (SPEC 2, 4 and 8), over generated cases."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla.calendar import BusinessHours
from sla.engine import evaluate
from sla.events import Event, Noted, Opened, UnknownEventType, read_event
from sla.instants import to_instant
from sla.process.model import Process
from sla.timeline import Effect, Timeline
from tests.oracle.calendars import CALENDARS
from tests.oracle.generate import PROFILES, case
from tests.sla.builders import MONDAY, Json, a_process, a_quiet, some_hours

SECOND = timedelta(seconds=1)
HOURS = {str(one["calendar"]): BusinessHours.model_validate(one) for one in CALENDARS}


@dataclass(frozen=True)
class Given:
    """A record's events under a process, as of an instant by which all is known."""

    told: str
    process: Process
    events: tuple[Event, ...]
    now: datetime

    def __repr__(self) -> str:
        return self.told

    def as_of(self, now: datetime | None = None, events: Iterable[Event] | None = None) -> Timeline:
        """What they come to."""
        return evaluate(self.process, HOURS, self.events if events is None else tuple(events), now or self.now)


def the_case(seed: int, profile: str) -> Given:
    """The first record of a generated case, with one event for each id."""
    document, _, lines, _ = case(seed, profile)
    events: dict[str, Event] = {}
    for line in sorted(lines, key=lambda one: one["type"] != "opened"):
        try:
            event = read_event(line, where="the case")
        except UnknownEventType:
            continue
        if event.record == "C-1":
            events.setdefault(event.id, event)
    now = max(max(event.recorded_at, event.at) for event in events.values())
    return Given(f"the_case({seed}, {profile!r})", Process.model_validate(document), tuple(events.values()), now)


def cases(*profiles: str) -> st.SearchStrategy[Given]:
    """Cases of these profiles, or of all."""
    return st.builds(the_case, st.integers(0, 100_000), st.sampled_from(profiles or tuple(sorted(PROFILES))))


def some(examples: int) -> Callable[[Any], Any]:
    """So many examples, each as slow as it likes."""
    return settings(deadline=None, max_examples=examples, suppress_health_check=[HealthCheck.too_slow])


def outcome(timeline: Timeline) -> list[Json]:
    """What became of the milestones, whatever was done and taken back on the way."""
    rows = timeline.model_dump(mode="json")["milestones"]
    return [{key: value for key, value in row.items() if key not in ("retracted", "reason")} for row in rows]


def one_for_each_instant(events: Iterable[Event]) -> tuple[Event, ...]:
    """Without what shares an instant with another event (there the order is that of learning), and opened once."""
    first = next(event for event in events if isinstance(event, Opened))
    others = {event.at: event for event in events if not isinstance(event, Opened) and event.at > first.at}
    return (first, *others.values())


def learned_anew(events: Sequence[Event], now: datetime, random: Random) -> tuple[Event, ...]:
    """The same events, each learned at some other moment between its instant and now."""
    moments = [random.choice([event.at, now, event.at + (now - event.at) * random.random()]) for event in events]
    return tuple(
        event.model_copy(update={"recorded_at": to_instant(moment)}) for event, moment in zip(events, moments, strict=True)
    )


def assert_no_order_matters(as_of: Callable[..., Timeline], events: Sequence[Event], random: Random) -> None:
    """What they come to is the same in any order of the list; of refusals, which there are."""
    ours, theirs = as_of(events=events), as_of(events=random.sample(events, len(events)))
    assert ours.model_copy(update={"refused": ()}) == theirs.model_copy(update={"refused": ()})
    assert sorted(one.event for one in ours.refused) == sorted(one.event for one in theirs.refused)


def actions(timeline: Timeline) -> list[Effect]:
    """What there is to do. A warning at the very target is wanted then and moot a second later, if it is not done yet."""
    return [one.model_copy(update={"moot": None}) for one in timeline.effects]


def without_updates_on_retraction(given_: Given) -> Given:
    """An `on_retracted` update counts from when it was learned, so its outcome depends on that (SPEC 8, Knowledge)."""
    document = json.loads(given_.process.model_dump_json())
    for line in document["milestones"]:
        line["on_retracted"] = [action for action in line["on_retracted"] if "update" not in action]
    return replace(given_, process=Process.model_validate(document))


# ---------------------------------------------------------------------- knowledge


@some(200)
@given(cases())
def test_what_is_not_learned_yet_changes_nothing(given_: Given) -> None:
    for moment in sorted({event.recorded_at for event in given_.events}):
        known = [event for event in given_.events if event.recorded_at <= moment]
        assert given_.as_of(moment, known).model_dump() | {"refused": ()} == given_.as_of(moment).model_dump() | {
            "refused": ()
        }


@some(200)
@given(cases())
def test_what_was_due_stays_listed_as_done_or_taken_back(given_: Given) -> None:
    done: dict[str, str] = {}
    moments = {event.recorded_at for event in given_.events} | {event.at for event in given_.events}
    for moment in sorted(one for one in moments if one <= given_.now):
        effects = {effect.key: effect.status for effect in given_.as_of(moment).effects}
        for key, was in done.items():
            assert effects.get(key) in ({"due", "retracted"} if was == "due" else {"retracted"}), (moment, key)
        done |= {key: status for key, status in effects.items() if status != "skipped"}


@some(200)
@given(
    cases("late+stops", "late+reopen", "late+recurrence", "late+completing", "late+updates", "late+lines", "all"),
    st.randoms(),
)
def test_the_milestones_do_not_depend_on_when_things_were_learned(given_: Given, random: Random) -> None:
    given_ = without_updates_on_retraction(given_)
    events = one_for_each_instant(given_.events)
    assert outcome(given_.as_of(events=events)) == outcome(given_.as_of(events=learned_anew(events, given_.now, random)))


@some(150)
@given(cases(), st.randoms())
def test_the_order_of_the_list_does_not_matter(given_: Given, random: Random) -> None:
    assert_no_order_matters(given_.as_of, given_.events, random)


@some(100)
@given(cases())
def test_an_event_told_twice_changes_nothing(given_: Given) -> None:
    assert given_.as_of(events=[*given_.events, *given_.events]).model_dump(
        exclude={"refused"}
    ) == given_.as_of().model_dump(exclude={"refused"})


@some(100)
@given(cases())
def test_events_mean_the_same_after_a_round_trip_through_json(given_: Given) -> None:
    again = [read_event(json.loads(event.model_dump_json()), where="the wire") for event in given_.events]
    assert tuple(again) == given_.events
    assert given_.as_of(events=again) == given_.as_of()


@some(100)
@given(cases())
def test_a_process_means_the_same_after_a_round_trip_through_json(given_: Given) -> None:
    again = Process.model_validate(json.loads(given_.process.model_dump_json()))
    assert again == given_.process
    assert replace(given_, process=again).as_of() == given_.as_of()


# ---------------------------------------------------------------------- triggers


@some(250)
@given(cases())
def test_no_trigger_fires_twice(given_: Given) -> None:
    effects = given_.as_of().effects
    assert len({effect.key for effect in effects}) == len(effects)
    standing = [
        effect.key.partition("~")[0] for effect in effects if effect.status == "due" and effect.trigger != "retracted"
    ]
    assert len(set(standing)) == len(standing)


@some(150)
@given(cases())
def test_whoever_is_skipped_or_taken_back_is_told_why(given_: Given) -> None:
    timeline = given_.as_of()
    assert all(effect.reason for effect in timeline.effects if effect.status != "due")
    assert all(row.reason for row in timeline.milestones if row.status == "cancelled")


@some(150)
@given(cases())
def test_nothing_is_done_before_its_time(given_: Given) -> None:
    assert all(effect.due_at <= given_.now for effect in given_.as_of().effects)


@some(200)
@given(cases(), st.floats(0, 1))
def test_nothing_falls_due_before_the_next_wake_up(given_: Given, share: float) -> None:
    first = min(event.at for event in given_.events)
    now = to_instant(first + (given_.now - first) * share)
    known = [event for event in given_.events if event.recorded_at <= now]
    timeline = given_.as_of(now, known)
    wakes = timeline.next_wakeup
    assert wakes is None or wakes > now
    later = given_.as_of(now + timedelta(days=90) if wakes is None else wakes - SECOND, known)
    assert actions(later) == actions(timeline)
    assert [(row.occurrence, row.status) for row in later.milestones] == [
        (row.occurrence, row.status) for row in timeline.milestones
    ]
    assert (later.status, later.notes, later.fields) == (timeline.status, timeline.notes, timeline.fields)


# ---------------------------------------------------------------------- milestones


@some(250)
@given(cases())
def test_at_most_one_occurrence_of_a_milestone_is_open_and_their_numbers_run_on(given_: Given) -> None:
    rows = given_.as_of().milestones
    for name in {row.milestone for row in rows}:
        own = [row for row in rows if row.milestone == name]
        assert [row.occurrence for row in own] == list(range(1, len(own) + 1))
        assert sum(row.status in ("running", "stopped", "overdue") for row in own) <= 1
        assert all(row.status != "waiting" for row in own[:-1])


@some(250)
@given(cases())
def test_status_and_flags_say_the_same(given_: Given) -> None:
    for row in given_.as_of().milestones:
        assert row.violated is (row.violated_at is not None) is (row.status in ("overdue", "missed", "met_late"))
        assert (row.completed_at is not None) is (row.status in ("met", "met_late"))
        assert (row.elapsed_s is None) is (row.actual_s is None) is (row.completed_at is None)
        if row.elapsed_s is not None and row.actual_s is not None:
            assert row.elapsed_s == row.actual_s + row.stopped_s
        assert min(row.stopped_s, row.overdue_s, row.remaining_s) >= 0
        assert row.violated or row.overdue_s == 0


Moves = list[tuple[int, str]]


@some(200)
@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["stopped", "resumed", "closed", "reopened"])), max_size=8))
def test_a_stopped_clock_never_violates(moves: Moves) -> None:
    start = MONDAY.replace(tzinfo=UTC)
    told: list[Json] = [{"type": "opened", "at": start, "id": "a"}]
    for number, (step, move) in enumerate(sorted(dict(moves).items())):
        told.append({"type": move, "at": start + timedelta(minutes=10 * (step + 1)), "id": f"b{number:02}"})
    events = [read_event({"record": "C-1", **one}, where="told") for one in told]
    (row,) = evaluate(a_process(a_quiet()), {}, events, start + timedelta(days=1)).milestones
    used, since, stopped, out = timedelta(), start, False, False
    for event in [*events[1:], None]:
        until = start + timedelta(days=1) if event is None else event.at
        if row.violated_at is not None and since <= row.violated_at < until:
            assert not stopped
            assert not out
            assert used + (row.violated_at - since) == timedelta(hours=1)
        used += timedelta() if stopped or out else until - since
        since = until
        kind = "" if event is None else event.names()[0]
        stopped = {"stopped": True, "resumed": False}.get(kind, stopped)
        out = {"closed": True, "reopened": False}.get(kind, out)
    assert row.violated is (used > timedelta(hours=1))


# ---------------------------------------------------------------------- anything whatever

NEVER = some_hours("never", {"mon": ["09:00-09:01"]}, holidays=[{"from": "2026-01-01", "to": "2040-12-31"}])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3)  # what a database keeps
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=False, allow_infinity=False), TEXTS)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=2))
FIELDS = st.dictionaries(st.sampled_from(["status", "tier", "priority", "tags", "owner", "triaged_at", "opened_at"]), VALUES)
BODIES: dict[str, st.SearchStrategy[Json]] = {
    "opened": st.fixed_dictionaries({"fields": FIELDS}),
    "changed": st.fixed_dictionaries({"set": FIELDS}),
    "completed": st.fixed_dictionaries({"milestone": st.sampled_from(["First Response", "Nothing"])}),
    "uncompleted": st.fixed_dictionaries({"milestone": st.sampled_from(["First Response", "Nothing"])}),
    "noted": st.fixed_dictionaries({"kind": st.sampled_from(["response.sent", "closed"]), "to": VALUES}),
    "migrated": st.fixed_dictionaries({"version": st.integers(1, 3)}),
    **{kind: st.just({}) for kind in ("stopped", "resumed", "closed", "reopened")},
}


@st.composite
def anything(draw: st.DrawFn) -> Event:
    """An event that reads well, and nothing more can be said for it."""
    kind = draw(st.sampled_from(["opened", *BODIES, "changed", "completed"]))
    at = MONDAY.replace(tzinfo=UTC) + timedelta(seconds=draw(st.integers(-10, 500)) * 600)
    recorded = at + timedelta(seconds=draw(st.sampled_from([-60, 0, 0, 0, 600, 7200])))
    identity = {
        "record": "C-1",
        "id": draw(st.sampled_from("abcdefghijkl")),
        "type": kind,
        "at": at,
        "recorded_at": recorded,
    }
    return read_event(identity | draw(BODIES[kind]), where="anything")


@st.composite
def any_process(draw: st.DrawFn) -> Process:
    """A process that reads well, with some of everything."""
    conditions = st.sampled_from(
        [
            None,
            {"status": "a"},
            {"tier": {"gt": 1}},
            {"not": {"tags": {"contains": "x"}}},
            {"after": "closed", "until": "changed"},
        ]
    )
    updates = [
        {"update": {"set": draw(FIELDS)}},
        {"notify": {"url": "https://chat.example", "text": "!", "during": "never"}},
    ]
    line = a_quiet(
        within=draw(
            st.sampled_from(["1s", "1h", "3d", "1bd", {"by": "priority", "values": {"1": "1h"}, "default": "9999w"}])
        ),
        when=draw(conditions),
        stop_when=draw(conditions),
        complete_when=draw(
            st.sampled_from([None, {"event": "noted", "where": {"to": 1}}, {"status": "a"}, {"event": "closed"}])
        ),
        start=draw(st.sampled_from(["process", "criteria"])),
        recurrence=draw(st.sampled_from(["none", "independent", "sequential", "periodic"])),
        warnings=[{"at": "50%", "actions": updates}],
        violations=[{"after": draw(st.sampled_from(["0s", "1h"])), "actions": updates}],
        success=updates,
        on_retracted=updates,
    )
    return a_process(
        line,
        start_at=draw(st.sampled_from(["opened_at", "triaged_at"])),
        exit_when=draw(conditions),
        on_exit=draw(st.sampled_from(["cancel", "leave_open"])),
        on_reopen=draw(st.sampled_from(["resume", "restart", "new_cycle"])),
        business_hours=draw(st.sampled_from([None, "never", "office"])),
    )


@some(300)
@given(any_process(), st.lists(anything(), max_size=12))
def test_no_list_of_events_is_too_much_for_it(process: Process, events: list[Event]) -> None:
    hours = {**HOURS, "never": NEVER}
    now = max((event.recorded_at for event in events), default=MONDAY.replace(tzinfo=UTC))
    timeline = evaluate(process, hours, events, now)
    assert timeline.next_wakeup is None or timeline.next_wakeup > now
    assert json.loads(timeline.model_dump_json())["record"] in ("C-1", "")
    assert all(0 <= one.position < len(events) for one in timeline.refused)


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        evaluate(a_process(), {}, [], datetime(2026, 3, 2))  # noqa: DTZ001 - that is the point


def test_without_an_opening_there_is_nothing() -> None:
    note = Noted(record="C-1", id="e1", at=MONDAY.replace(tzinfo=UTC), recorded_at=MONDAY.replace(tzinfo=UTC), kind="called")
    timeline = evaluate(a_process(), {}, [note], MONDAY.replace(tzinfo=UTC))
    assert (timeline.milestones, timeline.effects, timeline.next_wakeup) == ((), (), None)
