"""Durations as people write them (`1d 4h 30m`, `1bd`) and as people read them (`1 h 30 min`).

A value and two translations. No calendar enters here: what one business day is worth is handed to
`Duration.resolve`.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

# In the order in which they are written back. A business day has no length of its own: 0 s here, counted
# apart.
_SECONDS: Final = {"w": 604_800, "bd": 0, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_UNITS: Final = "w, bd, d, h, m or s"
_EXAMPLE: Final = "90s, 45m, 4h, 2d, 1w, 1bd or 1d 4h 30m"
_PART: Final = re.compile(r"([0-9]+)([A-Za-z]*)")
_MAX_DIGITS: Final = 9  # thirty years of seconds: far beyond the ten for which a calendar answers
PATTERN: Final = r"^\s*[0-9]{1,9}(w|bd|d|h|m|s)(\s*[0-9]{1,9}(w|bd|d|h|m|s))*\s*$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A length of open time: whole seconds plus whole business days, never negative (SPEC 1).

    `d` is 24 h and `w` 168 h of *open* time; only `bd` depends on a calendar. Two durations are equal when
    they last equally long, however they were written. `text` is the normal form: the units as given, largest
    first, `1d 4h 30m`.
    """

    seconds: int
    business_days: int = 0
    text: str = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """The duration that `text` spells; ValueError with the remedy if it spells none."""
        amounts: dict[str, int] = {}
        for amount, unit in _parts(text):
            if unit in amounts:
                raise ValueError(f"'{text}' names the unit '{unit}' twice; add the two up")
            amounts[unit] = amount
        seconds = sum(amount * _SECONDS[unit] for unit, amount in amounts.items())
        ordered = " ".join(f"{amounts[unit]}{unit}" for unit in _SECONDS if unit in amounts)
        return cls(seconds=seconds, business_days=amounts.get("bd", 0), text=ordered)

    def resolve(self, business_day_s: int) -> int:
        """Whole open seconds, when one business day holds `business_day_s` of them."""
        return self.seconds + self.business_days * business_day_s

    def __str__(self) -> str:
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _validated, serialization=core_schema.to_string_ser_schema(when_used="always")
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {
            "type": "string",
            "pattern": PATTERN,
            "title": "Duration",
            "description": "Open time: w (168 h), d (24 h), h, m, s, each at most once; bd: a business day.",
            "examples": ["45m", "1d 4h 30m", "1bd"],
        }


def spoken(seconds: int) -> str:
    """Seconds in words for mails and explanations: `1 h 30 min`, `3 min 12 s`, `0 s`, `-5 min`. Exact.

    Hours are not rolled up into days: a day of open time is not the day that the reader would think of.
    """
    hours, rest = divmod(abs(seconds), 3_600)
    minutes, left = divmod(rest, 60)
    parts = [f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min"), (left, "s")) if n]
    return ("-" if seconds < 0 else "") + (" ".join(parts) or "0 s")


def _validated(value: object) -> Duration:
    if isinstance(value, Duration):
        return value
    if isinstance(value, str):
        return Duration.parse(value)
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f"a duration needs a unit: write {abs(value)}s for seconds or {abs(value)}m for minutes")
    raise ValueError(f"a duration is text such as {_EXAMPLE}")


def _parts(text: str) -> list[tuple[int, str]]:
    """Amounts with their units, in the order written; ValueError for the first part that is no such thing."""
    stripped = text.strip()
    if not stripped:
        raise ValueError(f"a duration cannot be empty; write {_EXAMPLE}")
    if stripped.startswith(("-", "+", "\N{MINUS SIGN}")):
        raise ValueError(f"a duration has no sign, got '{text}'; write it as {_EXAMPLE}")
    if re.search(r"[0-9]*[.,][0-9]", stripped):
        raise ValueError(f"a duration is in whole numbers, got '{text}'; write 90m for an hour and a half")
    parts, at = [], 0
    while at < len(stripped):
        found = _PART.match(stripped, at)
        if found is None:
            raise ValueError(f"'{text}' is not a duration; write {_EXAMPLE}")
        parts.append(_part(found[1], found[2]))
        at = found.end()
        at += len(stripped[at:]) - len(stripped[at:].lstrip())
    return parts


def _part(amount: str, unit: str) -> tuple[int, str]:
    if not unit:
        raise ValueError(f"'{amount}' needs a unit, written without a space: {amount}s, {amount}m or {amount}h")
    if unit not in _SECONDS:
        raise ValueError(f"'{amount}{unit}' has an unknown unit; the units are {_UNITS}")
    if len(amount) > _MAX_DIGITS:
        raise ValueError(f"'{amount}{unit}' is too long; a number has at most {_MAX_DIGITS} digits")
    return int(amount), unit
