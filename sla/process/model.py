"""A process as its file spells it (SPEC 3): milestones, limits, triggers, and what ends and stops them."""

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    field_validator,
    model_serializer,
    model_validator,
)

from sla.duration import Duration
from sla.process.conditions import Condition
from sla.values import Fields, as_text

Name = Annotated[
    str, Field(min_length=1, max_length=120, pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$")
]
Recurrence = Literal["none", "independent", "sequential", "periodic"]
PERCENT = re.compile(r"(\d{1,4}(?:\.\d{1,6})?) ?%")
"""A share of a limit, as people write it: `75%`, `33.3333 %`."""


class Definition(BaseModel):
    """What all definitions share: they are immutable and know no field that the file may not have."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Action(Definition):
    """Something to do: a one-key mapping `kind: parameters`, with an optional `description` beside the key (SPEC 5)."""

    kind: str
    params: dict[str, Any] = Field(default_factory=dict)
    description: str | None = Field(default=None, max_length=255)

    @model_validator(mode="before")
    @classmethod
    def _from_one_key(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValueError(f"an action is a mapping such as {{email: {{to: owner, template: warning}}}}, not {data!r}")
        if set(data) <= {"kind", "params", "description"} and "kind" in data:
            return data
        kinds = [key for key in data if key != "description"]
        if len(kinds) != 1:
            raise ValueError(f"an action has one key, its kind, besides 'description'; found {kinds or 'none'}")
        params = data[kinds[0]]
        if not isinstance(params, dict):
            raise ValueError(f"the parameters of '{kinds[0]}' are a mapping, not {params!r}")
        return {"kind": kinds[0], "params": params, "description": data.get("description")}

    @model_serializer
    def _to_one_key(self) -> dict[str, Any]:
        return {self.kind: self.params} | ({"description": self.description} if self.description else {})

    @property
    def during(self) -> str | None:
        """The calendar outside of which the action waits (email, notify)."""
        during = self.params.get("during")
        return during if isinstance(during, str) else None

    @property
    def sets(self) -> dict[str, Any] | None:
        """The fields that an `update` sets; None for every other kind."""
        values = self.params.get("set")
        return values if self.kind == "update" and isinstance(values, dict) else None


Actions = Annotated[tuple[Action, ...], Field(default=())]


class LimitTable(Definition):
    """A limit that depends on a field of the record; keys compare as text."""

    by: str = Field(min_length=1)
    values: dict[str, Duration]
    default: Duration

    @field_validator("values", mode="before")
    @classmethod
    def _keys_are_text(cls, values: Any) -> Any:
        return {as_text(key): value for key, value in values.items()} if isinstance(values, dict) else values

    def pick(self, fields: Fields) -> Duration:
        """The limit for a record with these fields."""
        value = fields.get(self.by)
        return self.default if value is None else self.values.get(as_text(value), self.default)


def _limit_form(value: Any) -> str:
    return "table" if isinstance(value, dict | LimitTable) else "duration"


Limit = Annotated[Annotated[Duration, Tag("duration")] | Annotated[LimitTable, Tag("table")], Discriminator(_limit_form)]


class Warn(Definition):
    """A warning, at a share of the limit (`at: 75%`) or some open time `before` the target."""

    at: str | None = Field(default=None, description="a share of the limit above 0 % and up to 100 %, such as 75%")
    before: Duration | None = Field(default=None, description="open time before the target, such as 3h")
    actions: Actions

    @field_validator("at", mode="before")
    @classmethod
    def _a_share(cls, value: Any) -> Any:
        match = PERCENT.fullmatch(value) if isinstance(value, str) else None
        if value is None:
            return None
        if match is None or not 0 < Fraction(match[1]) <= 100:
            raise ValueError(f"{value!r} is not a share of the limit; write a percentage above 0% and up to 100%, as 75%")
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> "Warn":
        if (self.at is None) == (self.before is None):
            raise ValueError("a warning has either 'at' (such as 75%) or 'before' (such as 3h)")
        return self

    def threshold_s(self, limit_s: int, business_day_s: int) -> int:
        """Consumed seconds at which to warn: ⌈share·limit⌉, or limit − before (may be ≤ 0)."""
        if self.before is not None:
            return limit_s - self.before.resolve(business_day_s)
        share = Fraction((self.at or "").rstrip("% ")) / 100
        return math.ceil(limit_s * share)


class Violation(Definition):
    """What to do when the target has passed, some open time `after` it."""

    after: Duration = Field(default=Duration.parse("0s"), description="open time after the target, such as 0s or 2h")
    actions: Actions

    def threshold_s(self, limit_s: int, business_day_s: int) -> int:
        """Consumed seconds at which to act: limit + after."""
        return limit_s + self.after.resolve(business_day_s)


class Milestone(Definition):
    """One line of a process: a milestone, its limit, when it applies and what it triggers."""

    milestone: Name
    description: str | None = Field(default=None, max_length=255)
    within: Limit
    when: Condition | None = None
    start: Literal["process", "criteria"] = "process"
    recurrence: Recurrence = "none"
    business_hours: str | None = None
    stop_when: Condition | None = None
    complete_when: Condition | None = None
    warnings: tuple[Warn, ...] = ()
    violations: tuple[Violation, ...] = ()
    success: Actions
    on_retracted: Actions

    @model_validator(mode="after")
    def _holds_together(self) -> "Milestone":
        for where, limit in self.limits():
            if limit.seconds == 0 and limit.business_days == 0:
                raise ValueError(f"{where} must be longer than nothing")
        _no_events(self.when, "when")
        _no_events(self.stop_when, "stop_when")
        if isinstance(self.within, Duration) and not self.within.business_days:
            self.check_warnings(self.within.seconds)
        return self

    def limits(self) -> Iterator[tuple[str, Duration]]:
        """Every limit that the line may take, with the path that names it."""
        if isinstance(self.within, Duration):
            yield "within", self.within
            return
        yield from ((f"within.values.{key}", value) for key, value in self.within.values.items())
        yield "within.default", self.within.default

    def check_warnings(self, limit_s: int, business_day_s: int | None = None) -> None:
        """Raise ValueError for a warning that would come before the start, given a fixed limit in seconds."""
        for position, warning in enumerate(self.warnings):
            if warning.before is not None and warning.before.business_days and business_day_s is None:
                continue  # needs a calendar; checked again when one is known
            if warning.threshold_s(limit_s, business_day_s or 0) <= 0:
                raise ValueError(
                    f"warnings[{position}]: 'before: {warning.before}' leaves nothing of the limit {self.within}"
                )

    def actions(self) -> Iterator[tuple[str, Action]]:
        """Every action with the path that names it."""
        groups: list[tuple[str, tuple[Action, ...]]] = [
            *((f"warnings[{i}].actions", warning.actions) for i, warning in enumerate(self.warnings)),
            *((f"violations[{i}].actions", violation.actions) for i, violation in enumerate(self.violations)),
            ("success", self.success),
            ("on_retracted", self.on_retracted),
        ]
        for path, actions in groups:
            yield from ((f"{path}[{i}]", action) for i, action in enumerate(actions))


def _no_events(condition: Condition | None, where: str) -> None:
    if condition is not None and condition.names_events:
        raise ValueError(f"{where}: an event is an instant, not a state; use {{after: …, until: …}} here")


class Process(Definition):
    """A process: which milestones a record must reach, and by when. Immutable once active."""

    process: Name
    applies_to: str = Field(default="case", min_length=1)
    description: str | None = Field(default=None, max_length=255)
    business_hours: str | None = None
    start_at: str = Field(default="opened_at", min_length=1, description="a date-time field of the record")
    exit_when: Condition | None = None
    on_exit: Literal["cancel", "leave_open"] = "cancel"
    on_reopen: Literal["resume", "restart", "new_cycle"] = "resume"
    stop_when: Condition | None = None
    milestones: tuple[Milestone, ...] = Field(json_schema_extra={"minItems": 1})
    _plan: object = PrivateAttr(default=None)  # the engine's compiled form; derived, so no part of equality

    @field_validator("milestones", mode="before")
    @classmethod
    def _at_least_one(cls, lines: Any) -> Any:
        # Not `min_length`, which would also complain of a milestone that is there but does not hold together.
        if lines in ([], ()):
            raise ValueError("a process has at least one milestone")
        return lines

    @model_validator(mode="after")
    def _holds_together(self) -> "Process":
        _no_events(self.stop_when, "stop_when")
        recurrences: dict[str, str] = {}
        for position, line in enumerate(self.milestones):
            if recurrences.setdefault(line.milestone, line.recurrence) != line.recurrence:
                raise ValueError(
                    f"milestones[{position}]: the lines of '{line.milestone}' must agree on recurrence; "
                    f"found {recurrences[line.milestone]} and {line.recurrence}"
                )
        return self

    def actions(self) -> Iterator[tuple[str, Action]]:
        """Every action with the path that names it, as in `milestones[0].warnings[0].actions[1]`."""
        for position, line in enumerate(self.milestones):
            yield from ((f"milestones[{position}].{path}", action) for path, action in line.actions())

    def calendars(self) -> Iterator[tuple[str, str]]:
        """Every business hours that the process names, with the path that names them."""
        if self.business_hours is not None:
            yield "business_hours", self.business_hours
        for position, line in enumerate(self.milestones):
            if line.business_hours is not None:
                yield f"milestones[{position}].business_hours", line.business_hours
        yield from ((f"{path}.during", action.during) for path, action in self.actions() if action.during)
