"""What no calendar may say, each with the field at which it is refused and words that help."""

from typing import Any

import pytest
from pydantic import ValidationError

from sla.calendar import BusinessHours
from tests.sla.calendar.builders import OFFICE


def _mon(*windows: object, **others: list[str]) -> dict[str, Any]:
    return {"hours": {"mon": list(windows), **others}}


def _on(*entries: object) -> dict[str, Any]:
    return {"holidays": list(entries)}


def _new_year(hours: object) -> dict[str, object]:
    return {"date": "2026-01-01", "hours": hours}


def _range(first: str, last: str, **others: object) -> dict[str, object]:
    return {"from": first, "to": last, **others}


# What it is, what is changed in a good definition, the place of the error in pydantic's words, and some of its words.
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("an unknown zone", {"timezone": "Europe/Berln"}, "timezone", "did you mean Europe/Berlin?"),
    ("a zone in the wrong case", {"timezone": "europe/berlin"}, "timezone", "did you mean Europe/Berlin?"),
    ("a path for a zone", {"timezone": "../etc/passwd"}, "timezone", "not an IANA time zone"),
    ("the machine's own zone", {"timezone": "localtime"}, "timezone", "not an IANA time zone"),
    ("no name", {"calendar": ""}, "calendar", "at least 1 character"),
    ("a very long name", {"calendar": "x" * 121}, "calendar", "at most 120 characters"),
    ("an unknown field", {"holiday": []}, "holiday", "not permitted"),
    ("hours that are a word", {"hours": "sometimes"}, "hours.always", "should be 'always'"),
    ("an unknown weekday", {"hours": {"monday": []}}, "hours.week.monday", "not permitted"),
    ("no windows", {"hours": {}}, "hours", "no open time"),
    ("empty windows", {"hours": {"mon": []}}, "hours", "no open time"),
    ("special days without hours alone", {"hours": {}, **_on(_new_year([]))}, "hours", "no open time"),
    ("a day that is no list", {"hours": {"mon": "09:00-17:00"}}, "hours.week.mon", "valid tuple"),
    ("a window that is no text", _mon(900), "hours.week.mon.0", "text such as 09:00-17:00"),
    ("an hour of one digit", _mon("9:00-17:00"), "hours.week.mon.0", "write it as 09:00-17:00"),
    ("the 25th hour", _mon("09:00-25:00"), "hours.week.mon.0", "hours go from 00 to 23"),
    ("the 60th minute", _mon("09:60-17:00"), "hours.week.mon.0", "minutes from 00 to 59"),
    ("a start at 24:00", _mon("24:00-06:00"), "hours.week.mon.0", "only an end may be 24:00"),
    ("an end after 24:00", _mon("22:00-24:30"), "hours.week.mon.0", "only an end may be 24:00"),
    ("overlapping windows", _mon("09:00-12:00", "11:00-15:00"), "hours.week.mon.1", "11:00-15:00 overlaps 09:00-12:00"),
    ("one window twice", _mon("09:00-12:00", "09:00-12:00"), "hours.week.mon.1", "overlaps"),
    ("a night over the morning", _mon("22:00-06:00", tue=["05:00-09:00"]), "hours.week.tue.0", "22:00-06:00 of mon"),
    ("Sunday night over Monday", _mon("05:00-09:00", sun=["22:00-06:00"]), "hours.week.mon.0", "22:00-06:00 of sun"),
    ("a whole day over the next", _mon("22:00-22:00", tue=["21:00-23:00"]), "hours.week.tue.0", "22:00-22:00 of mon"),
    ("a date that is not", _on("2026-02-30"), "holidays.0.date.date", "there is no such day"),
    ("another way of dates", _on("25.12.2026"), "holidays.0.date.date", "write it as 2026-12-25"),
    ("a date as a number", _on(20261225), "holidays.0.date", "write a date such as"),
    ("a yearly day that is not", _on("--02-30"), "holidays.0.yearly.date", "there is no such day"),
    ("a yearly day badly written", _on("--2-3"), "holidays.0.yearly.date", "write it as --12-25"),
    ("special hours that overlap", _on(_new_year(["09:00-12:00", "10:00-11:00"])), "holidays.0.date.hours.1", "overlaps"),
    ("special hours left blank", _on(_new_year(None)), "holidays.0.date.hours", "valid tuple"),
    ("a range without an end", _on({"from": "2026-01-01"}), "holidays.0.range.to", "required"),
    ("a range that runs backwards", _on(_range("2026-01-02", "2026-01-01")), "holidays.0.range", "before it begins"),
    ("a range with hours", _on(_range("2026-01-01", "2026-01-02", hours=[])), "holidays.0.range.hours", "not permitted"),
    ("an unknown country", _on({"country": "XX"}), "holidays.0.country.country", "not a country"),
    ("a country in small letters", _on({"country": "de"}), "holidays.0.country.country", "did you mean DE?"),
    ("an unknown subdivision", _on({"country": "DE", "subdivision": "QQ"}), "holidays.0.country.subdivision", "BY"),
    ("a subdivision alone", _on({"subdivision": "BY"}), "holidays.0.country.country", "required"),
    ("a date and its range", _on(_range("2026-01-01", "2026-01-05"), "2026-01-05"), "holidays.1", "already said"),
    ("a date closed and special", _on(_new_year([]), "2026-01-01"), "holidays.1", "already said by holidays[0]"),
    ("a yearly day twice", _on("--12-25", "2026-12-25", "--12-25"), "holidays.2", "already said by holidays[0]"),
]


@pytest.mark.parametrize(("changes", "place", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_calendar_is_refused_at_the_field_that_is_wrong(changes: dict[str, Any], place: str, words: str) -> None:
    definition = {"calendar": "c", "timezone": "Europe/Berlin", "hours": OFFICE, "holidays": [], **changes}
    with pytest.raises(ValidationError) as refused:
        BusinessHours.model_validate(definition)
    (error,) = refused.value.errors()
    assert ".".join(map(str, error["loc"])) == place
    assert words in error["msg"]


def test_windows_that_only_touch_are_no_overlap() -> None:
    touching = _mon("06:00-12:00", "12:00-06:00", sun=["22:00-06:00"], tue=["06:00-24:00"])
    BusinessHours.model_validate({"calendar": "c", "timezone": "UTC", **touching})


def test_a_calendar_open_on_special_days_alone_is_a_calendar() -> None:
    special = _on(_new_year(["09:00-17:00"]))
    BusinessHours.model_validate({"calendar": "c", "timezone": "UTC", "hours": {}, **special})
