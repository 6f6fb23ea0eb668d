"""`milepost mail` and `milepost import`: files in, files out, no server."""

import json
from email.message import EmailMessage
from pathlib import Path

import pytest

from runtime.mailbox import RECIPIENTS_HEADER, Mailbox
from runtime.settings import Settings
from sla.events import read_event
from starter.cli.services import Services
from tests.starter.command_line import EXAMPLES, milepost, no_desk
from tests.starter.fake_desk import FakeDesk

INCIDENTS = EXAMPLES / "incidents/incidents-2016.csv"


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """An installation whose catcher holds two mails."""
    box = Mailbox(tmp_path / "mail")
    for to in ("ada@support.example", "kim@helios.example"):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "milepost@localhost", to, f"[dim] mail for {to}"
        mail["Date"] = "Mon, 02 Mar 2026 09:45:00 +0000"
        mail[RECIPIENTS_HEADER] = to
        mail.set_content("Hello")
        mail.add_alternative("<p>Hello</p>", subtype="html")
        box.add(mail.as_bytes())
    settings = Settings(data_dir=tmp_path)
    return no_desk(lambda: settings)


def test_the_mails_caught_are_listed(services: Services) -> None:
    ran = milepost("mail", "list", services=services)
    assert ran.code == 0
    assert "[dim] mail for ada@support.example" in ran.out
    mails = milepost("mail", "list", "--json", services=services).objects
    assert [mail["id"] for mail in mails] == ["1", "2"]
    assert mails[0]["date"] == "2026-03-02T09:45:00+00:00"


def test_the_mails_to_one_address_are_listed(services: Services) -> None:
    ran = milepost("mail", "list", "--to", "kim@helios.example", "--json", services=services)
    assert [mail["recipients"] for mail in ran.objects] == [["kim@helios.example"]]


def test_a_mail_is_shown_as_text_or_html(services: Services) -> None:
    assert "\n\nHello" in milepost("mail", "show", "1", services=services).out
    assert "<p>Hello</p>" in milepost("mail", "show", "1", "--html", services=services).out
    assert milepost("mail", "show", "1", "--json", services=services).objects[0]["text"].strip() == "Hello"


@pytest.mark.parametrize("mail", ["3", "../1", "x"])
def test_a_mail_that_is_not_there_is_not_found(services: Services, mail: str) -> None:
    ran = milepost("mail", "show", mail, services=services)
    assert (ran.code, ran.out) == (3, "")


def test_where_nothing_was_caught_there_is_nothing_to_list(tmp_path: Path) -> None:
    empty = no_desk(lambda: Settings(data_dir=tmp_path / "nowhere"))
    assert milepost("mail", "list", services=empty).out == "No mail was caught.\n"
    assert milepost("mail", "list", "--json", services=empty).out == ""


# ---------------------------------------------------------------------- import


def test_incidents_become_events_and_unusable_rows_are_named_with_their_lines() -> None:
    ran = milepost("import", "incidents", INCIDENTS)
    assert ran.code == 0
    assert all(read_event(event, where="import") for event in ran.objects)
    lines = ran.err.splitlines()
    assert [line.split(": ")[0] for line in lines[:-1]] == [f"{INCIDENTS}:{n}" for n in (106, 111, 132)]
    assert lines[-1] == f"792 rows, 89 incidents, {len(ran.objects)} events, 3 problems"


def test_events_can_be_written_to_a_file_and_simulated(tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    [summary] = milepost("import", "incidents", INCIDENTS, "-o", events, "--json").objects
    assert summary == {"rows": 792, "incidents": 89, "events": len(events.read_text("utf-8").splitlines()), "problems": 3}
    process, hours = EXAMPLES / "processes/incidents.yaml", EXAMPLES / "calendars/service-desk.yaml"
    files = ("--process", process, "--calendars", hours, "--events", events)
    ran = milepost("simulate", *files, "--json")
    assert (ran.code, len(ran.objects)) == (0, 89)
    shown = milepost("simulate", *files)
    assert "89 records: " in shown.out
    assert "On time" in shown.out


def test_events_can_be_sent_to_the_desk() -> None:
    desk = FakeDesk()
    ran = milepost("import", "incidents", INCIDENTS, "--open", "--process", "Incidents", "--json", services=desk.services())
    assert ran.code == 4  # the fake refuses that one incident was closed
    assert "it never left" in ran.err
    assert {verb for verb, _ in desk.asked} == {"take_over"}
    histories = [asked["history"] for _, asked in desk.asked]
    assert len(histories) == 89
    assert all(history[0]["type"] == "opened" and len({e["record"] for e in history}) == 1 for history in histories)
    assert desk.asked[0][1]["process"] == "Incidents"


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", '"unclosed'])
def test_what_is_no_incident_log_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "log.csv"
    file.write_text(text, "utf-8")
    ran = milepost("import", "incidents", file, "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (2, "", "malformed_document")
    assert ran.error["message"].startswith(f"{file}:1: ")


@pytest.mark.parametrize("options", [("--open",), ("--process", "P"), ("-o", "/nowhere/at/all")])
def test_options_that_cannot_be_followed_are_refused(options: tuple[str, ...]) -> None:
    ran = milepost("import", "incidents", INCIDENTS, *options)
    assert (ran.code, ran.out) == (2, "")


def test_json_lines_are_utf_8_and_one_object_each(tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    milepost("import", "incidents", INCIDENTS, "-o", events)
    assert all(json.loads(line)["record"] for line in events.read_bytes().decode().split("\n")[:-1])
