"""What the events came to: every occurrence of every milestone, every action reached, and when to look again (SPEC 7)."""

from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from sla.events import Version
from sla.explain import tell
from sla.instants import Instant
from sla.values import Value

Status = Literal["waiting", "running", "stopped", "met", "met_late", "overdue", "missed", "cancelled"]
RollUp = Literal["compliant", "at_risk", "violated_open", "violated_closed"]
TriggerKind = Literal["warning", "violation", "success", "retracted"]


def numbered(milestone: str, occurrence: int) -> str:
    """A milestone for people: with the number of its occurrence, from the second on."""
    return milestone if occurrence == 1 else f"{milestone} #{occurrence}"


class Fact(BaseModel):
    """A base for facts: frozen, and built without validation by the engine, which is the only one to build them."""

    model_config = ConfigDict(frozen=True)
    _names: ClassVar[set[str]]

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls._names = set(cls.model_fields)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """Build one of all its values, which become its own: as `model_construct`, which looks for what is not given."""
        fact = _new(cls)
        _set_values(fact, values)
        _set_names(fact, cls._names)
        _set_extra(fact, None)
        _set_private(fact, None)
        return fact


_new = object.__new__
# The slots of every pydantic model, written past the frozen ones' own `__setattr__`.
_set_values, _set_names, _set_extra, _set_private = (
    BaseModel.__dict__[name].__set__
    for name in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)


class Occurrence(Fact):
    """One run of a milestone. Figures are open seconds; an instant that is not known or does not exist is null."""

    milestone: str
    occurrence: int
    status: Status
    started_at: Instant | None
    target_at: Instant | None
    completed_at: Instant | None
    violated: bool
    violated_at: Instant | None
    retracted: bool
    limit_s: int
    elapsed_s: int | None
    stopped_s: int
    actual_s: int | None
    overdue_s: int
    reason: str | None
    line: int = Field(exclude=True)
    remaining_s: int = Field(exclude=True, description="open seconds left of the limit, never negative")
    ended_at: Instant | None = Field(exclude=True, description="when it closed, however it closed")


class Effect(Fact):
    """An action that was reached: to be done (`due`), not to be done (`skipped`), or done and no longer wanted."""

    key: str
    due_at: Instant
    milestone: str
    occurrence: int
    trigger: TriggerKind
    threshold: int | None
    action: str
    params: dict[str, Any]
    status: Literal["due", "skipped", "retracted"]
    reason: str | None
    line: int = Field(exclude=True)
    moot: str | None = Field(exclude=True, description="why it is no longer wanted if it was not performed yet")


class Refusal(Fact):
    """An event that may not happen to this record, by its place in the given events; it changed nothing."""

    position: int
    event: str
    reason: str


class Timeline(Fact):
    """The outcome of a record's events as of an instant."""

    record: str
    process: str
    status: RollUp
    milestones: tuple[Occurrence, ...]
    effects: tuple[Effect, ...]
    next_wakeup: Instant | None
    notes: tuple[str, ...]
    fields: dict[str, Value] = Field(exclude=True, description="the record's fields, as events and updates left them")
    out: bool = Field(exclude=True, description="whether the record has left the process")
    moved_to: Version | None = Field(default=None, exclude=True, description="what it follows now, if it was ever moved")
    refused: tuple[Refusal, ...] = Field(exclude=True)
    as_of: Instant = Field(exclude=True, description="the instant that everything is evaluated as of")

    @property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """Every occurrence of every milestone; `milestones` in the JSON of SPEC 7."""
        return self.milestones

    @property
    def explanation(self) -> tuple[str, ...]:
        """What became of the record, in sentences; told when asked for."""
        return tell(self)
