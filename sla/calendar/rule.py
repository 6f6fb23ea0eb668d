"""What a calendar rule is: one entry of `holidays:`, by which a local date departs from its week.

The rules themselves are in `sla.calendar.rules`; which windows a date has without them, in
`sla.calendar.windows`.
"""

import datetime as dt
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, ClassVar, Final, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sla.calendar.windows import Window

Special: TypeAlias = tuple[Window, ...] | None
"""What becomes of one date: windows to start on it instead of the week's, or CLOSED, midnight to midnight."""
CLOSED: Final = None


class Rank(IntEnum):
    """Whose word counts when rules of several kinds speak of one date: the highest (SPEC 8)."""

    COUNTRY = 0
    YEARLY = 1
    DATED = 2


class Rule(BaseModel):
    """One entry of `holidays:`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: ClassVar[str]
    rank: ClassVar[Rank]
    short: ClassVar[str | None] = None
    """The pattern of the text that may stand for `{date: …}` alone, if there is such a short form."""

    def in_years(self, first: int, last: int) -> Mapping[dt.date, Special]:
        """What becomes of the dates of which this rule speaks, from year `first` to `last` (1 to 9999)."""
        raise NotImplementedError

    def names_in_years(self, first: int, last: int) -> Mapping[dt.date, str]:
        """What those of these dates are called that have a name. A name changes no open time."""
        name: str | None = getattr(self, "name", None)
        return dict.fromkeys(self.in_years(first, last), name) if name else {}

    def nameless(self) -> Self:
        """The same rule without the name that it may have: equal for rules that close or open the same."""
        return self.model_copy(update={"name": None}) if getattr(self, "name", None) else self

    def claim(self) -> tuple[Any, Any]:
        """The first and last of what this rule speaks of; claims of one rank compare, and may not overlap."""
        raise NotImplementedError

    def __str__(self) -> str:
        raise NotImplementedError

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, given: object) -> object:
        if cls.short and isinstance(given, str | dt.date):
            return {"date": given}
        if not isinstance(given, Mapping | cls):
            raise ValueError("write a date such as 2026-12-25, or --12-25 for every year")
        return given

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> Any:
        fields = {name.rstrip("_"): value for name, value in handler(self).items()}
        return fields["date"] if self.short and set(fields) == {"date"} else fields

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        written = handler.resolve_ref_schema(handler(core))
        if not cls.short or "anyOf" in written:
            return written
        text = {"type": "string", "pattern": cls.short, "description": "Closed from midnight to midnight."}
        return {
            "title": cls.__name__,
            "description": written.get("description", ""),
            "anyOf": [text, written],
        }
