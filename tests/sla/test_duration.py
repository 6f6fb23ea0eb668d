"""Durations as people write and read them."""

import re

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from sla.duration import PATTERN, Duration, spoken


class Limit(BaseModel):
    within: Duration


def _read(text: object) -> Duration:
    return Limit.model_validate({"within": text}).within


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("45m", 2_700),
        ("4h", 14_400),
        ("2d", 172_800),
        ("1w", 604_800),
        ("0s", 0),
        ("1d 4h 30m", 102_600),
        ("1d4h30m", 102_600),
        ("30m 1d 4h", 102_600),
        (" 4h ", 14_400),
    ],
)
def test_a_duration_is_read_in_seconds_of_open_time(text: str, seconds: int) -> None:
    assert _read(text).seconds == seconds
    assert _read(text).business_days == 0


def test_a_business_day_is_worth_what_the_calendar_says() -> None:
    limit = _read("2bd 1h")
    assert (limit.business_days, limit.seconds) == (2, 3_600)
    assert limit.resolve(business_day_s=8 * 3_600) == 17 * 3_600
    assert _read("1d").resolve(business_day_s=8 * 3_600) == 24 * 3_600


@pytest.mark.parametrize(
    ("text", "normal"),
    [("1d4h30m", "1d 4h 30m"), ("30m 4h", "4h 30m"), ("90m", "90m"), ("007s", "7s"), ("1h 1bd 1w", "1w 1bd 1h")],
)
def test_a_duration_is_written_in_its_own_units_largest_first(text: str, normal: str) -> None:
    assert str(_read(text)) == normal
    assert Limit(within=_read(text)).model_dump_json() == f'{{"within":"{normal}"}}'
    assert _read(normal) == _read(text)


def test_durations_of_one_length_are_equal_however_they_were_written() -> None:
    assert _read("90m") == _read("1h 30m")
    assert hash(_read("90m")) == hash(_read("1h 30m"))
    assert _read("1bd") != _read("24h")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "cannot be empty"),
        ("   ", "cannot be empty"),
        ("-4h", "has no sign"),
        ("+4h", "has no sign"),
        ("90", "needs a unit"),
        (90, "write 90s"),
        ("1.5h", "whole numbers"),
        ("1,5h", "whole numbers"),
        ("1.5", "whole numbers"),
        (1.5, "is text such as"),
        (True, "is text such as"),
        (None, "is text such as"),
        ("4h 30m 1h", "names the unit 'h' twice"),
        ("4x", "unknown unit"),
        ("4H", "the units are w, bd, d, h, m or s"),
        ("4 h", "written without a space"),
        ("four hours", "is not a duration"),
        ("4h and 5m", "is not a duration"),
        ("٤h", "is not a duration"),
        ("9999999999s", "at most 9 digits"),
    ],
)
def test_what_is_no_duration_is_refused_with_a_remedy(written: object, words: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(words)) as refused:
        _read(written)
    assert refused.value.errors()[0]["loc"] == ("within",)


amounts = st.dictionaries(st.sampled_from(["w", "bd", "d", "h", "m", "s"]), st.integers(0, 999_999_999), min_size=1)


@settings(deadline=None, derandomize=True)
@given(amounts, st.sampled_from(["", " ", "  "]))
def test_every_duration_of_the_schemas_pattern_is_read_and_adds_up(parts: dict[str, int], between: str) -> None:
    text = between.join(f"{amount}{unit}" for unit, amount in parts.items())
    worth = {"w": 604_800, "bd": 7, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
    assert re.search(PATTERN, text)
    assert _read(text).resolve(business_day_s=7) == sum(amount * worth[unit] for unit, amount in parts.items())
    assert _read(str(_read(text))) == _read(text)


def test_the_schema_for_editors_is_text_with_a_pattern() -> None:
    schema = Limit.model_json_schema()
    jsonschema.validate({"within": "1d 4h 30m"}, schema)
    for wrong in ("", "4", "4x", "-4h", "1.5h", 90):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"within": wrong}, schema)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (192, "3 min 12 s"),
        (5_400, "1 h 30 min"),
        (3_612, "1 h 12 s"),
        (86_400 * 3, "72 h"),
        (-300, "-5 min"),
    ],
)
def test_seconds_are_spoken_in_hours_minutes_and_seconds(seconds: int, words: str) -> None:
    assert spoken(seconds) == words
