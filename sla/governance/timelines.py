"""Processes that promise the same, or nearly so. Everything is compared within buckets, never each with each."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sla.governance import shapes
from sla.governance.finding import Seen, quoted, some
from sla.governance.grouping import Groups, shell
from sla.governance.reading import Line, Reading, titled
from sla.governance.shapes import Length
from sla.governance.snapshot import Version
from sla.process.model import LimitTable

ASPECTS = ("limits", "business hours", "conditions", "triggers", "start or recurrence", "entry or exit")
"""In what two timelines can differ."""

_KEEP_ONE: Final = "Keep one, which takes over the entitlements of the others."
_IF_NOT_MEANT: Final = "See where they differ; if that is not meant, keep one, which takes over the others."
_SIDE_BY_SIDE: Final = 4
_IN_ONE_COMMAND: Final = 20


@dataclass(frozen=True, slots=True)
class Timeline:
    """What a version promises (`aspects`, as `ASPECTS`), the milestones by which near ones are found, and their limits."""

    version: Version
    aspects: tuple[Hashable, ...]
    milestones: Hashable
    limits: tuple[tuple[Length, ...], ...]

    @property
    def name(self) -> str:
        """The process's."""
        return self.version.name

    @property
    def total(self) -> int:
        """All limits together, by which near ones are sought: a business day counts as a working day."""
        return sum(seconds + days * 28_800 for line in self.limits for seconds, days in line)


def timeline_of(reading: Reading, version: Version) -> Timeline:
    """The timeline of a version. The order of different milestones does not matter to it; that of one's lines does."""
    lines = sorted(reading.lines_of(version), key=_order)  # stable: the lines of one milestone stay in order
    process = version.process
    leaving = (process.on_exit, process.on_reopen, shapes.condition(process.exit_when), shapes.condition(process.stop_when))
    names = tuple(line.milestone.milestone for line in lines)
    limits = tuple(shapes.limit(line.milestone, line.hours) for line in lines)
    return Timeline(
        version=version,
        aspects=(
            (names, limits),
            tuple(reading.calendar_shape(line.hours) for line in lines),
            tuple(_conditions(line) for line in lines),
            tuple(_triggers(line, within) for line, within in zip(lines, limits, strict=True)),
            tuple((line.milestone.start, line.milestone.recurrence) for line in lines),
            (process.applies_to, process.start_at, *leaving),
        ),
        milestones=(process.applies_to, tuple((_known_as(line.milestone.milestone), _keys(line)) for line in lines)),
        limits=tuple(_lengths(line) for line in lines),
    )


def _order(line: Line) -> tuple[str, str]:
    return _known_as(line.milestone.milestone), line.milestone.milestone


def _conditions(line: Line) -> Hashable:
    asked = (line.milestone.when, line.milestone.stop_when, line.milestone.complete_when)
    return tuple(map(shapes.condition, asked))


def _triggers(line: Line, within: Hashable) -> Hashable:
    warnings = (shapes.warning(one, within, line.hours) for one in line.milestone.warnings)
    return _counted(warnings), _counted(shapes.length_of(one.after, line.hours) for one in line.milestone.violations)


def _counted(found: Iterable[Hashable]) -> Hashable:
    """What was found, in any order, with how often."""
    every = list(found)
    return frozenset((one, every.count(one)) for one in every)


def _known_as(milestone: str) -> str:
    return " ".join(milestone.casefold().split())


def _keys(line: Line) -> Hashable:
    """By which values of which field a limit differs."""
    within = line.milestone.within
    return (within.by, frozenset(within.values)) if isinstance(within, LimitTable) else None


def _lengths(line: Line) -> tuple[Length, ...]:
    within = line.milestone.within
    if not isinstance(within, LimitTable):
        return (shapes.length_of(within, line.hours),)
    values = (within.values[key] for key in sorted(within.values))
    return tuple(shapes.length_of(value, line.hours) for value in (within.default, *values))


def same(reading: Reading) -> Iterator[Seen]:
    """Processes with exactly the same timeline."""
    for group in reading.once(_equal):
        if len(group) > 1:
            names = tuple(one.name for one in group)
            doing = {_doing(one.version) for one in group}
            besides = "They also do the same." if len(doing) == 1 else "They differ only in their actions."
            yield Seen(
                subject=f"process/{names[0]}",
                sentence=f"{quoted(names)} have exactly the same timeline. {besides}",
                remedy="\n".join((_KEEP_ONE, *_consolidate(reading, names))),
                names=names,
            )


def _equal(reading: Reading) -> list[list[Timeline]]:
    groups: dict[Hashable, list[Timeline]] = {}
    for version in reading.in_force:
        timeline = timeline_of(reading, version)
        groups.setdefault(timeline.aspects, []).append(timeline)
    return list(groups.values())


def _doing(version: Version) -> Hashable:
    return frozenset(
        (title, path, action.kind, shapes.value(action.params))
        for line, title in titled(version.process)
        for path, action in line.actions()
    )


def near(reading: Reading) -> Iterator[Seen]:
    """Processes with the same milestones whose limits are within some per cent of each other, but whose timelines differ."""
    percent = reading.options.near_percent
    buckets: dict[Hashable, list[list[Timeline]]] = {}
    for group in reading.once(_equal):
        buckets.setdefault(group[0].milestones, []).append(group)
    for bucket in buckets.values():
        for cluster in _clusters(bucket, percent):
            names = tuple(sorted(one.name for group in cluster for one in group))
            firsts = [group[0] for group in cluster]
            yield Seen(
                subject=f"process/{names[0]}",
                sentence=f"{quoted(names)} have the same milestones, and limits within {percent} %. {_apart(firsts)}",
                remedy="\n".join((_IF_NOT_MEANT, _compare(firsts), *_consolidate(reading, names))),
                names=names,
            )


def _clusters(bucket: Sequence[list[Timeline]], percent: int) -> Iterator[list[list[Timeline]]]:
    """Those of a bucket that are near, or joined by others that are.

    If each limit of two is within p of the longer, their totals are within p / (100 − p) of the smaller: no others are
    compared.
    """
    ordered = sorted(bucket, key=lambda group: (group[0].total, group[0].name))
    totals = [group[0].total for group in ordered]
    groups = Groups(len(ordered))
    for first, timeline in enumerate(ordered):
        for second in range(first + 1, len(ordered)):
            if (totals[second] - totals[first]) * (100 - percent) > totals[first] * percent:
                break
            if not groups.joined(first, second) and _is_near(timeline[0], ordered[second][0], percent):
                groups.join(first, second)
    yield from ([ordered[place] for place in places] for places in groups.several())


def _is_near(one: Timeline, other: Timeline, percent: int) -> bool:
    for left, right in zip(one.limits, other.limits, strict=True):
        for (seconds, days), (others, others_days) in zip(left, right, strict=True):
            if 100 * abs(seconds - others) > percent * max(seconds, others):
                return False
            if 100 * abs(days - others_days) > percent * max(days, others_days):
                return False
    return True


def _apart(timelines: Sequence[Timeline]) -> str:
    """In what they differ: something there is, or they would be the same."""
    differing = (what for place, what in enumerate(ASPECTS) if len({one.aspects[place] for one in timelines}) > 1)
    return f"They differ in {some(tuple(differing))}."


def _compare(timelines: Sequence[Timeline]) -> str:
    names = sorted(one.name for one in timelines)
    return f"milepost process compare {' '.join(map(shell, names[:_SIDE_BY_SIDE]))}"


def _consolidate(reading: Reading, names: tuple[str, ...]) -> tuple[str, ...]:
    """The command that keeps the one to which most customers are entitled; none if it would be too long."""
    if len(names) > _IN_ONE_COMMAND:
        return ()
    uses = reading.snapshot.uses
    keep = min(names, key=lambda name: (-uses[name].entitlements if name in uses else 0, name))
    sources = " ".join(f"--from {shell(name, listed=True)}" for name in names if name != keep)
    return (f"milepost process consolidate {shell(keep)} {sources}",)
