"""A process compiled for asking: lines grouped by milestone, thresholds as integers, and what each question depends on.

Most news concerns nothing that a process asks about. A condition can turn only when something that it names is in
the news, be it a field or an event; so the plan holds for each name the `questions` that news of it raises anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache, reduce
from operator import or_
from typing import Any, Final, Literal

from sla.duration import Duration
from sla.process.conditions import After, Condition, Node, Occurs, Since, Test, uses, walk
from sla.process.model import Action, Limit, LimitTable, Milestone, Process, Recurrence
from sla.values import Fields

Questions = int
"""A set of questions, as bits: those below, and for each line that has a `complete_when`, whether that completes it."""

NONE: Final[Questions] = 0
STOPS: Final[Questions] = 1  # whether the clocks are stopped
EXIT: Final[Questions] = 2  # whether `exit_when` holds
MOVES: Final[Questions] = 4  # whether the record leaves or returns by an event
SELECTION: Final[Questions] = 8  # which lines apply, and with what limits
START: Final[Questions] = 16  # when the process starts
EXPLICIT: Final[Questions] = 32  # what is completed or uncompleted by an event
FOLLOWED: Final[Questions] = 64  # which version is followed
ALL: Final[Questions] = -1

_EVENTS: Final = {
    "stopped": STOPS,
    "resumed": STOPS,
    "closed": MOVES,
    "reopened": MOVES,
    "completed": EXPLICIT,
    "uncompleted": EXPLICIT,
    "migrated": FOLLOWED,
}
"""The events that mean something in every process."""


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """An action of a trigger: its kind and parameters, the fields that an `update` sets, the calendar it waits for."""

    kind: str
    params: dict[str, Any]
    sets: dict[str, Any] | None
    during: str | None


def _acts(actions: Iterable[Action]) -> tuple[Act, ...]:
    return tuple(Act(action.kind, action.params, action.sets, action.during) for action in actions)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trigger:
    """A warning or violation of a line. `position` counts from 1, as in the key `violation-2`."""

    kind: Literal["warning", "violation"]
    position: int
    actions: tuple[Act, ...]
    share: Fraction | None = None
    offset: Duration | None = None

    def means(self, other: "Trigger") -> bool:
        """Whether both are the same threshold, be it of different versions."""
        return (self.kind, self.share, self.offset) == (other.kind, other.share, other.offset)

    def threshold(self, limit: int, business_day: int) -> int:
        """Consumed seconds at which it is reached."""
        if self.share is not None:
            return -(-limit * self.share.numerator // self.share.denominator)
        away = self.offset.resolve(business_day) if self.offset is not None else 0
        return limit + away if self.kind == "violation" else limit - away


@dataclass(frozen=True, slots=True, eq=False)
class Rung:
    """A threshold on consumed time; `trigger` is None for the target itself.

    At one threshold the order is: warning, target, violation.
    """

    threshold: int
    rank: int
    position: int
    trigger: Trigger | None


TARGET_RANK: Final = 1
_RANKS: Final = {"warning": 0, "violation": 2}


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The thresholds of a line under one limit, in order, and the warnings that it leaves no time for (≤ 0)."""

    rungs: tuple[Rung, ...]
    without_time: tuple[Rung, ...]


NO_LADDER: Final = Ladder((), ())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """One line of the process. `position` counts from 1 among the lines of its milestone."""

    milestone: str
    recurrence: Recurrence
    within: Limit
    position: int
    when: Node | None
    stop: Node | None
    complete: Node | None
    question: Questions
    """Whether `complete` completes it."""
    completed_by_event: bool
    business_hours: str | None
    names_hours: bool
    """Whether the line itself names its hours, rather than the process."""
    from_process: bool
    """Whether it counts from the start of the process rather than from its criteria."""
    triggers: tuple[Trigger, ...]
    success: tuple[Act, ...]
    on_retracted: tuple[Act, ...]

    def limit(self, fields: Fields, business_day: int) -> int:
        """The limit in open seconds for a record with these fields."""
        within = self.within
        duration = within if isinstance(within, Duration) else within.pick(fields)
        # A record may bring hours without an ordinary weekday, where `1bd` is nothing; a limit of nothing would never end.
        return duration.resolve(business_day) or 1


def _in_order(rung: Rung) -> tuple[int, int, int]:
    return rung.threshold, rung.rank, rung.position


@lru_cache(maxsize=4096)  # limits come from tables and business days from calendars: a few for each line
def ladder(line: Line, limit: int, business_day: int) -> Ladder:
    """The thresholds of a line under this limit (in open seconds)."""
    rungs = [Rung(limit, TARGET_RANK, 0, None)]
    for trigger in line.triggers:
        rungs.append(Rung(trigger.threshold(limit, business_day), _RANKS[trigger.kind], trigger.position, trigger))
    ahead = sorted((rung for rung in rungs if rung.threshold > 0), key=_in_order)
    return Ladder(tuple(ahead), tuple(rung for rung in rungs if rung.threshold <= 0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A compiled process."""

    process: Process
    tracks: tuple[tuple[Line, ...], ...]
    start_at: str
    places: Mapping[str, int]
    """The milestones by name: the place of each among the tracks."""
    lines_that_stop: tuple[Line, ...]
    """The lines with a `stop_when` of their own."""
    exit: Node | None
    left_by_event: bool
    cancelled_at_exit: bool
    stopped_while_out: bool
    stop: Node | None
    pairs: tuple[Since, ...] = field(default=())
    checked_fields: frozenset[str]
    """What an event may say of them is checked (`sla.evaluation.admission`)."""
    questions: Mapping[str, Questions]
    """What news of a field or an event raises. That one may be called as the other costs at most a question too many."""
    raised_by_change: Questions
    """What every change of a field raises, be it of one that nobody asks about."""
    completing: Questions
    """All questions of what is completed."""
    asked_while_out: Questions
    """What is in question besides a return while the record is out and nothing is open."""
    completing_by_event: Questions
    """Those of them that an event can answer by itself, so that the order of events matters."""


def _node(condition: Condition | None) -> Node | None:
    return None if condition is None else condition.node


def _triggers(line: Milestone) -> Iterable[Trigger]:
    for position, warning in enumerate(line.warnings, 1):
        share = None if warning.at is None else Fraction(warning.at.rstrip("% ")) / 100
        yield Trigger(kind="warning", position=position, actions=_acts(warning.actions), share=share, offset=warning.before)
    for position, violation in enumerate(line.violations, 1):
        yield Trigger(kind="violation", position=position, actions=_acts(violation.actions), offset=violation.after)


def _line(process: Process, spec: Milestone, position: int, place: int) -> Line:
    complete = _node(spec.complete_when)
    return Line(
        milestone=spec.milestone,
        recurrence=spec.recurrence,
        within=spec.within,
        position=position,
        when=_node(spec.when),
        stop=_node(spec.stop_when),
        complete=complete,
        question=NONE if complete is None else (FOLLOWED << 1) << place,
        completed_by_event=names_events(complete),
        business_hours=spec.business_hours or process.business_hours,
        names_hours=spec.business_hours is not None,
        from_process=spec.start == "process",
        triggers=tuple(_triggers(spec)),
        success=_acts(spec.success),
        on_retracted=_acts(spec.on_retracted),
    )


def _pairs(nodes: Iterable[Node | None]) -> tuple[Since, ...]:
    found = {part.pair: None for node in nodes if node is not None for part in walk(node) if isinstance(part, After)}
    return tuple(found)


def _questions(process: Process, leave: Node | None, stops: Sequence[Node | None], lines: Sequence[Line]) -> dict[str, int]:
    """The questions that each field and each event raises."""
    raised = {**_EVENTS, process.start_at: START}
    asked = [(EXIT | MOVES if names_events(leave) else EXIT, leave), *((STOPS, stop) for stop in stops)]
    asked += [pair for line in lines for pair in ((SELECTION, line.when), (line.question, line.complete))]
    for question, node in asked:
        for name in named(node):
            raised[name] = raised.get(name, NONE) | question
    for line in lines:
        if isinstance(line.within, LimitTable):
            raised[line.within.by] = raised.get(line.within.by, NONE) | SELECTION
    return raised


def named(node: Node | None) -> Iterator[str]:
    """The fields and events that a condition names."""
    for part in () if node is None else walk(node):
        match part:
            case Test(name=name) | Occurs(name=name):
                yield name
            case After(pair=(after, until)):
                yield from (after,) if until is None else (after, until)


def plan_of(process: Process) -> Plan:
    """The process compiled: once for each object, which is immutable, so the plan stays true; a copy compiles its own."""
    plan = (process.__pydantic_private__ or {}).get("_plan")
    if not isinstance(plan, Plan) or plan.process is not process:
        plan = process._plan = compile_plan(process)
    return plan


def compile_plan(process: Process) -> Plan:
    """Compile a process; the result depends on nothing else and may be kept."""
    grouped: dict[str, list[Line]] = {}
    for place, spec in enumerate(process.milestones):
        of_milestone = grouped.setdefault(spec.milestone, [])
        of_milestone.append(_line(process, spec, len(of_milestone) + 1, place))
    lines = [line for of_milestone in grouped.values() for line in of_milestone]
    leave, stop = _node(process.exit_when), _node(process.stop_when)
    stops = [stop, *(line.stop for line in lines)]
    questions = _questions(process, leave, stops, lines)
    declared = reduce(or_, (line.question for line in lines), NONE)
    return Plan(
        process=process,
        tracks=tuple(tuple(of_milestone) for of_milestone in grouped.values()),
        start_at=process.start_at,
        places={name: place for place, name in enumerate(grouped)},
        lines_that_stop=tuple(line for line in lines if line.stop is not None),
        exit=leave,
        left_by_event=names_events(leave),
        cancelled_at_exit=process.on_exit == "cancel",
        stopped_while_out=process.on_exit == "cancel" and process.on_reopen == "resume",
        stop=stop,
        pairs=_pairs([leave, *stops, *(node for line in lines for node in (line.when, line.complete))]),
        checked_fields=frozenset({"business_hours", "opened_at", process.start_at}),
        questions=questions,
        raised_by_change=questions.get("changed", NONE),
        completing=declared | EXPLICIT,
        asked_while_out=~(declared | EXIT | MOVES),
        completing_by_event=reduce(or_, (line.question for line in lines if line.completed_by_event), NONE),
    )


def names_events(node: Node | None) -> bool:
    """Whether the condition can be true at the instant of an event only."""
    return node is not None and uses(node, (Occurs,))
