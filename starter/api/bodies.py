"""The bodies and parameters that requests have. Strict: an unknown field, and a number that is sent as text, are refused."""

import json
import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic_core import CoreSchema

from sla.events import Identifier
from sla.instants import ToldInstant
from starter.api.envelope import step

_SCALAR = {
    "anyOf": [
        {"type": "string", "pattern": "^[^\\u0000]*$"},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "null"},
    ]
}


def _value(given: Any) -> Any:
    for one in given if isinstance(given, list) else [given]:
        if isinstance(one, str) and "\x00" in one:
            raise ValueError("holds the character U+0000, which no database keeps")
        if not (one is None or isinstance(one, str | bool | int) or (isinstance(one, float) and math.isfinite(one))):
            raise ValueError("a field holds text, a number, true, false, null, or a list of these")
    return given


FieldValue = Annotated[
    Any, BeforeValidator(_value), WithJsonSchema({"anyOf": [*_SCALAR["anyOf"], {"type": "array", "items": _SCALAR}]})
]
"""What a record's field may hold."""


def _name(text: Any) -> Any:
    return step(text) if isinstance(text, str) else text


_EDGE = r"[^\x00-\x20\x7f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_ID = {
    "type": "string",
    "minLength": 1,
    "maxLength": 200,
    "pattern": rf"^{_EDGE}([^\x00-\x1f\x7f]*{_EDGE})?$",  # as `Identifier`, whose `\s` means less in other languages
}
Id = Annotated[Identifier, WithJsonSchema(_ID)]
"""The id of a record or an event."""
LINE = r"^[^\x00-\x1f\x7f]+$"
Word = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE)]
"""A name to look for: one line without control characters."""
RecordId = Annotated[Id, BeforeValidator(_name)]
"""A record's id in a path."""
Name = Annotated[Word, BeforeValidator(_name)]
"""A name in a path."""
Flag = Literal["true", "false"]
"""Yes or no in a query, spelt in one way."""


def _count(text: Any) -> Any:
    if isinstance(text, int):
        return text
    if not isinstance(text, str) or not (text.isascii() and text.isdecimal()) or len(text) > 10:
        raise ValueError("must be a whole number")
    return int(text)


DIGITS = BeforeValidator(_count)
"""A whole number in a path or query: digits, and nothing else."""
NUMBERS_AT_MOST = 2_000_000_000
Limit = Annotated[int, Field(ge=1, le=1000), DIGITS]
"""How many at most."""
Version = Annotated[int, Field(ge=1, le=NUMBERS_AT_MOST), DIGITS]
"""The number of a version."""
Place = Annotated[int, Field(ge=0, le=NUMBERS_AT_MOST), DIGITS]
"""A place in a list, or the number of a line."""


def _whole(number: Any) -> Any:
    return int(number) if isinstance(number, float) and number.is_integer() else number


WHOLE = BeforeValidator(_whole)
"""A whole number in JSON, where 3.0 is one."""
Numbered = Annotated[int, Field(ge=1, le=NUMBERS_AT_MOST), WHOLE]
"""The number of a version, in a body."""


class Body(BaseModel):
    """What a request's body says."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Opening(Body):
    """A record to open."""

    record: Id = Field(examples=["C-1042"])
    process: Word | None = Field(default=None, description="needed if several processes are active")
    at: ToldInstant | None = Field(default=None, description="when it was opened; default: now")
    event_id: Id | None = Field(default=None, description="the event's id; the same id twice is one event")
    fields: dict[str, FieldValue] = Field(
        default_factory=dict,
        description="the record's first fields",
        examples=[{"account": "helios", "priority": "P1", "owner": "ben", "subject": "The VPN is down"}],
    )


class Retry(Body):
    """An action to try again."""

    key: Id = Field(description="as GET /v1/records/{record} has it", examples=["C-1042/Resolution#1/1/violation-1/1"])


class _News(Body):
    id: Id = Field(description="chosen by you; the same id twice is one event", examples=["zd-88121"])
    at: ToldInstant | None = Field(default=None, description="when it happened; default: now")
    data: dict[str, FieldValue] = Field(default_factory=dict, description="what the event carries besides, for `where:`")

    @classmethod
    def _taken(cls) -> set[str]:
        return {*cls.model_fields, "record", "recorded_at"}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core)
        handler.resolve_ref_schema(schema)["properties"]["data"]["propertyNames"] = {"not": {"enum": sorted(cls._taken())}}
        return schema

    @model_validator(mode="after")
    def _data_is_free(self) -> "_News":
        if clash := next((name for name in self.data if name in self._taken()), None):
            raise ValueError(f"data.{clash} is not free data; it belongs to the event itself")
        return self

    def line(self, record: str) -> dict[str, Any]:
        """The event as a line of SPEC 7."""
        said = {name: getattr(self, name) for name in self.model_fields_set if name != "data"}
        return {**self.data, **{name: value for name, value in said.items() if name != "at" or value}, "record": record}


class Changed(_News):
    """Fields took new values; null empties a field."""

    type: Literal["changed"]
    set: dict[str, FieldValue] = Field(examples=[{"priority": "P2"}])


class Completed(_News):
    """A milestone was reached."""

    type: Literal["completed"]
    milestone: Word = Field(examples=["First Response"])
    by: Word | None = None


class Uncompleted(_News):
    """The completion was a mistake."""

    type: Literal["uncompleted"]
    milestone: Word


class Stopped(_News):
    """The clock was stopped."""

    type: Literal["stopped"]
    reason: Word | None = None


class Resumed(_News):
    """The clock runs again."""

    type: Literal["resumed"]
    reason: Word | None = None


class Noted(_News):
    """Something else happened."""

    type: Literal["noted"]
    kind: Word = Field(examples=["response.sent"])


class Closed(_News):
    """The record left the process."""

    type: Literal["closed"]


class Reopened(_News):
    """The record re-entered the process."""

    type: Literal["reopened"]


class Opened(_News):
    """The record came to be."""

    type: Literal["opened"]
    fields: dict[str, FieldValue] = Field(default_factory=dict)


News = Annotated[
    Changed | Completed | Uncompleted | Stopped | Resumed | Noted | Closed | Reopened, Field(discriminator="type")
]
"""An event of a record that is open or was."""

Told = Annotated[
    Opened | Changed | Completed | Uncompleted | Stopped | Resumed | Noted | Closed | Reopened, Field(discriminator="type")
]


class History(Body):
    """All that happened to a record so far, its opening first."""

    process: Word | None = None
    events: list[Told] = Field(
        min_length=1,
        max_length=10_000,
        examples=[[{"type": "opened", "id": "zd-1", "at": "2026-03-02T09:00:00Z", "fields": {"priority": "P1"}}]],
    )


def as_line(answer: BaseModel | dict[str, Any]) -> bytes:
    """One line of JSON Lines."""
    plain = answer.model_dump(mode="json") if isinstance(answer, BaseModel) else answer
    return json.dumps(plain, separators=(",", ":")).encode() + b"\n"
