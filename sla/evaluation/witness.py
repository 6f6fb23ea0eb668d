"""The witness of a walk: notes down what turned on what, at the moment at which it is decided, for `sla.engine.account`.

`evaluate` walks without one. The witness decides nothing: the walk tells it, and it remembers which news there was last of
each name that a condition asks for. A fork of a walk has a fork of its witness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from sla.account import Onset
from sla.evaluation.firing import Update
from sla.evaluation.log import Told
from sla.evaluation.plan import Line, Plan, named
from sla.evaluation.run import Run
from sla.evaluation.track import Track
from sla.events import Changed, Completed, Migrated, Opened, Uncompleted, Version
from sla.process.conditions import Node
from sla.process.model import LimitTable
from sla.values import Value

if TYPE_CHECKING:
    from sla.evaluation.projection import Projection

Name = tuple[str, int]
"""An occurrence: its milestone and number."""


@dataclass(frozen=True, slots=True)
class News:
    """What happened at an instant, and which of its fields were in question."""

    at: int
    told: Told
    fields: tuple[str, ...] = ()


AllNews = tuple[News, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """From an instant on, this line of a milestone applied, or none."""

    at: int
    track: str
    line: Line | None
    news: AllNews


@dataclass(frozen=True, slots=True)
class Begun:
    """An occurrence came to be at an instant."""

    at: int
    of: Name
    why: Onset
    after: int | None
    line: Line
    chosen: Chosen | None


@dataclass(frozen=True, slots=True)
class Limited:
    """An occurrence got a limit; `value` is that of the field that the limit's table asks for.

    `by_default`: its calendar is the installation's default.
    """

    at: int
    of: Name
    line: Line
    limit: int
    target: int | None
    value: Value
    by_default: bool
    why: Literal["began", "changed", "moved"]
    news: AllNews


@dataclass(frozen=True, slots=True)
class Finished:
    """An occurrence was completed: by an event that says so, or as its line's condition held."""

    at: int
    of: Name
    condition: Node | None
    news: AllNews
    undone: News | None = None


Hold = tuple[Literal["event", "process", "line", "out"], Node | None, AllNews]
"""Who holds a clock, under which condition, and what that turned on."""


@dataclass(frozen=True, slots=True)
class Held:
    """From an instant on, a clock was held by these; by none: it ran."""

    at: int
    by: tuple[Hold, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """The record's way through its process (`sla.account.Passage`)."""

    at: int
    what: Literal["started", "left", "returned", "moved"]
    detail: str | Node | None
    news: AllNews
    to: Version | None = None


@dataclass(slots=True)
class Witness:
    """What was noted down so far, each list in the order of the walk; `news` is the latest of each field and event name.

    `resumed` are the targets that occurrences had when their clock was found running, by occurrence and instant.
    """

    news: dict[str, News] = field(default_factory=dict)
    chosen: list[Chosen] = field(default_factory=list)
    begun: list[Begun] = field(default_factory=list)
    limited: list[Limited] = field(default_factory=list)
    finished: list[Finished] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    held: dict[Plan | Line, list[Held]] = field(default_factory=dict)
    resumed: dict[tuple[Name, int], int | None] = field(default_factory=dict)

    def fork(self) -> Witness:
        """A copy that goes its own way from here."""
        return Witness(
            news=dict(self.news),
            chosen=list(self.chosen),
            begun=list(self.begun),
            limited=list(self.limited),
            finished=list(self.finished),
            passed=list(self.passed),
            held={owner: list(held) for owner, held in self.held.items()},
            resumed=dict(self.resumed),
        )

    # ------------------------------------------------------------------ news

    def hear(self, at: int, batch: Iterable[Told]) -> None:
        """News of an instant, the later of two about one name as the last."""
        for told in batch:
            one = News(at, told)
            self.news.update(dict.fromkeys((*told.names(), *fields_of(told)), one))

    def _about(self, names: Iterable[str]) -> AllNews:
        """The latest news about any of these names: what a condition that asks for them last turned on."""
        found = {name: self.news[name] for name in names if name in self.news}
        latest = max((one.at for one in found.values()), default=None)
        by_news: dict[int, News] = {}
        for name, one in found.items():
            if one.at == latest:
                known = by_news.get(id(one), one)
                by_news[id(one)] = replace(known, fields=(*known.fields, name)) if name in fields_of(one.told) else known
        return tuple(by_news.values())

    def _turning(self, at: int, names: Sequence[str]) -> AllNews:
        """What turned at an instant: the news of it; else a move to a version that sees the latest news otherwise."""
        news = self._about(names)
        moved = self.passed[-1].news if self.passed and (self.passed[-1].what, self.passed[-1].at) == ("moved", at) else ()
        return news if any(one.at == at for one in news) else (*moved, *news)

    # ------------------------------------------------------------------ what the walk tells

    def start(self, record: Projection, at: int) -> None:
        """The process has started."""
        field_name = record.plan.start_at
        self.passed.append(Passed(at, "started", field_name, self._about([field_name])))

    def choose(self, track: Track, line: Line | None, at: int) -> None:
        """Another line applies, or none: what the lines up to it ask for has turned."""
        asked = track.lines if line is None else track.lines[: track.lines.index(line) + 1]
        names = [name for one in asked for name in named(one.when)]
        self.chosen.append(Chosen(at, track.name, line, self._about(names)))

    def begin(self, record: Projection, track: Track, run: Run, at: int) -> None:
        """An occurrence came to be."""
        of = track.name, run.number
        after = None if track.cycle == run.number - 1 else run.number - 1
        chosen = next((one for one in reversed(self.chosen) if one.track == track.name), None)
        self.begun.append(Begun(at, of, track.onset, after, run.line, chosen))
        self.limit(record, track, run, at, "began")

    def limit(self, record: Projection, track: Track, run: Run, at: int, why: Literal["began", "changed", "moved"]) -> None:
        """An occurrence has this limit from now on."""
        within = run.line.within
        by = within.by if isinstance(within, LimitTable) else None
        value, news = (None, ()) if by is None else (record.fields.get(by), self._about([by]))
        of = track.name, run.number
        by_default = run.clock.hours is record.default_hours
        self.limited.append(Limited(at, of, run.line, run.limit, run.target_s(), value, by_default, why, news))

    def finish(self, track: Track, run: Run, at: int, by: Completed | None) -> None:
        """An occurrence was completed."""
        condition = None if by is not None else run.counts_as.complete
        news = (News(at, by),) if by is not None else self._about(named(condition))
        self.finished.append(Finished(at, (track.name, run.number), condition, news))

    def undo(self, track: Track, run: Run, at: int, by: Uncompleted) -> None:
        """The latest completion of an occurrence was taken back."""
        of = track.name, run.number
        place = next((place for place in reversed(range(len(self.finished))) if self.finished[place].of == of), None)
        if place is not None:
            self.finished[place] = replace(self.finished[place], undone=News(at, by))

    def hold(self, record: Projection, at: int) -> None:
        """The clocks were looked at: who holds each of them now."""
        milestones = record.milestones
        for plan in milestones.base_stops:
            wide = self._holders(record, plan)
            self._held(plan, at, wide)
            for line in plan.lines_that_stop:
                own: list[Hold] = []
                if line.stop is not None and line.stop.holds(record.situation):
                    own.append(("line", line.stop, self._about(named(line.stop))))
                self._held(line, at, [*wide, *own])

    def _holders(self, record: Projection, plan: Plan) -> list[Hold]:
        holders: list[Hold] = []
        if record.stopped_by_event:
            holders.append(("event", None, self._about(["stopped"])))
        if plan.stop is not None and plan.stop.holds(record.situation):
            holders.append(("process", plan.stop, self._about(named(plan.stop))))
        if record.presence.stops(plan):
            left = next((one.news for one in reversed(self.passed) if one.what == "left"), ())
            holders.append(("out", None, left))
        return holders

    def _held(self, owner: Plan | Line, at: int, by: Sequence[Hold]) -> None:
        known = self.held.setdefault(owner, [])
        if known and known[-1].at == at:
            known.pop()
        if not known or [one[0] for one in known[-1].by] != [one[0] for one in by]:
            known.append(Held(at, tuple(by)))

    def resume(self, track: Track, run: Run, at: int) -> None:
        """The clock of an occurrence was stopped, or runs again."""
        self.resumed[(track.name, run.number), at] = run.target_s()

    def leave(self, record: Projection, at: int) -> None:
        """The record left, by an event or as `exit_when` became true."""
        leave = record.plan.exit
        news = self._turning(at, ["closed", *named(leave)])
        by_condition = any({"closed", "migrated"}.isdisjoint(one.told.names()) for one in news)
        self.passed.append(Passed(at, "left", leave if by_condition else None, news))

    def come_back(self, record: Projection, at: int) -> None:
        """The record came back."""
        news = self._turning(at, ["reopened", *named(record.plan.exit)])
        self.passed.append(Passed(at, "returned", record.plan.process.on_reopen, news))

    def move(self, at: int, event: Migrated, to: Version) -> None:
        """The record follows another version from now on."""
        self.passed.append(Passed(at, "moved", None, (News(at, event),), to))


def fields_of(told: Told) -> Mapping[str, Value]:
    """The fields that news tells of, with their values."""
    if isinstance(told, Opened):
        return told.fields
    return told.set if isinstance(told, Changed | Update) else {}
