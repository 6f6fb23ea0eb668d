"""`milepost simulate --recorded` over a store's file: what is on record, beside what it would be under another process."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET  # what is parsed here is our own
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import starter.recorded
from activities.situation import laws_of
from runtime.processes import Crew
from runtime.settings import Settings
from sla.engine import evaluate_under
from sla.events import Event, read_event
from sla.finding import Finding
from sla.instants import to_text
from sla.process.model import Process
from starter.cli.services import Services
from starter.desk import open_desk
from starter.recorded import Task
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from tests.starter.bench import a_milestone, a_process
from tests.starter.command_line import ROOT, Ran, milepost
from tests.starter.setup.conftest import nowhere

NOW = datetime.now(UTC).replace(microsecond=0)
ANSWERED = (
    ("A-1", 100, 20, {"tier": "premium", "queue": "gold"}),
    ("A-2", 50, 50, {"tier": "premium", "queue": "gold"}),
    ("A-3", 40, 100, {"tier": "premium", "queue": "silver"}),
    ("A-4", 30, 20, {"tier": "basic", "queue": "silver"}),
)
"""Records, how many days ago they were opened, and after how many minutes they were answered; an hour is promised."""


def a_log(record: str, days: int, minutes: int, fields: dict[str, str]) -> list[Event]:
    """A case that was opened, and answered."""
    opened_at = NOW - timedelta(days=days)
    told = (
        ("opened", opened_at, {"fields": {"type": "case", **fields}}),
        ("completed", opened_at + timedelta(minutes=minutes), {"milestone": "First Response"}),
    )
    return [
        read_event({"record": record, "id": f"{record}-{type_}", "type": type_, "at": to_text(at), **more}, where="test")
        for type_, at, more in told
    ]


async def fill(url: str, logs: Iterable[list[Event]]) -> None:
    """A store with a process, and with records as their cases would have recorded them."""
    database = Database(url)
    await database.upgrade()
    async with Catalogue(database).publishing(at=NOW - timedelta(days=200)) as publication:
        await publication.publish_process(Process.model_validate(a_process()))
    ref, definitions = await Catalogue(database).process_ref("Support"), StoredDefinitions(database)
    for log in logs:
        timeline = evaluate_under(await laws_of(definitions, ref, log), log, NOW)
        await StoredCases(database).settle(Finding(ref=ref, log=log, timeline=timeline))
    await database.dispose()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a file with all of them on record."""
    found = f"sqlite:///{tmp_path_factory.mktemp('store') / 'milepost.db'}"
    asyncio.run(fill(found, [a_log(*one) for one in ANSWERED]))
    return found


@pytest.fixture
def quicker(tmp_path: Path) -> Path:
    """A process that promises an answer within half of the hour."""
    path = tmp_path / "quicker.yaml"
    path.write_text(json.dumps(a_process(a_milestone(within="30m"))), "utf-8")
    return path


def simulate(url: str, process: Path, *options: str | Path) -> Ran:
    settings = Settings(database_url=url)
    services = Services(settings=lambda: settings, desk=lambda given: open_desk(given, nowhere, lambda: NOW))
    return milepost("simulate", "--process", process, "--recorded", *options, services=services)


def test_what_was_opened_since_and_is_meant_before_and_after(url: str, quicker: Path) -> None:
    ran = simulate(url, quicker, "--since", "90d", "--where", "tier=premium", "--by", "queue", "--list")
    assert (ran.code, ran.err) == (0, "")
    shown = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert shown[0].startswith("2 records under 'Support', as of ")
    assert "First Response 1 → 0 1 → 2 0 → 0 50.0 % → 0.0 %" in shown
    assert "Records violated: 1 → 2 (1 newly violated, 0 cured)" in shown
    assert "Reassignments: 1 → 2" in shown
    assert "Newly violated: A-2" in shown
    for queue in (
        ("gold 1 100.0 % → 0.0 %", "gold 10 min → -20 min", "gold 1 0 1 → 1 0 → 1"),
        ("silver 1 0.0 % → 0.0 %", "silver -40 min → -1 h 10 min", "silver 0 0 1 → 1 1 → 1"),
    ):
        assert [line for line in shown if line.split(" ")[0] == queue[0].split(" ")[0]] == list(queue)


@pytest.mark.parametrize(
    ("options", "records"),
    [
        ((), 4),
        (("--since", "45d"), 2),
        (("--since", to_text(NOW - timedelta(days=50))), 3),
        (("--where", "tier=premium", "--where", "queue=gold"), 2),
        (("--under", "Support"), 4),
        (("--under", "Gold"), 0),
    ],
)
def test_only_what_is_meant_is_looked_at(url: str, quicker: Path, options: tuple[str, ...], records: int) -> None:
    [found] = simulate(url, quicker, *options, "--json").objects
    assert (found["seen"], found["before"]["records"], found["complete"]) == (records, records, True)
    assert found["as_of"] == to_text(NOW)


def test_promises_side_by_side_over_some_processes_with_a_picture(
    url: str, quicker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    class Noted(Crew):
        """A crew that tells how many it is of."""

        def __init__(self, jobs: int, begin: object, given: Task) -> None:
            begun.append(jobs)
            super().__init__(jobs, starter.recorded._begin, given)

    monkeypatch.setattr(starter.recorded, "Crew", Noted)
    monkeypatch.setattr(starter.recorded, "_WORTH_IT", 1)
    monkeypatch.setattr(starter.recorded, "AT_ONCE", 4)
    picture = tmp_path / "promises.svg"
    sweep = ("--sweep", "First Response.within=30m,1h,2h", "--by", "queue", "--picture", picture, "--json")
    spread, alone = simulate(url, quicker, *sweep, "--jobs", "2"), simulate(url, quicker, *sweep, "--jobs", "1")
    assert (spread.code, spread.err, begun) == (0, "", [2])
    assert spread.out == alone.out
    [found] = spread.objects
    assert [one["after"]["milestones"][0]["met"] for one in found["promises"]] == [2, 3, 4]
    assert [one["newly_violated_records"] for one in found["promises"]] == [["A-2"], [], []]
    assert [one["cured_records"] for one in found["promises"]] == [[], [], ["A-3"]]
    assert {one["value"]: one["records"] for one in found["groups"]} == {"gold": 2, "silver": 2}
    words = {element.text for element in ET.fromstring(picture.read_text("utf-8")).iter()}
    assert {"30m", "1h", "2h", "50.0 %", "75.0 %", "100.0 %", "as it is: 75.0 %"} <= words


def test_a_calendar_from_a_file_may_count_where_the_process_names_none(url: str, quicker: Path, tmp_path: Path) -> None:
    week = {day: ["00:00-00:01"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    hours = tmp_path / "hours.yaml"
    hours.write_text(json.dumps({"calendar": "a-minute", "timezone": "UTC", "hours": week}), "utf-8")
    [found] = simulate(url, quicker, "--calendars", hours, "--default-hours", "a-minute", "--json").objects
    assert (found["before"]["milestones"][0]["met"], found["promises"][0]["after"]["milestones"][0]["met"]) == (3, 4)
    assert "unknown_calendar" in simulate(url, quicker, "--default-hours", "a-minute", "--json").err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--since", "ever"), "--since: 'ever' is no time ago"),
        (("--sweep", "Lunch.within=1h"), "names no milestone of 'Support'"),
        (("--until", "2026-03-02T09:00:00Z"), "--until goes with --events"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(url: str, quicker: Path, options: tuple[str, ...], said: str) -> None:
    ran = simulate(url, quicker, *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def seen(watching: int) -> str:
    """All that a terminal is told until nobody has it any more; one that nobody reads holds up whoever writes to it."""
    told = bytearray()
    with os.fdopen(watching, "rb", buffering=0) as terminal, contextlib.suppress(OSError):  # how Linux says that it ended
        while part := terminal.read(4096):
            told += part
    return told.decode()


def test_the_real_command_shows_how_far_it_has_come_to_who_watches(url: str, quicker: Path) -> None:
    pty = pytest.importorskip("pty")
    watching, terminal = pty.openpty()
    command = [sys.executable, "-m", "workers", "simulate", "--process", str(quicker), "--recorded", "--json"]
    environment = {"MILEPOST_DATABASE_URL": url, "TERM": "xterm"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, env=environment, cwd=ROOT, text=True) as ran:
        os.close(terminal)
        told = seen(watching)
        out, _ = ran.communicate(timeout=60)
    assert (ran.returncode, json.loads(out)["seen"]) == (0, 4)
    assert "Weighing records" in told
    assert "100%" in told
