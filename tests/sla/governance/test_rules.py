"""Every rule of the audit: it speaks of what it is for, and is silent of what only looks like it."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.directory import Person, Queue
from sla.governance.finding import SEVERITIES
from sla.governance.rules import RULES
from sla.governance.snapshot import Directory, Promise, Use
from tests.docs.pages import names, rows, text
from tests.sla.governance.catalogues import (
    ADA,
    LONDON,
    MAIL,
    a_catalogue,
    a_line,
    a_version,
    calendars,
    codes,
    findings,
    mail_to,
    promises,
    the,
)


def test_of_a_catalogue_in_good_order_nothing_is_said() -> None:
    assert findings(a_version()) == []
    assert findings(a_catalogue()) == []


def test_the_gravest_comes_first_and_every_finding_says_what_to_do() -> None:
    told = findings(a_version("Premium", a_line(description=None), a_line(when={"a": {"gt": 1, "lt": 1}})))
    assert [one.severity for one in told] == sorted((one.severity for one in told), key=SEVERITIES.index)
    assert all(one.sentence.endswith(".") and one.remedy and one.names == ("Premium",) for one in told)


def test_every_rule_is_documented_with_its_severity_and_no_other() -> None:
    documented = {names(row[0])[0]: row[1] for row in rows(text("governance"), "code")}
    assert documented == {rule.code: rule.severity for rule in RULES}


# ---------------------------------------------------------------------- milestones


@pytest.mark.parametrize(
    ("lines", "applies"),
    [
        ([a_line(when={"priority": {"in": ["P1"], "ne": "P1"}})], False),
        ([a_line(when={"priority": "P1"})], True),
        ([a_line(), a_line(when={"priority": "P1"})], False),
        ([a_line(when={"priority": "P1"}), a_line()], True),
        ([a_line(when={"priority": ["P1", "P2"]}), a_line(when={"priority": "P2"})], False),
        ([a_line(when={"priority": ["P1", "P2"]}), a_line(when={"priority": ["P2", "P3"]})], True),
        ([a_line(when={"vip": True}), a_line(when={"not": {"vip": True}}), a_line()], False),
        ([a_line("First Response"), a_line("Resolution", when={"priority": "P1"})], True),
    ],
)
def test_a_line_that_can_never_apply(lines: list[dict[str, Any]], applies: bool) -> None:
    assert ("never_applies" in codes(a_version("Premium", *lines))) is not applies


def test_a_line_that_an_earlier_one_leaves_nothing_to_is_named_by_its_number() -> None:
    found = the("never_applies", a_version("Premium", a_line(), a_line(when={"priority": "P1"})))
    assert found.subject == "process/Premium: First Response (2)"
    assert "an earlier line of the milestone applies always" in found.sentence


@pytest.mark.parametrize(
    ("condition", "completes"),
    [
        ({"all": [{"status": "Solved"}, {"status": "Closed"}]}, False),
        ({"event": "response.sent", "where": {"channel": {"in": ["mail"], "ne": "mail"}}}, False),
        ({"status": ["Solved", "Closed"]}, True),
        ({"event": "response.sent"}, True),
        (None, True),
    ],
)
def test_a_milestone_that_can_never_complete_by_itself(condition: dict[str, Any] | None, completes: bool) -> None:
    assert ("never_completes" in codes(a_version("Premium", a_line(complete_when=condition)))) is not completes


def test_a_milestone_that_completes_when_it_no_longer_applies_does_complete() -> None:
    """At one instant completions come before criteria (SPEC 4)."""
    line = a_line(when={"status": "Open"}, complete_when={"status": "Solved"})
    assert "never_completes" not in codes(a_version("Premium", line))


ALWAYS = {"any": [{"owner": {"exists": True}}, {"owner": {"exists": False}}]}


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ({"stop_when": ALWAYS}, False),
        ({"stop_when": {"status": "Waiting"}}, True),
        ({"stop_when": {"status": "Waiting"}, "when": {"status": "Waiting"}, "start": "criteria"}, False),
        ({"stop_when": {"status": "Waiting"}, "when": {"status": "Waiting"}}, True),  # counts also the time before
        ({}, True),
    ],
)
def test_a_clock_that_never_runs(line: dict[str, Any], runs: bool) -> None:
    assert ("clock_never_runs" in codes(a_version("Premium", a_line(**line)))) is not runs


def test_a_process_that_always_stops_and_a_line_that_stops_the_rest() -> None:
    line = a_line(stop_when={"not": {"status": "Waiting"}})
    assert "clock_never_runs" in codes(a_version("Premium", line, stop_when={"status": "Waiting"}))


# ---------------------------------------------------------------------- warnings

TABLE = {"by": "priority", "values": {"P1": "1h", "P2": "4h"}, "default": "8h"}


@pytest.mark.parametrize(
    ("within", "warning", "told"),
    [
        (TABLE, {"before": "8h"}, ["warning_never_fires"]),
        (TABLE, {"before": "2h"}, ["warning_not_for_all"]),
        (TABLE, {"before": "30m"}, []),
        (TABLE, {"at": "50%"}, []),
        ("1bd", {"before": "1bd"}, ["warning_never_fires"]),
        ("2bd", {"before": "1bd"}, []),
        ("1bd", {"before": "9h"}, []),  # who knows what a day of the record's own hours is worth
        ("1h", {"at": "100%"}, ["warning_too_late"]),
        ("1h", {"before": "0s"}, ["warning_too_late"]),
        ("1h", {"at": "99%"}, []),
    ],
)
def test_warnings_that_come_never_or_too_late(within: Any, warning: dict[str, str], told: list[str]) -> None:
    assert codes(a_version("Premium", a_line(within=within, warnings=[{**warning, "actions": [MAIL]}]))) == told


def test_a_warning_is_judged_in_the_hours_that_count() -> None:
    version = a_version(
        "Premium", a_line(within="1bd", warnings=[{"before": "9h", "actions": [MAIL]}]), business_hours="london"
    )
    assert codes(a_catalogue(version, calendars=calendars(LONDON))) == ["warning_never_fires"]


def test_for_whom_a_warning_does_not_fire_is_told() -> None:
    found = the("warning_not_for_all", a_version("P", a_line(within=TABLE, warnings=[{"before": "4h", "actions": [MAIL]}])))
    assert "does not fire for priority P1 and priority P2" in found.sentence


# ---------------------------------------------------------------------- recipients

NOBODY = Directory(managers={"helios": None, "juniper": None})
BEN = Person(id="ben", name="Ben", email=None, timezone="Europe/London")


def told_of(directory: Directory, *actions: dict[str, Any]) -> list[str]:
    line = a_line(warnings=None, violations=[{"actions": list(actions)}])
    return codes(a_catalogue(a_version("Premium", line), directory=directory))


@pytest.mark.parametrize("to", ["role:agent", "queue:tier-1", "agent", "tier-1", "queue", "account_manager", "ada"])
def test_who_is_not_there_receives_nothing(to: str) -> None:
    assert told_of(NOBODY, mail_to(to)) == ["nobody_receives"]
    assert told_of(a_catalogue().directory, mail_to(to)) == []


@pytest.mark.parametrize("to", ["owner", "contact", "desk@helios.example"])
def test_whom_only_the_record_knows_may_be_there(to: str) -> None:
    assert told_of(NOBODY, mail_to(to)) == []


def test_of_several_recipients_one_is_nobody() -> None:
    version = a_version("P", a_line(success=[mail_to("owner", "role:pilot")]))
    assert codes(version) == ["recipient_is_nobody"]
    found = the("recipient_is_nobody", version)
    assert "'role:pilot' is nobody: nobody has the role 'pilot'" in found.sentence


@pytest.mark.parametrize("to", ["ben", "role:agent", "queue:tier-1", "agent", "tier-1", "queue", "account_manager"])
def test_mail_needs_an_address_where_a_task_does_not(to: str) -> None:
    queues = {"tier-1": Queue(id="tier-1", email=None, members=("ben",))}
    directory = Directory(people={"ben": BEN}, roles={"agent": ("ben",)}, queues=queues, managers={"helios": "ben"})
    assert told_of(directory, mail_to(to)) == ["nobody_receives"]
    assert told_of(directory, mail_to(to, kind="task")) == []


@pytest.mark.parametrize(("email", "told"), [("desk@helios.example", []), (None, ["nobody_receives"])])
def test_a_queue_without_members_is_nobody_unless_it_has_an_address(email: str | None, told: list[str]) -> None:
    directory = Directory(queues={"tier-1": Queue(id="tier-1", email=email)})
    assert told_of(directory, mail_to("queue:tier-1")) == told
    assert told_of(directory, mail_to("queue:tier-1", kind="reassign")) == told


def test_accounts_without_a_manager_are_told_where_a_process_turns_to_one() -> None:
    version = a_version("Premium", a_line(success=[mail_to("account_manager")]))
    directory = Directory(people={"ada": ADA}, managers={"helios": "ada", "juniper": None})
    catalogue = a_catalogue(version, directory=directory)
    assert the("account_without_manager", catalogue).sentence.endswith("these accounts have none: 'juniper'.")
    entitled = promises(E1="Premium")  # Helios only, who has one
    assert codes(replace(catalogue, promises=entitled)) == []


# ---------------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("version", "code"),
    [
        (a_version(description=None), "process_undescribed"),
        (a_version(description=" "), "process_undescribed"),
        (a_version("Premium", a_line(description=None)), "milestones_undescribed"),
        (a_version("Premium", a_line(success=[{"email": MAIL["email"]}])), "actions_undescribed"),
    ],
)
def test_what_nobody_has_described(version: Any, code: str) -> None:
    assert codes(version) == [code]


def test_of_many_milestones_those_without_a_description_are_one_finding() -> None:
    found = the("milestones_undescribed", a_version("P", a_line("A", description=None), a_line("B", description=None)))
    assert found.sentence == "2 of 2 milestones of 'P' have no description: A and B."


def test_names_that_break_the_convention_of_their_kind() -> None:
    hours = calendars(LONDON)
    catalogue = a_catalogue(a_version("Premium SLA", a_line("Resolution")), a_version("Gold"), calendars=hours)
    conventions = {"process": ".+ SLA", "milestone": "First Response|Resolution", "calendar": "[a-z]+"}
    found = the("name_breaks_convention", catalogue, conventions=conventions)
    assert (found.subject, found.names) == ("process/Gold", ("Gold",))
    assert codes(catalogue, conventions={"milestone": "Resolution", "calendar": "LON"}) == ["name_breaks_convention"] * 2
    assert "name_breaks_convention" not in codes(catalogue, conventions={"process": ""})
    assert "name_breaks_convention" in codes(a_version("Gold SLA, old"), conventions={"process": ".+ SLA"})  # the whole name


# ---------------------------------------------------------------------- use


def used(**use: Any) -> list[str]:
    return codes(a_catalogue(a_version(), uses={"Premium": Use(**use)}))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_process_to_which_no_customer_is_entitled() -> None:
    assert used(entitlements=0, latest_case_at=at("2026-03-01")) == ["without_entitlements"]


def test_a_process_without_a_case_for_a_quarter() -> None:
    assert used(entitlements=1, latest_case_at=at("2025-12-02")) == []
    assert used(entitlements=1, latest_case_at=at("2025-12-01")) == ["without_cases"]
    assert used(entitlements=1) == ["without_cases"]
    assert codes(a_catalogue(a_version(), uses={"Premium": Use(entitlements=1)}), idle_days=10_000) == []


def test_a_process_that_is_new_is_given_time() -> None:
    young = a_version(since=at("2026-02-01"))
    assert codes(a_catalogue(young, uses={"Premium": Use(entitlements=1)})) == []


@pytest.mark.parametrize(
    ("holidays", "told"),
    [
        (["2026-05-01"], ["holidays_run_out"]),
        (["2026-05-02"], []),
        (["2025-12-25", "2025-12-26"], ["holidays_run_out"]),
        ([{"from": "2025-12-24", "to": "2026-12-31"}], []),
        (["--12-25"], []),
        (["--12-25", {"date": "2026-03-03", "hours": ["09:00-12:00"]}], []),
        ([], []),
    ],
)
def test_calendars_whose_holidays_run_out(holidays: list[Any], told: list[str]) -> None:
    assert codes(a_catalogue(calendars=calendars({**LONDON, "holidays": holidays}))) == told


def test_a_countrys_holidays_run_out_with_the_years_for_which_they_were_published() -> None:
    [hours] = calendars({**LONDON, "holidays": [{"country": "DE"}]}).values()
    assert codes(a_catalogue(calendars={"london": hours.resolved(range(2025, 2027))})) == []
    assert codes(a_catalogue(calendars={"london": hours.resolved(range(2024, 2026))})) == ["holidays_run_out"]


# ---------------------------------------------------------------------- promises

GOLD, SILVER = a_version("Gold", a_line(within="1h")), a_version("Silver", a_line(within="4h"))


def test_two_entitlements_of_one_customer_with_different_limits() -> None:
    found = the("promises_differ", a_catalogue(GOLD, SILVER, promises=promises(E1="Gold", E2="Silver")))
    assert found.subject == "account/helios"
    assert "First Response (1h or 4h)" in found.sentence


@pytest.mark.parametrize(
    "other",
    [
        a_version("Silver", a_line(within="60m", success=[MAIL])),
        a_version("Silver", a_line("Resolution", within="4h")),
        a_version("Silver", a_line(within="4h"), applies_to="work_order"),
    ],
)
def test_entitlements_that_do_not_contradict_each_other(other: Any) -> None:
    told = codes(a_catalogue(GOLD, other, promises=promises(E1="Gold", E2="Silver")))
    assert not {"promises_differ", "promises_differ_by_scope"} & set(told)


def test_two_customers_may_be_promised_different_limits() -> None:
    two = (*promises(E1="Gold"), Promise(entitlement="E2", account="juniper", process="Silver"))
    assert "promises_differ" not in codes(a_catalogue(GOLD, SILVER, promises=two))


def test_what_differs_by_asset_may_be_meant() -> None:
    two = (*promises(E1="Gold"), Promise(entitlement="E2", account="helios", process="Silver", scope="asset A-1"))
    assert codes(a_catalogue(GOLD, SILVER, promises=two)) == ["promises_differ_by_scope"]


def test_an_entitlement_to_a_process_of_which_nothing_is_in_force() -> None:
    retired = a_version("Gold", status="retired", is_default=False)
    catalogue = a_catalogue(retired, promises=promises(E1="Gold"))
    assert the("promise_of_nothing", catalogue).subject == "process/Gold"


# ---------------------------------------------------------------------- drafts, retired versions, order


def test_a_draft_is_looked_at_and_a_retired_version_is_not() -> None:
    flaw = a_line(description=None)
    assert the("milestones_undescribed", a_version("P", flaw, status="draft", is_default=False)).subject == "process/P 1"
    assert codes(a_version("P", flaw, status="retired", is_default=False)) == []
    assert codes(a_version("P", flaw, is_default=False)) == []


VERSIONS = [
    a_version(name, a_line(within=within, success=[mail_to(to)], description=said), business_hours=hours)
    for name, within, to, said, hours in [
        ("A", "1h", "owner", "x", None), ("B", "60m", "role:pilot", "x", None), ("C", "65m", "ada", None, "london"),
        ("D", "1h", "ada", "x", None), ("E", "8h", "account_manager", "x", "london"), ("F", "70m", "ada", "x", None),
    ]
]  # fmt: skip
PROMISES = promises(E1="A", E2="B", E3="E", E4="D")


@given(st.permutations(VERSIONS), st.permutations(PROMISES))
def test_the_order_of_what_is_handed_in_changes_nothing(versions: Any, held: Any) -> None:
    hours = calendars({**LONDON, "holidays": ["2026-03-03"]})
    usual = a_catalogue(*VERSIONS, promises=PROMISES, calendars=hours)
    turned = replace(
        usual,
        versions=tuple(versions),
        promises=tuple(held),
        uses=dict(sorted(usual.uses.items(), key=lambda one: one[0], reverse=True)),
    )
    told = findings(turned)
    assert told == findings(usual)
    assert {"same_timeline", "near_timeline", "promises_differ", "nobody_receives"} <= {one.code for one in told}


def test_commands_in_remedies_stand_on_lines_of_their_own() -> None:
    told = findings(a_catalogue(*VERSIONS, promises=PROMISES))
    lines = [line for one in told for line in one.remedy.split("\n")[1:]]
    assert lines
    assert all(re.match(r"milepost process (consolidate|compare|retire) '", line) for line in lines)
