"""The engine's own account of an outcome: the timeline, and for each occurrence why it went as it did. Values only.

`sla.engine.account` gives it, by the same walk as `evaluate`; what is told of it is in `sla.telling`. Reasons are facts
(which event, which field, which line), not sentences; instants are UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sla.calendar import BusinessHours
from sla.events import Opened, Version
from sla.timeline import Effect, Occurrence, Timeline, TriggerKind
from sla.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What happened that something turned on it: an event, or an `update` action of the process.

    `event` is its id, or the action's key (None for the update of a retraction). `names` are those by which conditions know
    it, its type first; `fields` those of its fields that were in question, with the values that they took (None: emptied).
    `learned_at` is when it became known, None if at once. `said` is its `reason` or `by`.
    """

    at: datetime
    event: str | None
    names: tuple[str, ...]
    fields: tuple[tuple[str, Value], ...] = ()
    learned_at: datetime | None = None
    said: str | None = None


Causes = tuple[Cause, ...]

Onset = Literal["start", "criteria", "completion", "target", "again", "return"]
"""Why an occurrence began: the process started; its `when` became true; its predecessor was completed; the predecessor's
target had come (of `periodic`: the end of its period); it takes the place of one that `when` or a switch closed; the record
came back, and it was due while that was out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """How an occurrence came to be, at `at`: what it counts from may lie before. `after` is the number of its predecessor.

    `applies_since` is when its line was chosen in the walk, and `causes` are what that turned on.
    """

    at: datetime
    why: Onset
    after: int | None
    applies_since: datetime | None
    causes: Causes


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChosen:
    """Which line an occurrence follows: its number among so many of its milestone, its condition in words (None: always).

    `passed_over` are the conditions of the lines before it, which did not hold.
    """

    position: int
    of: int
    when: str | None
    passed_over: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSet:
    """A limit from an instant on, in open seconds, with the target that it gave then (None: none), and where it comes from.

    `table` takes it by `field` and its `value`; `default` likewise, but the table does not have that value; `fixed` has
    neither. `text` is as the process spells it. `why` it was set: it began, the field changed, or the record moved.
    """

    at: datetime
    limit_s: int
    target_at: datetime | None
    text: str
    source: Literal["fixed", "table", "default"]
    field: str | None
    value: Value
    why: Literal["began", "changed", "moved"]
    causes: Causes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopper:
    """What held a clock: a `stopped` event, a `stop_when` (in words), or that the record was out of its process."""

    what: Literal["event", "process", "line", "out"]
    condition: str | None
    since: datetime
    causes: Causes


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """A span while the clock was stopped, `until` None while it is; all that held it in that time, in order.

    `target_at` is the target once it ran again; None if it did not.
    """

    since: datetime
    until: datetime | None
    target_at: datetime | None
    by: tuple[Stopper, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A completion: by an explicit event, or by a condition (in words); `undone` if it was taken back, and by what."""

    at: datetime
    condition: str | None
    causes: Causes
    undone: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An occurrence of the timeline, with the reasons. `calendar_of` is who named the calendar that counts.

    `began` and `line` are None only of one that is foreseen. `counts`: for the record as a whole, which what was before a
    process restarted does not (SPEC 8, Roll-up).
    """

    of: Occurrence
    hours: BusinessHours
    calendar_of: Literal["milestone", "process", "record", "default"]
    began: Began | None
    line: LineChosen | None
    limits: tuple[LimitSet, ...]
    halts: tuple[Halt, ...]
    completions: tuple[Completion, ...]
    ended_by: Causes
    counts: bool = True

    @property
    def name(self) -> tuple[str, int]:
        """Milestone and number."""
        return self.of.milestone, self.of.occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The record's way through its process: it started, left, came back, or moved to another version.

    `started` names the start field in `detail`; `returned` the process's rule for it (`on_reopen`); `left` the condition of
    `exit_when` in words, None for the event `closed`.
    """

    at: datetime
    what: Literal["started", "left", "returned", "moved"]
    detail: str | None
    causes: Causes
    to: Version | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An action that was reached at `reached_at` and waits until `opens_at` for the calendar `during` (SPEC 5).

    `moot` is why it is no longer wanted by now; None if it still is. The timeline lists it once it has waited. One of an
    `on_retracted` may be of an occurrence that present knowledge never began.
    """

    of: tuple[str, int]
    trigger: TriggerKind
    threshold_s: int | None
    action: str
    params: Mapping[str, Any]
    reached_at: datetime
    opens_at: datetime
    during: str
    moot: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All of it. `occurrences` are the timeline's, in its order; `opened` is the opening that counts, None before it.

    `waited` is of the timeline's actions that had to wait for a calendar when they were reached, by key; `waiting` are those
    that still do.
    """

    timeline: Timeline
    opened: Opened | None
    occurrences: tuple[Told, ...]
    passages: tuple[Passage, ...]
    waited: Mapping[str, datetime]
    waiting: tuple[Waiting, ...]

    def effects(self) -> Mapping[tuple[str, int], Sequence[Effect]]:
        """The actions by their occurrence, in the timeline's order; also of those that present knowledge never began."""
        found: dict[tuple[str, int], list[Effect]] = {}
        for effect in self.timeline.effects:
            found.setdefault((effect.milestone, effect.occurrence), []).append(effect)
        return found
