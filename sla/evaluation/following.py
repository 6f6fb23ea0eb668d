"""Which version a record follows from when on (SPEC 2, `migrated`; decision 0007), compiled for one evaluation.

Keys name actions by the number of their line (SPEC 5). A record that moved has lines of several versions, so they are
numbered through: a line has a number that another version's line had before only if the two trigger the same actions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sla.calendar import ALWAYS, BusinessHours
from sla.evaluation.plan import STOPS, Line, Plan, Questions, plan_of
from sla.events import Event, Migrated, Version
from sla.process.conditions import Since
from sla.process.model import Milestone, Process

if TYPE_CHECKING:
    from sla.evaluation.admission import Heard

Numbers = tuple[tuple[int, ...], ...]
"""The numbers of a process's lines, milestone by milestone in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The law of one version: the process, all calendars by name, and the installation's default business hours."""

    process: Process
    calendars: Mapping[str, BusinessHours]
    default_hours: BusinessHours = ALWAYS


@dataclass(frozen=True, slots=True)
class Laws:
    """The law that a record was opened under, and those of the versions that it may have moved to.

    None is for a record that never moved, or where only one version is given.
    """

    first: Followed
    versions: Mapping[Version, Followed] | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an action comes from: the line, and the law that it is a line of."""

    law: Followed
    line: Milestone


Origins = Mapping[tuple[str, int], Origin]
"""By milestone and number of the line; empty for a record that never moved, whose lines are those of its process."""

NO_ORIGINS: Final[Origins] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Move:
    """A migration that counts: when it was and was recorded, and the version, whose lines have the record's numbers."""

    at: int
    recorded: int
    id: str
    to: Version
    law: Followed
    numbers: Numbers


Step = tuple[Version, Followed, Plan]
"""What a migration brings about in the walk."""


class Following:
    """The versions of one record. Admission tells it of migrations in the order of their recording; then it is asked.

    What a migration means, and which law an event is held to, follows from what was known when each was recorded: later
    knowledge does not make it mean something else.
    """

    def __init__(self, laws: Laws) -> None:
        self.laws = laws
        self._numbering = _Numbering()
        self._first = self._numbering.number(laws.first.process)
        self._numbered: dict[tuple[str, int], Numbers] = {}
        self._moves: dict[str, Move] = {}

    # ------------------------------------------------------------------ while events are admitted

    def hear(self, one: Heard) -> str | None:
        """Take note of a migration; returns why it is refused. One to a version that is not known changes nothing."""
        event = one.event
        assert isinstance(event, Migrated)  # noqa: S101 - admission looked at its type
        to = Version(event.process or self.law_at(one).process.process, event.version, event.revision)
        law = (self.laws.versions or {}).get(to)
        if law is None:
            return None
        ours, theirs = self.laws.first.process.applies_to, law.process.applies_to
        if ours != theirs:
            return f"the record is a '{ours}', and process '{to.process}' applies to '{theirs}'"
        name = (to.process, to.version)
        if name not in self._numbered:
            self._numbered[name] = self._numbering.number(law.process)
        self._moves[one.id] = Move(one.at, one.recorded, one.id, to, law, self._numbered[name])
        return None

    def law_at(self, one: Heard) -> Followed:
        """The law that was followed at an event's instant, as far as was known when it was recorded."""
        before = [move for move in self._moves.values() if move.at <= one.at]
        return max(before, key=_as_happened).law if before else self.laws.first

    # ------------------------------------------------------------------ in the walk

    def settle(self) -> None:
        """All migrations are known: compile the plans."""
        laws = [self.laws.first, *(move.law for move in self._moves.values())]
        pairs = tuple(dict.fromkeys(pair for law in laws for pair in plan_of(law.process).pairs))
        self.first = _heeding(plan_of(self.laws.first.process), self._first, pairs)
        self._steps: dict[str, Step] = {
            name: (move.to, move.law, _heeding(plan_of(move.law.process), move.numbers, pairs))
            for name, move in self._moves.items()
        }
        self.plans = tuple(dict.fromkeys([self.first, *(plan for _, _, plan in self._steps.values())]))
        self._plan_of_line = {line: plan for plan in self.plans for lines in plan.tracks for line in lines}

    def step(self, event: Migrated) -> Step | None:
        """What an event that counts brings about; None if its version is not known."""
        return self._steps.get(event.id)

    def plan_of_line(self, line: Line) -> Plan:
        """The plan that has this line."""
        return self._plan_of_line[line]

    # ------------------------------------------------------------------ afterwards

    def origins(self) -> dict[tuple[str, int], Origin]:
        """Where actions come from; of lines that share a number, the one of the version that was told of last."""
        found: dict[tuple[str, int], Origin] = {}
        for law, numbers in ((self.laws.first, self._first), *((one.law, one.numbers) for one in self._moves.values())):
            for specs, own in zip(_grouped(law.process).values(), numbers, strict=True):
                found.update({(spec.milestone, number): Origin(law, spec) for spec, number in zip(specs, own, strict=True)})
        return found


def versions_named(process: str, log: Iterable[Event]) -> set[Version]:
    """The versions that the migrations in a log may mean, for a record that was opened under this process.

    Which process one means that names none depends on the others (`Following.hear`); so here it may be any of them.
    """
    moves = [event for event in log if isinstance(event, Migrated)]
    names = {process, *(event.process for event in moves if event.process is not None)}
    return {Version(name, one.version, one.revision) for one in moves for name in names if one.process in (None, name)}


def _as_happened(move: Move) -> tuple[int, int, str]:
    return move.at, move.recorded, move.id


# ---------------------------------------------------------------------- numbers


class _Numbering:
    """The lines that have numbers, by milestone; a version's lines get theirs when it is first moved to."""

    def __init__(self) -> None:
        self._known: dict[str, list[Milestone]] = {}

    def number(self, process: Process) -> Numbers:
        """Number a version's lines: as the same line was before, else as one in its place that triggers the same."""
        return tuple(self._numbers(self._known.setdefault(name, []), specs) for name, specs in _grouped(process).items())

    @staticmethod
    def _numbers(known: list[Milestone], specs: Sequence[Milestone]) -> tuple[int, ...]:
        numbers: dict[int, int] = {}
        for place, spec in enumerate(specs):
            same = (number for number, one in enumerate(known, 1) if one == spec and number not in numbers.values())
            if number := next(same, 0):
                numbers[place] = number
        for place, spec in enumerate(specs):
            if place in numbers:
                continue
            number = place + 1
            if number > len(known) or number in numbers.values() or _deeds(known[place]) != _deeds(spec):
                known.append(spec)
                number = len(known)
            numbers[place] = number
        return tuple(numbers[place] for place in range(len(specs)))


def _deeds(spec: Milestone) -> tuple[object, ...]:
    """All that keys below a line's number may mean."""
    return spec.warnings, spec.violations, spec.success, spec.on_retracted


def _grouped(process: Process) -> dict[str, list[Milestone]]:
    grouped: dict[str, list[Milestone]] = {}
    for spec in process.milestones:
        grouped.setdefault(spec.milestone, []).append(spec)
    return grouped


# ---------------------------------------------------------------------- plans


class _Heeded(dict[str, Questions]):
    """Questions of a record that moves: whatever happens, some version may see the clock stopped by it."""

    def get(self, name: str, default: Questions = 0) -> Questions:  # type: ignore[override]  # a name is all it is asked
        """The questions that news of a name raises."""
        return super().get(name, default) | STOPS


@lru_cache(maxsize=256)
def _heeding(plan: Plan, numbers: Numbers, pairs: tuple[Since, ...]) -> Plan:
    """A plan under these numbers that follows the pairs of all versions, and lets the clocks be looked at by any news."""
    numbered = dict(_numbered(plan, numbers))
    return replace(
        plan,
        tracks=tuple(tuple(numbered[line] for line in lines) for lines in plan.tracks),
        lines_that_stop=tuple(numbered[line] for line in plan.lines_that_stop),
        pairs=pairs,
        questions=_Heeded(plan.questions),
        raised_by_change=plan.raised_by_change | STOPS,
    )


def _numbered(plan: Plan, numbers: Numbers) -> Iterator[tuple[Line, Line]]:
    for lines, own in zip(plan.tracks, numbers, strict=True):
        for line, number in zip(lines, own, strict=True):
            yield line, line if line.position == number else replace(line, position=number)
