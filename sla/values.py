"""What a record's field may hold, and how two values compare (SPEC 2 and 8)."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, AllowInfNan, StrictBool, StrictFloat, StrictInt, StrictStr


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("holds the character U+0000, which no database keeps")
    return text


Text = Annotated[StrictStr, AfterValidator(_storable)]
Number = Annotated[StrictFloat, AllowInfNan(False)]
Scalar = Text | StrictBool | StrictInt | Number | None
Value = Scalar | list[Scalar]
Fields = Mapping[str, Value]


def equal(left: object, right: object) -> bool:
    """Typed equality: 1 = 1.0, but neither equals true, nor does text equal a number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right


def as_text(value: object) -> str:
    """A scalar as a table's key spells it: 1 and 1.0 are `1`, true is `true`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
