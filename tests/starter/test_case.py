"""`milepost case`: what it asks of the Desk, and how it tells the answers."""

import json
from pathlib import Path

import pytest

from sla.errors import PortInUse, SchemaBehind, ServiceUnavailable
from tests.starter.bench import Json
from tests.starter.command_line import Ran, milepost
from tests.starter.fake_desk import FakeDesk, a_case_file


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


def asked(desk: FakeDesk, *arguments: str | Path, stdin: str = "") -> Ran:
    return milepost(*arguments, services=desk.services(), stdin=stdin)


# ---------------------------------------------------------------------- open


def test_a_case_can_be_opened_by_options(desk: FakeDesk) -> None:
    options = (
        "--id",
        "C-7",
        "--process",
        "Support",
        "--priority",
        "P1",
        "--account",
        "helios",
        "--at",
        "2026-03-02T10:00+01:00",
    )
    ran = asked(desk, "case", "open", *options, "--set", "tier=premium", "--set", "seats=12", "--set", "trial=true")
    assert ran.code == 0
    [(verb, opening)] = desk.asked
    assert (verb, opening["record"], opening["process"]) == ("open", "C-7", "Support")
    assert opening["fields"] == {"account": "helios", "priority": "P1", "tier": "premium", "seats": 12, "trial": True}
    assert opening["at"].isoformat() == "2026-03-02T09:00:00+00:00"
    assert "C-7 is open" in ran.out


@pytest.mark.parametrize("value", ["{}", "text with = in it", "2026-03-02", "P1", "[[1]]", "007", ""])
def test_a_value_that_is_no_json_scalar_is_text(desk: FakeDesk, value: str) -> None:
    asked(desk, "case", "open", "--id", "C-7", "--set", f"x={value}")
    assert desk.asked[0][1]["fields"] == {"x": value}


@pytest.mark.parametrize(
    ("value", "means"), [("1.5", 1.5), ("null", None), ('"7"', "7"), ('["a", 1]', ["a", 1]), ("NaN", "NaN")]
)
def test_a_value_that_is_a_json_scalar_or_a_list_of_them_is_that(desk: FakeDesk, value: str, means: object) -> None:
    asked(desk, "case", "open", "--id", "C-7", "--set", f"x={value}")
    assert desk.asked[0][1]["fields"] == {"x": means}


FILE = """
- {record: C-1, process: Support, priority: P1, fields: {tier: premium, started: 2026-03-02}}
- {id: C-2, at: "2026-03-02T09:00:00Z", event_id: e1}
"""


def test_cases_can_be_opened_from_yaml(desk: FakeDesk, tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(FILE, "utf-8")
    ran = asked(desk, "case", "open", file, "--process", "Other", "--json")
    first, second = (opening for _, opening in desk.asked)
    assert (first["process"], first["fields"]) == ("Support", {"priority": "P1", "tier": "premium", "started": "2026-03-02"})
    assert (second["record"], second["process"], second["event_id"]) == ("C-2", "Other", "e1")
    assert [answer["record"] for answer in ran.objects] == ["C-1", "C-2"]


def test_a_case_can_be_opened_from_json_on_standard_input(desk: FakeDesk) -> None:
    assert asked(desk, "case", "open", "-", stdin=json.dumps({"record": "C-1", "priority": "P2"})).code == 0
    assert desk.asked[0][1]["fields"] == {"priority": "P2"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("record: C-1\npriorty: P1\n", "cases.yaml:2: priorty: "),
        ("record: C-1\nat: 2026-03-02T09:00:00\n", "has no time zone"),
        ("record: C-1\nid: C-1\n", "either 'record' or 'id'"),
        ("record: C-1\npriority: P1\nfields: {priority: P2}\n", "given both by itself and among 'fields'"),
        ("record: C-1\nfields: {customer: {name: x}}\n", "cases.yaml:2: fields.customer"),
        ("process: Support\n", "record: is required"),
        ("- record: C-1\n- record: C-2\n- record: C-1\n", "cases.yaml:3: record: 'C-1' is already on line 1"),
        ("# nothing\n", "the file holds no case"),
        ("record: [\n", "cases.yaml:2: "),
    ],
)
def test_a_file_that_does_not_hold_together_opens_nothing(desk: FakeDesk, tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(text, "utf-8")
    ran = asked(desk, "case", "open", file)
    assert (ran.code, ran.out, desk.asked) == (2, "", [])
    assert problem in ran.err


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--priority", "P1"),
        ("--id", "C-1", "--set", "tier"),
        ("--id", "C-1", "--set", "a=1", "--set", "a=2"),
        ("--id", "C-1", "--priority", "P1", "--set", "priority=P2"),
        ("--id", "C-1", "--at", "2026-03-02T09:00:00"),
        ("--id", "C-1", "--at", "yesterday"),
        ("--id", " "),
        ("cases.yaml", "--priority", "P1"),
    ],
)
def test_options_that_make_no_sense_open_nothing(desk: FakeDesk, options: tuple[str, ...]) -> None:
    ran = asked(desk, "case", "open", *options)
    assert (ran.code, ran.out, desk.asked) == (2, "", [])
    assert ran.err.startswith("Error: ")


# ---------------------------------------------------------------------- report

EVENTS: list[tuple[tuple[str, ...], Json]] = [
    (("completed", "--milestone", "First Response", "--by", "ada"), {"milestone": "First Response", "by": "ada"}),
    (("uncompleted", "--milestone", "First Response"), {"milestone": "First Response"}),
    (("changed", "--set", "status=Closed", "--set", "owner=null"), {"set": {"status": "Closed", "owner": None}}),
    (("stopped", "--reason", "waiting"), {"reason": "waiting"}),
    (("resumed",), {}),
    (("noted", "--kind", "response.sent", "--data", "channel=mail"), {"kind": "response.sent", "channel": "mail"}),
    (("closed",), {}),
    (("reopened", "--data", "attempt=2"), {"attempt": 2}),
    (("migrated", "--version", "3"), {"version": 3}),
]


@pytest.mark.parametrize(("arguments", "carried"), EVENTS, ids=[arguments[0] for arguments, _ in EVENTS])
def test_each_event_of_the_specification_can_be_reported(desk: FakeDesk, arguments: tuple[str, ...], carried: Json) -> None:
    ran = asked(desk, "case", "report", "C-1", *arguments, "--at", "2026-03-02T10:00:00+01:00", "--event-id", "e1")
    assert ran.code == 0
    basics = {"record": "C-1", "id": "e1", "type": arguments[0], "at": "2026-03-02T09:00:00Z"}
    assert desk.asked == [("report", basics | carried)]


def test_the_time_of_an_event_is_the_desks_to_know_and_its_id_is_drawn_at_the_door(desk: FakeDesk) -> None:
    asked(desk, "case", "report", "C-1", "closed")
    asked(desk, "case", "report", "C-1", "closed")
    first, second = (event for _, event in desk.asked)
    assert "at" not in first
    assert first["id"] != second["id"]


def test_an_event_can_be_sent_off_without_waiting(desk: FakeDesk) -> None:
    ran = asked(desk, "case", "report", "C-1", "closed", "--no-wait")
    assert (ran.code, ran.out, desk.asked[0][0]) == (0, "", "tell")
    [sent] = asked(desk, "case", "report", "C-1", "closed", "--no-wait", "--event-id", "e1", "--json").objects
    assert sent == {"record": "C-1", "event": "e1", "outcome": "sent"}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("exploded",), "there is no event 'exploded'"),
        (("opened",), "milepost case open"),
        (("completed",), "completed needs --milestone"),
        (("changed",), "changed needs --set"),
        (("noted",), "noted needs --kind"),
        (("closed", "--milestone", "First Response"), "--milestone goes with completed, uncompleted, not with closed"),
        (("closed", "--data", "record=C-2"), "'record' is not free data"),
        (("closed", "--at", "2026-03-02T09:00:00"), "has no time zone"),
    ],
)
def test_an_event_that_makes_no_sense_is_not_reported(desk: FakeDesk, arguments: tuple[str, ...], problem: str) -> None:
    ran = asked(desk, "case", "report", "C-1", *arguments)
    assert (ran.code, ran.out, desk.asked) == (2, "", [])
    assert problem in ran.err


def test_a_refusal_an_unknown_record_and_a_missing_service_have_exit_codes_of_their_own(desk: FakeDesk) -> None:
    assert asked(desk, "case", "report", "C-1", "completed", "--milestone", "Lunch").code == 4
    assert asked(desk, "case", "report", "C-9", "closed").code == 3
    desk.down = ServiceUnavailable(
        service="The Temporal server", address="localhost:7233", problem="refused", remedy="Start it."
    )
    assert asked(desk, "case", "report", "C-1", "closed").code == 5
    desk.down = SchemaBehind(address="here", found="none", needed="0001")
    assert asked(desk, "case", "list").code == 5
    desk.down = PortInUse(port=1, purpose="x", setting="y")
    assert asked(desk, "case", "show", "C-1").code == 5


# ---------------------------------------------------------------------- looking


def test_a_case_is_shown_with_milestones_actions_and_how_they_went(desk: FakeDesk) -> None:
    ran = asked(desk, "case", "show", "C-1", "--timezone", "Europe/Berlin")
    assert ran.code == 0
    for text in (
        "First Response",
        "overdue",
        "The [red] lamp",
        "7 attempts",
        "Look at it",
        "Europe/Berlin",
    ):
        assert text in ran.out
    assert "Mon 2026-03-02 11:00" in ran.out  # the target at 10:00 UTC


def test_a_case_is_one_json_object(desk: FakeDesk) -> None:
    [found] = asked(desk, "case", "show", "C-1", "--json").objects
    assert found == a_case_file(out=True).model_dump(mode="json")


def test_cases_are_listed_by_what_was_asked(desk: FakeDesk) -> None:
    ran = asked(desk, "case", "list", "--status", "violated_open", "--account", "helios", "--open", "--limit", "5")
    [(verb, wanted)] = desk.asked
    given = {"status": "violated_open", "account": "helios", "is_open": True, "sort": "next_deadline", "limit": 5}
    assert verb == "list"
    assert {name: value for name, value in wanted.items() if value is not None} == given
    assert "C-1" in ran.out
    assert [view["record"] for view in asked(desk, "case", "list", "--json").objects] == ["C-1"]


@pytest.mark.parametrize("options", [("--status", "fine"), ("--timezone", "Mars"), ("--limit", "0")])
def test_a_list_of_nonsense_is_refused(desk: FakeDesk, options: tuple[str, ...]) -> None:
    assert (asked(desk, "case", "list", *options).code, desk.asked) == (2, [])


def test_an_action_that_was_given_up_is_tried_again(desk: FakeDesk) -> None:
    ran = asked(desk, "case", "retry", "C-1", "C-1/First Response#1/1/violation-1/1", "--json")
    assert (ran.code, ran.objects[0]["outcome"]) == (0, "asked")
    assert asked(desk, "case", "retry", "C-1", "nothing").code == 3
