"""A snapshot, read once: what is in force, which business hours count where, and what things are called."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from sla.calendar import BusinessHours
from sla.governance import shapes
from sla.governance.finding import Options
from sla.governance.snapshot import Snapshot, Version
from sla.process.model import Milestone, Process

Made = TypeVar("Made")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a process. `title` says which, as in `First Response (2)`; `hours` None: the record's own."""

    version: Version
    milestone: Milestone
    title: str
    position: int
    hours: BusinessHours | None

    @property
    def subject(self) -> str:
        """What findings are about."""
        return f"{subject_of(self.version)}: {self.title}"

    @property
    def names(self) -> tuple[str, ...]:
        """The process, for findings."""
        return (self.version.name,)


@dataclass(frozen=True)
class Reading:
    """What the rules look at; `today` is a local date, of the installation's choice."""

    snapshot: Snapshot
    today: date
    options: Options

    def once(self, make: "Callable[[Reading], Made]") -> Made:
        """What `make` makes of this reading: made once, for all rules that ask."""
        if make not in self._made:
            self._made[make] = make(self)
        made: Made = self._made[make]
        return made

    @cached_property
    def _made(self) -> dict[Any, Any]:
        return {}

    @cached_property
    def in_force(self) -> tuple[Version, ...]:
        """The versions that new cases are held to, by name."""
        return tuple(sorted((one for one in self.snapshot.versions if one.in_force), key=lambda one: one.name))

    @cached_property
    def by_name(self) -> dict[str, Version]:
        """The same, to be looked up."""
        return {one.name: one for one in self.in_force}

    @cached_property
    def written(self) -> tuple[Version, ...]:
        """What can still be mended or is in force: also the drafts."""
        drafts = (one for one in self.snapshot.versions if one.status == "draft")
        return (*self.in_force, *sorted(drafts, key=lambda one: (one.name, one.version)))

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line of what is written."""
        return tuple(line for version in self.written for line in self.lines_of(version))

    @cached_property
    def entitled(self) -> dict[str, tuple[str, ...]]:
        """The accounts with an active entitlement to each process."""
        accounts: dict[str, set[str]] = {}
        for promise in self.snapshot.promises:
            accounts.setdefault(promise.process, set()).add(promise.account)
        return {process: tuple(sorted(names)) for process, names in accounts.items()}

    def lines_of(self, version: Version) -> Iterator[Line]:
        """The lines of one version, in order."""
        for position, (milestone, title) in enumerate(titled(version.process)):
            hours = self.hours(version.process, milestone)
            yield Line(version=version, milestone=milestone, title=title, position=position, hours=hours)

    def hours(self, process: Process, line: Milestone) -> BusinessHours | None:
        """The business hours that a line names; None if it leaves them to the record."""
        return self.snapshot.calendars.get(line.business_hours or process.business_hours or "")

    @cached_property
    def _calendar_shapes(self) -> dict[str, Hashable]:
        return {name: shapes.calendar(hours) for name, hours in self.snapshot.calendars.items()}

    def calendar_shape(self, hours: BusinessHours | None) -> Hashable:
        """The normal form of a calendar of the snapshot."""
        return shapes.calendar(None) if hours is None else self._calendar_shapes.get(hours.calendar, shapes.calendar(hours))


def titled(process: Process) -> Iterator[tuple[Milestone, str]]:
    """The lines of a process, each with its title: numbered where a milestone has several."""
    count: dict[str, int] = {}
    total = [line.milestone for line in process.milestones]
    for line in process.milestones:
        name = line.milestone
        count[name] = count.get(name, 0) + 1
        yield line, f"{name} ({count[name]})" if total.count(name) > 1 else name


def subject_of(version: Version) -> str:
    """What findings call a process: with its version if that is a draft."""
    return f"process/{version.name} {version.version}" if version.status == "draft" else f"process/{version.name}"


def called(version: Version) -> str:
    """The same, in a sentence."""
    return f"'{version.name}'" + (f" (draft, version {version.version})" if version.status == "draft" else "")
