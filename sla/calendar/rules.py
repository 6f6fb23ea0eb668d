"""The calendar rules: one frozen class for each, and `RULES`, which lists them.

To add a rule, write its class and its place in `RULES` and `Holiday`; the law suite
(`tests/sla/calendar/test_rules.py`) runs over them all.
"""

import datetime as dt
import re
from calendar import isleap
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    GetPydanticSchema,
    Tag,
    WithJsonSchema,
    model_validator,
)

from sla.calendar.countries import LONGEST_NAME, known_country, known_subdivision, public_holidays
from sla.calendar.problems import problem_at
from sla.calendar.rule import CLOSED, Rank, Rule, Special
from sla.calendar.windows import DayWindows

_LEAP_YEAR: Final = 2000
_DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_NAME: Final = r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f\u2028\u2029]*[^\s\x00-\x1f\x7f-\x9f])?$"
_YEARLY: Final = r"^--(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


def _date(value: object) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(_DATE, value):
        raise ValueError(f"{value!r} is not a date; write it as 2026-12-25, or --12-25 for every year")
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"'{value}' is not a date: there is no such day") from None


def _yearly(value: str) -> str:
    if not re.fullmatch(_YEARLY, value):
        raise ValueError(f"'{value}' is not a day of the year; write it as --12-25")
    try:
        dt.date(_LEAP_YEAR, int(value[2:4]), int(value[5:7]))
    except ValueError:
        raise ValueError(f"'{value}' is not a day of the year: there is no such day") from None
    return value


def _name(value: str | None) -> str | None:
    if value is not None and (len(value) > LONGEST_NAME or not re.fullmatch(_NAME, value)):
        problem = f"a name is one line of 1 to {LONGEST_NAME} characters, with no blank at its beginning or end"
        raise ValueError(problem)
    return value


def _absent(value: object) -> bool:
    return value is None


LocalDate = Annotated[
    dt.date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date", "pattern": _DATE})
]
_Hours = Annotated[
    Special,
    GetPydanticSchema(lambda _source, handler: handler(DayWindows)),  # absent, not null, is CLOSED
    Field(
        description="Windows in place of those starting on that date, [] for none. Absent: closed.",
        exclude_if=_absent,
    ),
]
_Name = Annotated[
    Annotated[str, WithJsonSchema({"type": "string", "maxLength": LONGEST_NAME, "pattern": _NAME})] | None,
    AfterValidator(_name),
    Field(description="What the day is called where it is told of.", examples=["Good Friday"], exclude_if=_absent),
]


class OnDate(Rule):
    """One local date: closed from midnight to midnight or, with `hours`, those windows start on it."""

    tag = "date"
    rank = Rank.DATED
    short = _DATE

    date: LocalDate
    name: _Name = None
    hours: _Hours = CLOSED

    def in_years(self, first: int, last: int) -> Mapping[dt.date, Special]:
        """That date, if it is of those years."""
        return {self.date: self.hours} if first <= self.date.year <= last else {}

    def claim(self) -> tuple[Any, Any]:
        """That date."""
        return self.date, self.date

    def __str__(self) -> str:
        return self.date.isoformat()


class OnDates(Rule):
    """Every local date from one to another, both included, closed."""

    tag = "range"
    rank = Rank.DATED

    from_: Annotated[LocalDate, Field(alias="from", description="The first closed date.")]
    to: Annotated[LocalDate, Field(description="The last closed date, included.")]
    name: _Name = None

    @model_validator(mode="after")
    def _forward(self) -> "OnDates":
        if self.to < self.from_:
            raise ValueError(f"the range ends on {self.to}, before it begins on {self.from_}")
        return self

    def in_years(self, first: int, last: int) -> Mapping[dt.date, Special]:
        """The dates of the range that are of those years."""
        since, until = max(self.from_, dt.date(first, 1, 1)), min(self.to, dt.date(last, 12, 31))
        return {since + dt.timedelta(days=n): CLOSED for n in range((until - since).days + 1)}

    def claim(self) -> tuple[Any, Any]:
        """From the first to the last date."""
        return self.from_, self.to

    def __str__(self) -> str:
        return f"{self.from_} to {self.to}"


class EachYear(Rule):
    """One day of every year, `--MM-DD`, closed or with special `hours`; 29 February in leap years only."""

    tag = "yearly"
    rank = Rank.YEARLY
    short = _YEARLY

    date: Annotated[str, AfterValidator(_yearly), Field(json_schema_extra={"pattern": _YEARLY})]
    name: _Name = None
    hours: _Hours = CLOSED

    def in_years(self, first: int, last: int) -> Mapping[dt.date, Special]:
        """That day of each of those years that has it."""
        month, day = int(self.date[2:4]), int(self.date[5:7])
        years = (year for year in range(first, last + 1) if (month, day) != (2, 29) or isleap(year))
        return {dt.date(year, month, day): self.hours for year in years}

    def claim(self) -> tuple[Any, Any]:
        """That day."""
        return self.date, self.date

    def __str__(self) -> str:
        return self.date


class OfCountry(Rule):
    """The public holidays of a country or one of its subdivisions, closed; from the `holidays` library."""

    tag = "country"
    rank = Rank.COUNTRY

    country: Annotated[str, AfterValidator(known_country), Field(description="ISO 3166 code.", examples=["DE"])]
    subdivision: Annotated[
        str | None,
        Field(description="Part of the country, as in ISO 3166-2.", examples=["BY"], exclude_if=_absent),
    ] = None

    @model_validator(mode="after")
    def _of_that_country(self) -> "OfCountry":
        if self.subdivision is not None:
            try:
                known_subdivision(self.country, self.subdivision)
            except ValueError as error:
                raise problem_at(("subdivision",), str(error), self.subdivision) from None
        return self

    def in_years(self, first: int, last: int) -> Mapping[dt.date, Special]:
        """The country's holidays in those years."""
        return dict.fromkeys(self.names_in_years(first, last), CLOSED)

    def names_in_years(self, first: int, last: int) -> Mapping[dt.date, str]:
        """The same holidays with their names: each has one."""
        years = (public_holidays(self.country, self.subdivision, year) for year in range(first, last + 1))
        return {on: name for year in years for on, name in year.items()}

    def claim(self) -> tuple[Any, Any]:
        """Country and subdivision. Several countries may share a date, since all that they do is close it."""
        named = self.country, self.subdivision or ""
        return named, named

    def __str__(self) -> str:
        return f"{self.country}-{self.subdivision}" if self.subdivision else self.country


RULES: Final[tuple[type[Rule], ...]] = (OnDate, OnDates, EachYear, OfCountry)


def _tag(given: object) -> str:
    """Which rule an entry means, by its shape; what is no entry at all is left to OnDate to refuse."""
    if isinstance(given, Rule):
        return given.tag
    on = given.get("date") if isinstance(given, Mapping) else given
    if isinstance(given, Mapping) and ("country" in given or "subdivision" in given):
        return OfCountry.tag
    if isinstance(given, Mapping) and ("from" in given or "to" in given):
        return OnDates.tag
    return EachYear.tag if isinstance(on, str) and on.startswith("--") else OnDate.tag


Holiday = Annotated[
    Annotated[OnDate, Tag(OnDate.tag)]
    | Annotated[OnDates, Tag(OnDates.tag)]
    | Annotated[EachYear, Tag(EachYear.tag)]
    | Annotated[OfCountry, Tag(OfCountry.tag)],
    Discriminator(_tag),
]
