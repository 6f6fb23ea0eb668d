"""`milepost migrate` and `milepost migration`: shown first, asked, then watched to the end."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from runtime.settings import Settings
from sla.move_query import MoveQuery, MoveTarget
from sla.moving import Progress, RecordState
from sla.setup_errors import NothingToMove, UnknownMigration
from starter.cli import migration
from starter.cli.render_migrations import LISTED, migration_page, migration_table, preview_page
from starter.cli.services import Services
from starter.desk import Desk
from starter.setup.views.migrations import Fate, ForeseenMove, MigrationPreview, MigrationView, MoveView
from tests.starter.command_line import Ran, milepost

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ID = "20260302-093000"
MOVE = ("migrate", "--process", "Support", "--to", "3")
CHANGES: dict[Fate, tuple[str, ...]] = {
    "newly_violated": ("First Response: running → overdue, violated at 2026-03-02 09:10 UTC, target 2026-03-02 10:00 UTC → "
                       "2026-03-02 09:10 UTC",),
    "newly_cured": ("Status Update #3: overdue → cancelled",),
    "target_moved": ("Resolution: target 2026-03-02 13:00 UTC → 2026-03-02 11:00 UTC", "Diagnosis: running"),
    "changed": ("Diagnosis: running, target 2026-03-02 13:00 UTC",),
    "unchanged": (),
    "refused": ("the record is a 'case'",),
}  # fmt: skip


def a_move(record: str, fate: Fate) -> ForeseenMove:
    status, after = ("at_risk", "violated_open") if fate == "newly_violated" else ("compliant", "compliant")
    return ForeseenMove(record=record, fate=fate, status=status, new_status=after, actions=1, changes=CHANGES[fate])


def a_preview(number: int = 1) -> MigrationPreview:
    """So many records of each fate."""
    fates: tuple[Fate, ...] = get_args(Fate)
    return MigrationPreview(
        process="Support",
        to_process="Support",
        to_version=3,
        as_of=AT,
        counts=dict.fromkeys(fates, number),
        actions=2,
        records=[a_move(f"C-{10 * n + place}", fate) for place, fate in enumerate(fates) for n in range(number)],
    )


def a_migration(**differs: Any) -> MigrationView:
    """One that has ended, with all its records moved."""
    given: dict[str, Any] = {
        "id": ID, "state": "ended", "process": "Support", "to_process": "Support", "to_version": 3,
        "query": MoveQuery(process="Support", account="helios", fields={"tier": "premium"}), "per_second": 20,
        "started_at": AT, "started_by": "anna", "ended_at": AT, "records": 3, "progress": Progress(moved=3),
    }  # fmt: skip
    return MigrationView(**(given | differs))


class FakeMigrations:
    """Migrations that were asked for; each look at one that has begun is the next of `looks`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.looks: list[MigrationView] = [a_migration()]
        self.refusal: Exception | None = None

    async def preview(self, query: MoveQuery, to: MoveTarget) -> MigrationPreview:
        self.asked.append(("preview", (query, to)))
        if self.refusal is not None:
            raise self.refusal
        return a_preview()

    async def start(self, query: MoveQuery, to: MoveTarget, *, per_second: int) -> MigrationView:
        self.asked.append(("start", (query, to, per_second)))
        return a_migration(state="running", progress=Progress(waiting=3))

    async def status(self, name: str) -> MigrationView:
        if name != ID:
            raise UnknownMigration(migration=name)
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    async def moves(self, name: str, *, state: RecordState | None, limit: int) -> list[MoveView]:
        self.asked.append(("moves", (name, state, limit)))
        return [MoveView(position=2, record="C-2", state="failed", problem="its case could not be told: not found", at=AT)]

    async def stop(self, name: str, *, for_good: bool) -> MigrationView:
        self.asked.append(("stop", (name, for_good)))
        return a_migration(state="ended" if for_good else "stopping", progress=Progress(moved=1, waiting=2))

    async def resume(self, name: str) -> MigrationView:
        self.asked.append(("resume", name))
        return a_migration(state="running")

    async def list(self, *, limit: int) -> list[MigrationView]:
        return self.looks[:limit]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> FakeMigrations:
    monkeypatch.setattr(migration, "LOOK_S", 0)
    return FakeMigrations()


def run(desk: FakeMigrations, *arguments: str, stdin: str = "") -> Ran:
    """A command line in front of that Desk."""

    @asynccontextmanager
    async def opened(_settings: Settings) -> AsyncIterator[Desk]:
        yield cast("Desk", SimpleNamespace(migrations=desk))

    return milepost(*arguments, services=Services(settings=Settings, desk=opened), stdin=stdin)


def verbs(desk: FakeMigrations) -> list[str]:
    return [verb for verb, _ in desk.asked]


# ---------------------------------------------------------------------- moving


def test_a_dry_run_shows_what_would_change_and_moves_nothing(desk: FakeMigrations) -> None:
    ran = run(desk, *MOVE, "--dry-run")
    assert (ran.code, verbs(desk)) == (0, ["preview"])
    for words in (
        "6 open records",
        "version 3 of 'Support'",
        "1  newly violated",
        "2 actions",
        "violated at 2026-03-02 09:10",
    ):
        assert words in ran.out


def test_what_is_shown_is_what_was_asked_for(desk: FakeMigrations) -> None:
    filters = ("--status", "at_risk", "--account", "helios", "--owner", "ada", "--queue", "desk", "--from-version", "2")
    run(desk, *MOVE, *filters, "--to-process", "Gold", "--field", "seats=3", "--field", "tier=premium", "--dry-run")
    [(_, (query, to))] = desk.asked
    assert query == MoveQuery(
        process="Support", version=2, status="at_risk", account="helios", owner="ada", queue="desk",
        fields={"seats": 3, "tier": "premium"},
    )  # fmt: skip
    assert to == MoveTarget(version=3, process="Gold")


@pytest.mark.parametrize(
    ("query", "more"),
    [
        ("status=at_risk account=helios owner=007 queue='tier 1' version=2 seats=3 'subject=The VPN is down'", ()),
        ("status=at_risk seats=3", ("--account", "helios", "--owner", "007", "--queue", "tier 1", "--from-version", "2",
                                    "--field", "subject=The VPN is down")),
    ],
)  # fmt: skip
def test_a_query_is_another_spelling_of_the_filters(desk: FakeMigrations, query: str, more: tuple[str, ...]) -> None:
    assert run(desk, *MOVE, "--query", query, *more, "--dry-run").code == 0
    [(_, (asked, _))] = desk.asked
    assert asked == MoveQuery(
        process="Support", version=2, status="at_risk", account="helios", owner="007", queue="tier 1",
        fields={"seats": 3, "subject": "The VPN is down"},
    )  # fmt: skip


def test_a_records_own_status_is_a_field_beside_how_it_stands(desk: FakeMigrations) -> None:
    run(desk, *MOVE, "--query", "status=at_risk", "--field", "status=Open", "--dry-run")
    [(_, (asked, _))] = desk.asked
    assert (asked.status, asked.fields) == ("at_risk", {"status": "Open"})


@pytest.mark.parametrize(("answer", "asked"), [("y\n", ["preview", "start"]), ("\n", ["preview"]), ("no\n", ["preview"])])
def test_nothing_moves_before_somebody_has_said_yes(desk: FakeMigrations, answer: str, asked: list[str]) -> None:
    ran = run(desk, *MOVE, stdin=answer)
    assert (ran.code, verbs(desk)) == (0, asked)
    assert "Move 6 records to version 3 of 'Support'? [y/N]" in ran.err
    assert ("Nothing was moved." in ran.err) == (asked == ["preview"])


def test_it_is_watched_to_its_end(desk: FakeMigrations) -> None:
    running = (a_migration(state="running", progress=Progress(waiting=3 - moved, moved=moved)) for moved in (1, 2))
    desk.looks = [*running, a_migration()]
    ran = run(desk, *MOVE, "--yes", "--rate", "50")
    assert ran.code == 0
    assert desk.asked[1][1][2] == 50
    assert ran.err.splitlines() == ["1 of 3", "2 of 3", f"Migration {ID} is ended: 3 of 3 moved."]


def test_it_can_be_left_to_itself(desk: FakeMigrations) -> None:
    ran = run(desk, *MOVE, "--yes", "--no-wait")
    assert (ran.code, f"milepost migration show {ID}" in ran.err) == (0, True)


def test_a_record_that_failed_is_told_of_and_shows_in_the_exit_code(desk: FakeMigrations) -> None:
    desk.looks = [a_migration(progress=Progress(moved=1, skipped=1, failed=1))]
    ran = run(desk, *MOVE, "--yes")
    assert ran.code == 4
    assert "1 of 3 moved, 1 skipped, 1 failed" in ran.err
    assert f"milepost migration show {ID} --state failed" in ran.err


def test_for_programs_there_is_one_object(desk: FakeMigrations) -> None:
    [preview] = run(desk, *MOVE, "--dry-run", "--json").objects
    assert preview["counts"]["newly_violated"] == 1
    assert preview["records"][0]["changes"] == list(CHANGES["newly_violated"])
    ran = run(desk, *MOVE, "--yes", "--json")
    [moved] = ran.objects
    assert (moved["id"], ran.err) == (ID, "")
    assert moved["progress"] == {"waiting": 0, "moved": 3, "failed": 0, "skipped": 0}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("migrate", "--to", "3"), "--process"),
        (("migrate", "--process", "Support"), "--to"),
        (("migrate", "--process", "Support", "--to", "0"), "--to"),
        (("migrate", "--process", "Support", "--to", "three"), "--to"),
        (("migrate", "--process", "", "--to", "3"), "--process: "),
        ((*MOVE, "--to-process", ""), "--process: "),
        ((*MOVE, "--status", "fine"), "there is no status 'fine'"),
        ((*MOVE, "--field", "tier"), "--field: 'tier' is not of the form name=value"),
        ((*MOVE, "--field", "a=1", "--field", "a=2"), "'a' is given twice"),
        ((*MOVE, "--query", "status=fine"), "there is no status 'fine'"),
        ((*MOVE, "--query", "at_risk"), "--query: 'at_risk' is not of the form name=value"),
        ((*MOVE, "--query", "a=1 a=2"), "--query: 'a' is given twice"),
        ((*MOVE, "--query", "a=1", "--field", "a=1"), "--query: 'a' is given twice, here and as an option of its own"),
        ((*MOVE, "--query", "owner=ada", "--owner", "ada"), "--query: 'owner' is given twice, here and as an option"),
        ((*MOVE, "--query", "subject='VPN"), "--query: no closing quotation; a value with spaces stands between quotes"),
        ((*MOVE, "--query", "process=Gold"), "--query: the process that the records follow is named by --process"),
        ((*MOVE, "--query", "version=old"), "--query: version: "),
        ((*MOVE, "--query", "version=0"), "--query: version: "),
        ((*MOVE, "--rate", "0"), "--rate"),
        ((*MOVE, "--from-version", "0"), "--from-version"),
        ((*MOVE, "--json"), "add --yes to move them, or --dry-run"),
        (MOVE, "nobody is there to be asked"),
        (("migration", "show", ID, "--state", "gone"), "there is no state 'gone'"),
        (("migration", "show", ID, "--timezone", "Mars"), "there is no zone 'Mars'"),
        (("migration", "show"), "ID"),
        (("migration", "list", "--limit", "0"), "--limit"),
    ],
)
def test_bad_input_is_one_sentence_and_moves_nothing(desk: FakeMigrations, arguments: tuple[str, ...], says: str) -> None:
    ran = run(desk, *arguments)
    assert ran.code == 2
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert "start" not in verbs(desk)


def test_what_the_desk_refuses_is_told(desk: FakeMigrations) -> None:
    desk.refusal = NothingToMove(process="Support", filters="", target="version 3", why="none matches")
    ran = run(desk, *MOVE, "--yes", "--json")
    assert (ran.code, ran.error["code"]) == (4, "nothing_to_move")
    ran = run(desk, "migration", "show", "nowhere", "--json")
    assert (ran.code, ran.error["code"]) == (3, "unknown_migration")


# ---------------------------------------------------------------------- looking after


def test_migrations_are_listed(desk: FakeMigrations) -> None:
    assert ID in run(desk, "migration", "list").out
    assert [one["id"] for one in run(desk, "migration", "list", "--json").objects] == [ID]
    desk.looks = []
    assert "No records were ever moved." in run(desk, "migration", "list").out


def test_one_is_shown_with_what_became_of_its_records(desk: FakeMigrations) -> None:
    ran = run(desk, "migration", "show", ID, "--state", "failed", "--limit", "7")
    assert desk.asked == [("moves", (ID, "failed", 7))]
    for words in ("3 of 3", "account helios, tier premium", "by anna", "its case could not be told: not found"):
        assert words in ran.out
    [shown] = run(desk, "migration", "show", ID, "--json").objects
    assert [one["record"] for one in shown["moves"]] == ["C-2"]


def test_one_is_stopped_and_resumed(desk: FakeMigrations) -> None:
    assert f"milepost migration resume {ID}" in run(desk, "migration", "stop", ID).err
    assert f"{ID} is ended: 1 of 3 moved, 2 waiting." in run(desk, "migration", "stop", ID, "--for-good").err
    assert "3 of 3 moved" in run(desk, "migration", "resume", ID).err
    assert run(desk, "migration", "resume", ID, "--no-wait", "--json").objects[0]["state"] == "running"
    assert desk.asked[:3] == [("stop", (ID, False)), ("stop", (ID, True)), ("resume", ID)]


def test_all_states_of_a_record_can_be_asked_for() -> None:
    assert get_args(RecordState) == migration.STATES


# ---------------------------------------------------------------------- on a terminal


def page(shown: Any, width: int) -> list[str]:
    screen = Console(width=width, file=io.StringIO(), highlight=False)
    screen.print(shown)
    assert isinstance(screen.file, io.StringIO)
    return [line.rstrip() for line in screen.file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [80, 100, 160])
def test_everything_fits_the_terminal_and_no_word_is_cut_off(width: int) -> None:
    moves = [MoveView(position=2, record="C-2", state="failed", problem="its case could not be told: not found", at=AT)]
    utc = ZoneInfo("UTC")
    for shown in (
        preview_page(a_preview()),
        migration_page(a_migration(), moves, utc),
        migration_table([a_migration()], utc),
    ):
        lines = page(shown, width)
        assert max(map(len, lines)) <= width
        assert "…" not in "".join(lines)
    text = " ".join(" ".join(page(preview_page(a_preview()), width)).split())
    for words in ("newly violated", "target moved", "Status Update #3:", "at risk →", "2026-03-02"):
        assert words in text


def test_of_very_many_records_the_gravest_are_listed_and_the_others_counted() -> None:
    lines = page(preview_page(a_preview(30)), 160)
    assert f"… and {150 - LISTED} more; --json lists them all" in lines
    assert sum("newly violated" in line for line in lines) == 31


def test_a_preview_is_json_as_it_stands() -> None:
    assert json.loads(a_preview().model_dump_json())["as_of"] == "2026-03-02T09:30:00Z"
