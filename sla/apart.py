"""One record under several processes that differ in one milestone: what they have in common is walked through once. Pure.

Milestones know of each other in two ways only: by what an `update` sets, and by conditions that look at completions. Where
a process has neither, each of its milestones fares as if it were alone, and a record's outcome is put together from theirs.
(An event that one of them refuses leaves its id to another; so not where an id is there twice.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sla.evaluation.following import Laws
from sla.outcomes import Known, Outcome
from sla.process.conditions import After, Condition, Occurs, walk
from sla.process.model import Milestone, Process
from sla.timeline import RollUp

_RANK: Final[Mapping[RollUp, int]] = {"compliant": 0, "at_risk": 1, "violated_closed": 2, "violated_open": 3}
_COMPLETIONS: Final = ("completed", "uncompleted")


class SideBySide:
    """Some laws, each of one process, to which records are held one after the other."""

    def __init__(self, laws: Sequence[Laws]) -> None:
        self._laws = laws
        swept = _swept([law.first.process for law in laws])
        self._common: Laws | None = None
        self._parts: list[Laws] = []
        if swept is not None:
            order = dict.fromkeys(line.milestone for line in laws[0].first.process.milestones)
            self._places = {name: place for place, name in enumerate(order)}
            self._common = _only(laws[0], [name for name in order if name != swept])
            self._parts = [_only(law, [swept]) for law in laws]

    def __len__(self) -> int:
        return len(self._laws)

    @property
    def apart(self) -> bool:
        """Whether what they have in common is walked through once."""
        return self._common is not None

    def outcomes(self, known: Known) -> list[Outcome | None]:
        """What a record comes to under each of them."""
        if self._common is None or known.repeats:
            return [known.outcome(law) for law in self._laws]
        common = known.outcome(self._common)
        if common is None:
            return [None] * len(self._laws)
        return [None if part is None else self._both(common, part) for part in map(known.outcome, self._parts)]

    def _both(self, common: Outcome, part: Outcome) -> Outcome:
        sent = dict(common.sent)
        for kind, number in part.sent.items():
            sent[kind] = sent.get(kind, 0) + number
        reached = sorted((*common.reached, *part.reached), key=lambda one: self._places[one.milestone])
        return Outcome(max(common.status, part.status, key=_RANK.__getitem__), tuple(reached), sent)


def _only(law: Laws, names: Sequence[str]) -> Laws:
    """The law with these milestones alone."""
    process = law.first.process
    lines = tuple(line for line in process.milestones if line.milestone in names)
    return Laws(replace(law.first, process=process.model_copy(update={"milestones": lines})))


def _swept(processes: Sequence[Process]) -> str | None:
    """The one milestone in which they differ, if that is all, there are others, and each fares as if it were alone."""
    first, *others = processes
    if not others or not all(_apart(process) for process in processes):
        return None
    names = list(dict.fromkeys(line.milestone for line in first.milestones))
    differing = [name for name in names if any(_lines(first, name) != _lines(other, name) for other in others)]
    bare = first.model_copy(update={"milestones": ()})
    same = all(other.model_copy(update={"milestones": ()}) == bare for other in others)
    alike = all(list(dict.fromkeys(line.milestone for line in other.milestones)) == names for other in others)
    return differing[0] if same and alike and len(differing) == 1 < len(names) else None


def _lines(process: Process, name: str) -> list[Milestone]:
    return [line for line in process.milestones if line.milestone == name]


def _apart(process: Process) -> bool:
    """Whether no milestone can learn of another."""
    if any(action.sets is not None for _, action in process.actions()):
        return False
    return not any(name in _COMPLETIONS for condition in _conditions(process) for name in _events(condition))


def _conditions(process: Process) -> Iterator[Condition]:
    yield from (one for one in (process.exit_when, process.stop_when) if one is not None)
    for line in process.milestones:
        yield from (one for one in (line.when, line.stop_when, line.complete_when) if one is not None)


def _events(condition: Condition) -> Iterator[str | None]:
    """The names of the events that a condition looks at."""
    for part in walk(condition.node):
        if isinstance(part, Occurs):
            yield part.name
        elif isinstance(part, After):
            yield from part.pair
