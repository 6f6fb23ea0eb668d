"""The laws that every calendar rule obeys, and what is particular about countries."""

from datetime import date, timedelta
from typing import Any

import jsonschema
import pytest
from pydantic import TypeAdapter, ValidationError

from sla.calendar import BusinessHours
from sla.calendar.countries import public_holidays
from sla.calendar.instants import EPOCH_DAY, day_of
from sla.calendar.rule import CLOSED, Rule
from sla.calendar.rules import RULES, Holiday
from sla.calendar.schedule import Schedule
from tests.sla.calendar.builders import OFFICE, local, some_hours

# An example or more of every rule, as people write it; a rule without one fails the first law.
EXAMPLES: list[tuple[str, Any]] = [
    ("date", "2026-12-24"),
    ("date", {"date": "2026-12-24", "hours": ["09:00-12:00"]}),
    ("date", {"date": "2026-12-24", "hours": []}),
    ("date", {"date": "2026-12-24", "name": "Christmas Eve"}),
    ("date", {"date": "2026-12-24", "name": "Nochebuena: ½ día", "hours": ["09:00-12:00"]}),
    ("range", {"from": "2025-12-24", "to": "2027-01-02"}),
    ("range", {"from": "2025-12-24", "to": "2027-01-02", "name": "Works holiday"}),
    ("yearly", "--02-29"),
    ("yearly", {"date": "--02-29", "name": "Leap Day"}),
    ("yearly", {"date": "--12-24", "hours": ["09:00-12:00", "22:00-02:00"]}),
    ("country", {"country": "US"}),
    ("country", {"country": "DE", "subdivision": "BY"}),
]
ENTRY: TypeAdapter[Rule] = TypeAdapter(Holiday)

every_example = pytest.mark.parametrize(("tag", "written"), EXAMPLES)


def test_every_rule_has_an_example_and_a_tag_of_its_own() -> None:
    assert sorted(rule.tag for rule in RULES) == sorted({tag for tag, _ in EXAMPLES})


@every_example
def test_an_entry_is_read_by_the_rule_that_it_means(tag: str, written: Any) -> None:
    assert ENTRY.validate_python(written).tag == tag


@every_example
def test_an_entry_is_written_as_it_was_read(tag: str, written: Any) -> None:
    assert ENTRY.dump_python(ENTRY.validate_python(written), mode="json") == written


@every_example
def test_the_schema_for_editors_accepts_what_is_accepted(tag: str, written: Any) -> None:
    definition = {"calendar": "c", "timezone": "UTC", "hours": OFFICE, "holidays": [written]}
    jsonschema.validate(definition, BusinessHours.model_json_schema())


@every_example
def test_a_rule_is_immutable_and_can_be_compared(tag: str, written: Any) -> None:
    rule = ENTRY.validate_python(written)
    assert rule == ENTRY.validate_python(written)
    assert hash(rule) == hash(ENTRY.validate_python(written))
    with pytest.raises(ValidationError):
        rule.hours = ()  # type: ignore[attr-defined]


@every_example
def test_a_rule_speaks_of_the_years_it_is_asked_about(tag: str, written: Any) -> None:
    rule = ENTRY.validate_python(written)
    together = rule.in_years(2024, 2028)
    assert {on.year for on in together} <= set(range(2024, 2029))
    apart = [rule.in_years(year, year) for year in range(2024, 2029)]
    assert {on: special for year in apart for on, special in year.items()} == dict(together)
    rule.in_years(1, 1)
    rule.in_years(9999, 9999)


@every_example
def test_a_name_is_of_a_date_of_which_the_rule_speaks_and_changes_nothing_but_itself(tag: str, written: Any) -> None:
    rule, bare = ENTRY.validate_python(written), ENTRY.validate_python(written).nameless()
    assert rule.names_in_years(2024, 2028).keys() <= rule.in_years(2024, 2028).keys()
    assert bare.in_years(2024, 2028) == rule.in_years(2024, 2028)
    assert bare.claim() == rule.claim()
    named = isinstance(written, dict) and "name" in written
    assert (bare != rule) == named
    if named:
        assert set(rule.names_in_years(2024, 2028).values()) == {written["name"]}
        assert bare == ENTRY.validate_python({key: said for key, said in written.items() if key != "name"})
        assert bare.names_in_years(2024, 2028) == {}


@every_example
def test_what_a_rule_closes_is_closed_and_special_hours_are_what_is_open(tag: str, written: Any) -> None:
    hours = some_hours("always", written, timezone="Europe/Berlin")
    specials = ENTRY.validate_python(written).in_years(2024, 2028)
    assert specials
    for on, special in specials.items():
        midnight = local(on.isoformat(), "Europe/Berlin")
        next_midnight = local((on + timedelta(days=1)).isoformat(), "Europe/Berlin")
        windows = [] if special is CLOSED else special
        open_s = sum(min(window.end_s, 86_400) - window.start_s for window in windows)
        assert hours.between(midnight, next_midnight) == open_s, on


@every_example
def test_one_rule_said_twice_is_refused(tag: str, written: Any) -> None:
    with pytest.raises(ValidationError, match=r"already said by holidays\[0\]") as refused:
        some_hours(OFFICE, written, "2031-01-01", written)
    assert refused.value.errors()[0]["loc"] == ("holidays", 2)


def test_a_country_is_resolved_to_dates_that_mean_the_same() -> None:
    hours = some_hours(OFFICE, {"country": "DE", "subdivision": "BY"}, timezone="Europe/Berlin")
    resolved = hours.resolved(range(2026, 2029))
    assert {rule.tag for rule in resolved.holidays} == {"date"}
    assert {"date": "2026-01-06", "name": "Epiphany"} in resolved.model_dump(mode="json")["holidays"]  # in Bavaria
    start, end = local("2026-01-01"), local("2028-12-31")
    assert resolved.between(start, end) == hours.between(start, end)


def test_outside_the_resolved_years_a_country_has_no_holidays() -> None:
    resolved = some_hours(OFFICE, {"country": "DE"}).resolved(range(2026, 2027))
    assert not resolved.is_open(local("2026-12-25 10:00"))
    assert resolved.is_open(local("2028-12-25 10:00"))
    assert some_hours(OFFICE, {"country": "DE"}).resolved(range(0)).holidays == ()


def test_resolving_leaves_what_overrides_the_country() -> None:
    half_day = {"date": "--12-25", "hours": ["09:00-12:00"]}
    resolved = some_hours(OFFICE, "2026-12-26", half_day, {"country": "DE"}).resolved(range(2025, 2030))
    assert resolved.is_open(local("2028-12-25 10:00"))
    assert resolved.model_dump(mode="json")["holidays"][:2] == ["2026-12-26", half_day]


def test_two_countries_may_close_one_date() -> None:
    both = some_hours(OFFICE, {"country": "DE"}, {"country": "AT"})
    assert not both.is_open(local("2026-01-01 10:00"))
    assert not both.is_open(local("2026-01-06 10:00"))  # Austria alone
    assert len({rule.claim() for rule in both.resolved(range(2026, 2027)).holidays}) > 9


def test_holidays_are_plain_dates_in_order_with_the_days_on_which_they_are_observed() -> None:
    found = public_holidays("US", None, 2026)
    assert date(2026, 7, 3) in found  # the 4th of July is a Saturday
    assert list(found) == sorted(found)
    assert {type(on) for on in found} == {date}


# ---------------------------------------------------------------------- names


def names(hours: BusinessHours, first: str, last: str) -> dict[str, str]:
    """By date, what the days from one to another are called."""
    days = [day_of(date.fromisoformat(on)) for on in (first, last)]
    found = Schedule(week=hours.week, rules=hours.holidays).names(*days)
    return {
        date.fromordinal(day + EPOCH_DAY).isoformat(): name
        for day, name in sorted(found.items())
        if days[0] <= day <= days[1]
    }


def test_a_countrys_holidays_are_called_the_same_before_and_after_they_become_dates() -> None:
    own = ("2026-04-06", {"date": "--12-25", "name": "Half a Christmas", "hours": ["09:00-12:00"]})
    hours = some_hours(OFFICE, {"country": "GB", "subdivision": "ENG"}, {"country": "DE"}, *own)
    found = names(hours, "2026-04-01", "2026-12-31")
    assert found["2026-04-03"] == "Good Friday"
    assert "2026-04-06" not in found  # the date of its own overrides Easter Monday, and has no name
    assert found["2026-12-25"] == "Half a Christmas"
    assert found["2026-12-26"] == "Boxing Day"  # in Germany, which is named second, it is Second Day of Christmas
    assert names(hours.resolved(range(2026, 2027)), "2026-04-01", "2026-12-31") == found


@pytest.mark.parametrize("locale", ["de_DE", "th_TH", "C"])
def test_names_are_english_whatever_the_machine_speaks(locale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(variable, locale)
    german, american = (public_holidays.__wrapped__(country, None, 2026) for country in ("DE", "US"))
    assert german[date(2026, 5, 25)] == "Pentecost Monday"
    assert american[date(2026, 7, 3)] == "Independence Day (observed)"
    assert public_holidays.__wrapped__("AU", "NSW", 2026)[date(2026, 10, 5)] == "Labour Day"  # its own English


def test_a_name_that_the_library_makes_too_long_is_cut_between_words() -> None:
    name = public_holidays("AR", "W", 2026)[date(2026, 8, 17)]
    assert name.startswith("Anniversary of the Death of General José Francisco de San Martín; Pass to")
    assert len(name) <= 120
    assert name.endswith("…")
    some_hours(OFFICE, {"country": "AR", "subdivision": "W"}).resolved(range(2026, 2027))


@pytest.mark.parametrize("name", ["", " Easter", "Easter ", "Good\nFriday", "Good\u2028Friday", "\x1b[31m", "x" * 121])
@pytest.mark.parametrize("day", [{"date": "2026-04-03"}, {"date": "--04-03"}, {"from": "2026-04-03", "to": "2026-04-06"}])
def test_a_name_that_is_not_one_line_is_refused(day: dict[str, str], name: str) -> None:
    definition = {"calendar": "c", "timezone": "UTC", "hours": OFFICE, "holidays": [day | {"name": name}]}
    with pytest.raises(ValidationError, match="a name is one line of 1 to 120 characters"):
        BusinessHours.model_validate(definition)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(definition, BusinessHours.model_json_schema())


def test_a_country_has_names_of_its_own_and_takes_none() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        some_hours(OFFICE, {"country": "DE", "name": "Feiertag"})
