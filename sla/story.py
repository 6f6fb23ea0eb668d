"""A record's story as values: what became of it and why, chapter by chapter. `sla.telling` writes it, the doors show it.

Sentences say what the timeline and its account hold. Instants are UTC; the sentences tell local time of `timezone`,
and begin with the time that they are about, so that they can be printed as they are.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from sla.instants import Instant
from sla.timeline import RollUp, Status, TriggerKind


class Told(BaseModel):
    """Values only."""

    model_config = ConfigDict(frozen=True)


class Sentence(Told):
    """Something that is said, and the instant that it is about; None if it is about none."""

    at: Instant | None
    text: str


class OpenSpan(Told):
    """A span of open time between start and end of an occurrence, with its open seconds, and those of them while stopped."""

    from_at: Instant
    until_at: Instant
    open_s: int
    stopped_s: int


class Stop(Told):
    """A span while the clock was stopped, why, and how much of it was open time. `until_at` None: it still is."""

    from_at: Instant
    until_at: Instant | None
    why: str
    open_s: int


class Day(Told):
    """A date that is not like the others of its weekday: a holiday, special hours, a change of the clocks."""

    on: str
    what: str


class Act(Told):
    """An action of the occurrence, and what came of it. `late_s`: seconds from due to done; None while it is not done."""

    key: str
    trigger: TriggerKind
    threshold_s: int | None
    action: str
    due_at: Instant
    done_at: Instant | None
    late_s: int | None
    status: Literal["due", "skipped", "retracted"]
    outcome: Literal["performed", "dropped", "gave_up"] | None
    reason: str | None
    to: tuple[str, ...]
    attempts: int


class Chapter(Told):
    """One occurrence. Figures are open seconds, as the timeline has them; `margin_s` is what was left, negative if missed.

    `margin_s` is None where nothing is decided yet, or it was called off. `counts`: for the record as a whole, which what
    was before the process restarted does not. `spans_ahead` is the open time between now, or its end, and its target: what
    is left of its limit; none of one that was missed, or called off.
    """

    milestone: str
    occurrence: int
    status: Status
    calendar: str
    timezone: str
    started_at: Instant | None
    target_at: Instant | None
    completed_at: Instant | None
    violated_at: Instant | None
    ended_at: Instant | None
    limit_s: int
    elapsed_s: int | None
    stopped_s: int
    actual_s: int | None
    overdue_s: int
    remaining_s: int
    counts: bool
    margin_s: int | None
    verdict: str
    sentences: tuple[Sentence, ...]
    open_spans: tuple[OpenSpan, ...]
    spans_ahead: tuple[OpenSpan, ...]
    stops: tuple[Stop, ...]
    days: tuple[Day, ...]
    acts: tuple[Act, ...]


class Story(Told):
    """All of it. `entry` tells how the record came under its process, `closing` what there is to say besides."""

    record: str
    process: str
    version: int
    status: RollUp
    as_of: Instant
    timezone: str
    opened_at: Instant | None
    closed_at: Instant | None
    verdict: str
    entry: tuple[Sentence, ...]
    chapters: tuple[Chapter, ...]
    closing: tuple[Sentence, ...]
