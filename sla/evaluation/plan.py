"""A process compiled for asking: lines grouped by milestone, conditions as trees, thresholds as integers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from sla.duration import Duration
from sla.process.conditions import After, Condition, Node, Occurs, Since, uses, walk
from sla.process.model import Action, LimitTable, Milestone, Process, Recurrence
from sla.values import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A warning or violation of a line. `position` counts from 1, as in the key `violation-2`."""

    kind: Literal["warning", "violation"]
    position: int
    actions: tuple[Action, ...]
    share: Fraction | None = None
    offset: Duration | None = None

    def threshold(self, limit: int, business_day: int) -> int:
        """Consumed seconds at which it is reached."""
        if self.share is not None:
            return -(-limit * self.share.numerator // self.share.denominator)
        away = self.offset.resolve(business_day) if self.offset is not None else 0
        return limit + away if self.kind == "violation" else limit - away


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """One line of the process. `position` counts from 1 among the lines of its milestone."""

    spec: Milestone
    position: int
    when: Node | None
    stop: Node | None
    complete: Node | None
    triggers: tuple[Trigger, ...]

    def limit(self, fields: Fields, business_day: int) -> int:
        """The limit in open seconds for a record with these fields."""
        within = self.spec.within
        duration = within.pick(fields) if isinstance(within, LimitTable) else within
        # A record may bring hours without an ordinary weekday, where `1bd` is nothing; a limit of nothing would never end.
        return max(1, duration.resolve(business_day))

    @property
    def from_process(self) -> bool:
        """Whether it counts from the start of the process rather than from its criteria."""
        return self.spec.start == "process"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A compiled process."""

    process: Process
    tracks: tuple[tuple[Line, ...], ...]
    exit: Node | None
    stop: Node | None
    pairs: tuple[Since, ...] = field(default=())


def _node(condition: Condition | None) -> Node | None:
    return None if condition is None else condition.node


def _triggers(line: Milestone) -> Iterable[Trigger]:
    for position, warning in enumerate(line.warnings, 1):
        share = None if warning.at is None else Fraction(warning.at.rstrip("% ")) / 100
        yield Trigger(kind="warning", position=position, actions=warning.actions, share=share, offset=warning.before)
    for position, violation in enumerate(line.violations, 1):
        yield Trigger(kind="violation", position=position, actions=violation.actions, offset=violation.after)


def _line(spec: Milestone, position: int) -> Line:
    return Line(
        spec=spec,
        position=position,
        when=_node(spec.when),
        stop=_node(spec.stop_when),
        complete=_node(spec.complete_when),
        triggers=tuple(_triggers(spec)),
    )


def _pairs(nodes: Iterable[Node | None]) -> tuple[Since, ...]:
    found = {part.pair: None for node in nodes if node is not None for part in walk(node) if isinstance(part, After)}
    return tuple(found)


def compile_plan(process: Process) -> Plan:
    """Compile a process; the result depends on nothing else and may be kept."""
    grouped: dict[str, list[Line]] = {}
    for spec in process.milestones:
        lines = grouped.setdefault(spec.milestone, [])
        lines.append(_line(spec, len(lines) + 1))
    tracks = tuple(tuple(lines) for lines in grouped.values())
    leave, stop = _node(process.exit_when), _node(process.stop_when)
    nodes = [leave, stop, *(n for track in tracks for line in track for n in (line.when, line.stop, line.complete))]
    return Plan(process=process, tracks=tracks, exit=leave, stop=stop, pairs=_pairs(nodes))


def recurrence_of(track: tuple[Line, ...]) -> Recurrence:
    """The recurrence that all lines of a milestone share."""
    return track[0].spec.recurrence


def names_events(node: Node | None) -> bool:
    """Whether the condition can be true at the instant of an event only."""
    return node is not None and uses(node, (Occurs,))
