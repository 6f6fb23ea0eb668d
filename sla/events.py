"""What happened to a record, in the past tense (SPEC 2).

This schema is the one thing that must stay readable for ever: it lies in the histories of open cases. Add fields with
defaults; never rename, never narrow. Keys that a type does not name are kept, for a condition's `where:` to look at.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from sla.errors import UnreadableEvent
from sla.instants import ToldInstant
from sla.values import Value

Identifier = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$")
]
"""One line of text without control characters, beginning and ending with something visible."""


class Event(BaseModel):
    """Something that happened: `at` when it did, `recorded_at` when Milepost learned of it (defaults to `at`)."""

    model_config = ConfigDict(frozen=True, extra="allow")

    record: Identifier
    id: Identifier
    at: ToldInstant
    recorded_at: ToldInstant

    @model_validator(mode="before")
    @classmethod
    def _learned_at_once_unless_told(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("recorded_at") is None and "at" in data:
            return {**data, "recorded_at": data["at"]}
        return data

    def names(self) -> tuple[str, ...]:
        """The names under which a condition's `event:`, `after:` and `until:` know it: its type, and a note's kind."""
        return (str(self.type),)  # type: ignore[attr-defined]  # each concrete event declares its literal type

    def facts(self) -> dict[str, Any]:
        """What the event carries besides its identity: what `where:` can test."""
        return {k: v for k, v in self.model_dump().items() if k not in _IDENTITY}


_IDENTITY = {"record", "id", "type", "at", "recorded_at"}


class Opened(Event):
    """The record came to be, with its first fields."""

    type: Literal["opened"] = "opened"
    fields: dict[str, Value] = Field(default_factory=dict)


class Changed(Event):
    """Fields took new values; null empties a field."""

    type: Literal["changed"] = "changed"
    set: dict[str, Value]


class Completed(Event):
    """A milestone was reached."""

    type: Literal["completed"] = "completed"
    milestone: str
    by: str | None = None


class Uncompleted(Event):
    """The completion was a mistake."""

    type: Literal["uncompleted"] = "uncompleted"
    milestone: str


class Stopped(Event):
    """The record's clock was stopped."""

    type: Literal["stopped"] = "stopped"
    reason: str | None = None


class Resumed(Event):
    """The record's clock runs again, unless a `stop_when` still holds."""

    type: Literal["resumed"] = "resumed"
    reason: str | None = None


class Noted(Event):
    """Something else happened; `kind` is for conditions to match."""

    type: Literal["noted"] = "noted"
    kind: str = Field(min_length=1)

    def names(self) -> tuple[str, ...]:
        """A note is matched by its kind, too."""
        return (self.type, self.kind)


class Closed(Event):
    """The record left the process."""

    type: Literal["closed"] = "closed"


class Reopened(Event):
    """The record re-entered the process."""

    type: Literal["reopened"] = "reopened"


class Version(NamedTuple):
    """A version of a process, and the revision of the catalogue whose calendars count."""

    process: str
    version: int
    revision: int = 0


class Migrated(Event):
    """An administrator moved the record to another version, of its process or of another one.

    `process` is None for the process that it follows; `revision` is of the catalogue: which calendars count from then on.
    """

    type: Literal["migrated"] = "migrated"
    version: int = Field(ge=1)
    process: str | None = Field(default=None, min_length=1)
    revision: int = Field(default=0, ge=0)


AnyEvent = Annotated[
    Opened | Changed | Completed | Uncompleted | Stopped | Resumed | Noted | Closed | Reopened | Migrated,
    Field(discriminator="type"),
]
EVENT_TYPES: tuple[str, ...] = tuple(model.model_fields["type"].default for model in get_args(get_args(AnyEvent)[0]))
_ADAPTER: TypeAdapter[Any] = TypeAdapter(AnyEvent)


class UnknownEventType(UnreadableEvent):
    """The event's type is a name that Milepost does not know: refused for what it says, not unreadable (SPEC 2)."""

    code = "unknown_event_type"


def read_event(data: Any, *, where: str) -> Event:
    """Read one event from JSON data. Raises UnreadableEvent (or UnknownEventType) naming `where` and the offending key."""
    if not isinstance(data, dict):
        raise UnreadableEvent(where=where, problem='is not an object; write {"record": …, "id": …, "type": …, "at": …}')
    kind = data.get("type")
    if isinstance(kind, str) and kind not in EVENT_TYPES:
        known = ", ".join(EVENT_TYPES)
        raise UnknownEventType(where=where, problem=f"there is no event type '{kind}'. Known: {known}")
    try:
        event: Event = _ADAPTER.validate_python(data)
    except ValidationError as error:
        raise UnreadableEvent(where=where, problem=_first_problem(error)) from None
    return event


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    if first["type"] == "union_tag_not_found":
        return f"type: is missing; write one of {', '.join(EVENT_TYPES)}"
    loc = [str(part) for part in first["loc"] if part not in EVENT_TYPES]
    if len(loc) > 2 and loc[0] in ("fields", "set"):  # what follows the field's name are the forms that it might have had
        why = first["msg"].removeprefix("Value error, ") if first["type"] == "value_error" else "cannot be kept"
        return f"{loc[0]}.{loc[1]}: {why}; a field holds text, a number, true, false, null, or a list of these"
    path = ".".join(loc) or "type"
    return f"{path}: {first['msg'].removeprefix('Value error, ')}"


def event_order(event: Event) -> tuple[datetime, datetime, str]:
    """Events are ordered by (`at`, `recorded_at`, `id`) (SPEC 2)."""
    return (event.at, event.recorded_at, event.id)
