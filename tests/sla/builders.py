"""Stories in local time: what happened to a case, told as people tell it, and what Milepost makes of it.

All clocks are London's, and the week is that of Monday 2 March 2026: `10:00` is that Monday, `Tue 10:00` the day after,
`2026-03-29 01:30` any other day. Answers come in the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sla.calendar import BusinessHours
from sla.engine import evaluate_under
from sla.evaluation.following import Followed, Laws
from sla.events import Event, Version, read_event
from sla.process.model import Process
from sla.timeline import Effect, Occurrence, Timeline

Json = dict[str, Any]

ZONE = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 3, 2)  # noqa: DTZ001 - a local date; the zone is put on in `instant`
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FIRST = "First Response"

MAIL: Json = {"email": {"to": "owner", "template": "warning"}}
ESCALATE: Json = {"reassign": {"to": "role:senior_agent"}}
TELL: Json = {"notify": {"url": "https://chat.example/hook", "text": "done"}}
BY_PRIORITY: Json = {"by": "priority", "values": {"P1": "1h", "P2": "4h"}, "default": "8h"}
WEEKDAYS: Json = {day.lower(): ["09:00-17:00"] for day in DAYS[:5]}


def instant(clock: str, *, fold: int = 0) -> datetime:
    """The UTC instant of a local time; `fold=1` for the second time that it comes round."""
    day, _, time = clock.rpartition(" ")
    date = MONDAY + timedelta(days=DAYS.index(day) if day in DAYS else 0)
    text = clock if day and day not in DAYS else f"{date:%Y-%m-%d} {time}"
    return datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=fold).astimezone(UTC)


def clock(at: datetime | None) -> str | None:
    """An instant in the words of `instant`; None as it is."""
    if at is None:
        return None
    local = at.astimezone(ZONE)
    days = (local.replace(tzinfo=None) - MONDAY).days
    time = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    if days == 0:
        return time
    return f"{DAYS[days]} {time}" if 0 < days < len(DAYS) else f"{local:%Y-%m-%d} {time}"


def updating(**values: Any) -> Json:
    """An action that sets fields of the record."""
    return {"update": {"set": values}}


def a_milestone(milestone: str = FIRST, **changes: Any) -> Json:
    """One hour, a mail at three quarters, an escalation at the target, word of success and of what was taken back.

    A key that is set to None is left out.
    """
    line = {
        "milestone": milestone,
        "within": "1h",
        "warnings": [{"at": "75%", "actions": [MAIL]}],
        "violations": [{"after": "0s", "actions": [ESCALATE]}],
        "success": [TELL],
        "on_retracted": [TELL],
        **changes,
    }
    return {key: value for key, value in line.items() if value is not None}


def a_quiet(milestone: str = FIRST, **changes: Any) -> Json:
    """A milestone of one hour that does nothing."""
    return a_milestone(milestone, **{"warnings": None, "violations": None, "success": None, "on_retracted": None, **changes})


def a_process(*lines: Json, **changes: Any) -> Process:
    """A process of these lines, or of one default milestone."""
    return Process.model_validate({"process": "Support", "milestones": list(lines) or [a_milestone()], **changes})


def some_hours(calendar: str = "office", hours: Any = None, **more: Any) -> BusinessHours:
    """Business hours in London, by default from nine to five on weekdays."""
    definition = {"calendar": calendar, "timezone": "Europe/London", "hours": hours or WEEKDAYS, **more}
    return BusinessHours.model_validate(definition)


@dataclass(frozen=True)
class Told:
    """An occurrence, with its instants as local clocks show them."""

    of: Occurrence

    @property
    def status(self) -> str:
        """Its status."""
        return self.of.status

    @property
    def started(self) -> str | None:
        """From when it counts."""
        return clock(self.of.started_at)

    @property
    def target(self) -> str | None:
        """By when it must be completed."""
        return clock(self.of.target_at)

    @property
    def completed(self) -> str | None:
        """When it was completed."""
        return clock(self.of.completed_at)

    @property
    def violated(self) -> str | None:
        """When it was violated; None if it was not."""
        assert self.of.violated is (self.of.violated_at is not None)
        return clock(self.of.violated_at)

    @property
    def minutes(self) -> dict[str, float | None]:
        """Its figures, in minutes."""
        figures = {"limit": self.of.limit_s, "elapsed": self.of.elapsed_s, "stopped": self.of.stopped_s}
        figures |= {"actual": self.of.actual_s, "overdue": self.of.overdue_s}
        return {name: None if seconds is None else seconds / 60 for name, seconds in figures.items()}


@dataclass(frozen=True)
class Outcome:
    """What a story has come to by some moment."""

    timeline: Timeline

    @property
    def status(self) -> str:
        """The record as a whole."""
        return self.timeline.status

    @property
    def wakes(self) -> str | None:
        """When there is something to do next."""
        return clock(self.timeline.next_wakeup)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said besides."""
        return self.timeline.notes

    @property
    def refused(self) -> dict[str, str]:
        """The events that may not happen, with the reasons."""
        return {one.event: one.reason for one in self.timeline.refused}

    @property
    def milestones(self) -> list[str]:
        """Every occurrence in a line: `First Response#1 met`."""
        return [f"{one.milestone}#{one.occurrence} {one.status}" for one in self.timeline.milestones]

    @property
    def effects(self) -> list[str]:
        """Every action reached: `warning-1/1 09:45`, and ` late`, ` skipped` or ` retracted` where that is so.

        Those of the first occurrence of the first line of `First Response` go without its name.
        """
        return [f"{_short(one)} {clock(one.due_at)}{_standing(one)}" for one in self.timeline.effects]

    def milestone(self, name: str = FIRST, occurrence: int = 1) -> Told:
        """One occurrence."""
        return next(Told(one) for one in self.timeline.milestones if (one.milestone, one.occurrence) == (name, occurrence))

    def effect(self, short: str) -> Effect:
        """One action, by the end of its key (`violation-1/1`) or by as much as tells it from others."""
        return next(one for one in self.timeline.effects if _short(one) == short)


def _short(effect: Effect) -> str:
    return effect.key.partition("/")[2].removeprefix(f"{FIRST}#1/1/")


def _standing(effect: Effect) -> str:
    return (" late" if effect.reason == "late" else "") if effect.status == "due" else f" {effect.status}"


@dataclass(frozen=True)
class Story:
    """What happened to a case, told from first to last; each telling is a new story.

    `versions` are those that it may be moved to: 2, 3…
    """

    record: str
    process: Process
    calendars: tuple[BusinessHours, ...]
    events: tuple[Event, ...] = ()
    versions: tuple[Process, ...] = ()

    def happened(self, type_: str, at: str, *, learned: str | None = None, id_: str | None = None, **more: Any) -> "Story":
        """An event, learned at once unless told otherwise; ids count up as the story goes on."""
        told: Json = {"record": self.record, "type": type_, "id": id_ or f"e{len(self.events) + 1:02}", "at": instant(at)}
        event = read_event(told | more | ({"recorded_at": instant(learned)} if learned else {}), where="the story")
        return replace(self, events=(*self.events, event))

    def opened(self, at: str = "09:00", *, learned: str | None = None, **fields: Any) -> "Story":
        """The case came in, with these fields."""
        return self.happened("opened", at, learned=learned, fields={"type": "case", **fields})

    def changed(self, at: str, *, learned: str | None = None, **values: Any) -> "Story":
        """Fields took new values."""
        return self.happened("changed", at, learned=learned, set=values)

    def completed(self, at: str, milestone: str = FIRST, *, learned: str | None = None) -> "Story":
        """A milestone was reached."""
        return self.happened("completed", at, learned=learned, milestone=milestone)

    def uncompleted(self, at: str, milestone: str = FIRST, *, learned: str | None = None) -> "Story":
        """The completion was a mistake."""
        return self.happened("uncompleted", at, learned=learned, milestone=milestone)

    def stopped(self, at: str, *, learned: str | None = None) -> "Story":
        """The clock was stopped."""
        return self.happened("stopped", at, learned=learned)

    def resumed(self, at: str, *, learned: str | None = None) -> "Story":
        """The clock ran again."""
        return self.happened("resumed", at, learned=learned)

    def noted(self, at: str, kind: str, *, learned: str | None = None, **more: Any) -> "Story":
        """Something else happened."""
        return self.happened("noted", at, learned=learned, kind=kind, **more)

    def closed(self, at: str, *, learned: str | None = None) -> "Story":
        """The case left the process."""
        return self.happened("closed", at, learned=learned)

    def reopened(self, at: str, *, learned: str | None = None) -> "Story":
        """The case came back."""
        return self.happened("reopened", at, learned=learned)

    def moved(self, at: str, version: int = 2, *, learned: str | None = None, **more: Any) -> "Story":
        """It was moved to another version of its process."""
        return self.happened("migrated", at, learned=learned, version=version, **more)

    @property
    def laws(self) -> Laws:
        """What it is held to."""
        calendars = {hours.calendar: hours for hours in self.calendars}
        laws = [Followed(process=one, calendars=calendars) for one in (self.process, *self.versions)]
        versions = {Version(law.process.process, number): law for number, law in enumerate(laws[1:], 2)}
        return Laws(laws[0], versions or None)

    def as_of(self, at: str) -> Outcome:
        """What is known and done by then."""
        return Outcome(evaluate_under(self.laws, self.events, instant(at)))


def a_case(
    record: str = "C-1",
    *,
    under: Process | None = None,
    calendars: Sequence[BusinessHours] = (),
    versions: Sequence[Process] = (),
) -> Story:
    """A case of which nothing has been told yet, under the default process."""
    return Story(record, under or a_process(), tuple(calendars), versions=tuple(versions))
