"""Windows of local wall-clock time and the week that they make up (SPEC 1).

Minutes are all there is to a window; which instants it covers is settled in `sla.calendar.compiled`.
"""

import operator
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from sla.calendar.instants import DAY_S
from sla.calendar.problems import problem_at

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_TIME: Final = r"([01][0-9]|2[0-3]):([0-5][0-9])"
_PATTERN: Final = rf"^{_TIME}-({_TIME}|24:00)$"
_WRITTEN: Final = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Open wall-clock time, `[start_s, end_s)`, in seconds from the midnight that begins its own date.

    `0 <= start_s < 24 h`. `end_s` exceeds 24 h by what runs into the next date: a window whose written end is
    not after its start does, so `22:00-22:00` lasts 24 h.
    """

    start_s: int
    end_s: int

    @classmethod
    def parse(cls, text: str) -> "Window":
        """The window written as `HH:MM-HH:MM`, of which only the end may be `24:00`; ValueError otherwise."""
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise ValueError(f"'{text}' is not a window of time; write it as 09:00-17:00")
        if not re.fullmatch(_PATTERN, text):
            problem = "hours go from 00 to 23, minutes from 00 to 59, and only an end may be 24:00"
            raise ValueError(f"'{text}' is not a window of time: {problem}")
        hour, minute, until_hour, until_minute = map(int, written.groups())
        start_s, end_s = hour * 3600 + minute * 60, until_hour * 3600 + until_minute * 60
        return cls(start_s=start_s, end_s=end_s if end_s > start_s else end_s + DAY_S)

    def __str__(self) -> str:
        end_s = self.end_s if self.end_s <= DAY_S else self.end_s - DAY_S
        return f"{_clock(self.start_s)}-{_clock(end_s)}"


ALL_DAY: Final = Window(start_s=0, end_s=DAY_S)


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"


def _validated(value: object) -> Window:
    if isinstance(value, Window):
        return value
    if isinstance(value, str):
        return Window.parse(value)
    raise ValueError("a window of time is text such as 09:00-17:00")


def _apart(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    """The windows of one date as given; refused, at the later one, if two of them overlap."""
    order = sorted(range(len(windows)), key=lambda i: windows[i].start_s)
    for earlier, later in pairwise(order):
        if windows[later].start_s < windows[earlier].end_s:
            raise problem_at((later,), f"{windows[later]} overlaps {windows[earlier]}", str(windows[later]))
    return windows


WindowText = Annotated[
    Window,
    PlainValidator(_validated),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": _PATTERN,
            "description": "Local wall-clock time, HH:MM-HH:MM; an end not after its start: the next day.",
            "examples": ["09:00-17:00", "22:00-06:00", "00:00-24:00"],
        }
    ),
]
DayWindows = Annotated[tuple[WindowText, ...], AfterValidator(_apart)]
_Weekday = Annotated[DayWindows, Field(exclude_if=operator.not_)]


class Week(BaseModel):
    """The windows that start on each weekday, in local wall-clock time; a missing day is closed.

    Refused if a window that runs past midnight overlaps one of the next weekday, Sunday's included.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mon: _Weekday = ()
    tue: _Weekday = ()
    wed: _Weekday = ()
    thu: _Weekday = ()
    fri: _Weekday = ()
    sat: _Weekday = ()
    sun: _Weekday = ()

    def days(self) -> tuple[tuple[Window, ...], ...]:
        """The windows of Monday to Sunday."""
        return self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun

    @model_validator(mode="after")
    def _nights_end_before_the_next_day_begins(self) -> "Week":
        days = self.days()
        for weekday, name in enumerate(WEEKDAYS):
            for index, early in enumerate(days[weekday]):
                for late in days[weekday - 1]:
                    if early.start_s < late.end_s - DAY_S:
                        problem = f"{early} overlaps {late} of {WEEKDAYS[weekday - 1]}"
                        raise problem_at((name, index), problem, str(early))
        return self


ALWAYS_OPEN: Final[tuple[tuple[Window, ...], ...]] = ((ALL_DAY,),) * 7
