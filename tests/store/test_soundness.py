"""What the doctor can learn of a database, on SQLite and on PostgreSQL, and what it makes of that."""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from runtime.settings import Settings
from sla.ledger_line import LedgerLine
from starter.checkups import cases, definitions, storage
from starter.checkups.findings import Told
from starter.checkups.patient import Patient
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.engine import Database
from store.ledger import StoredLedger
from store.soundness import Soundness
from tests.store.builders import REF, a_process, an_event, append, at, keep, opened, the_timeline

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])
on_postgresql = pytest.mark.parametrize("backend", ["postgresql"])


class Usage(NamedTuple):
    """As `shutil.disk_usage` tells it."""

    total: int
    used: int
    free: int


def a_patient(database: Database, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), **chosen: Any) -> Patient:
    async def unreached() -> Any:
        raise AssertionError("nobody was to connect")

    return Patient(settings=Settings(**chosen), store=Soundness(database), connect=unreached, now=now)


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    database = Database(empty_url, patience_s=1)
    yield database
    await database.dispose()


async def a_case(database: Database, record: str = "C-1") -> None:
    """One that is overdue: a mail of its is due."""
    cases_ = StoredCases(database)
    events = [opened(record=record)]
    await append(cases_, record, REF, events)
    await keep(cases_, the_timeline(events, "11:00"))


async def told(check: Callable[[Patient], Any], database: Database, **more: Any) -> Told:
    found: Told = await check(a_patient(database, **more))
    return found


# ---------------------------------------------------------------------- the database itself


async def test_a_database_that_answers_is_named_with_its_version(database: Database, backend: str) -> None:
    verdict, found, _ = await told(storage.database, database)
    assert verdict == "ok"
    assert found.startswith("SQLite 3." if backend == "sqlite" else "PostgreSQL 1")
    assert found.endswith(f"at {database.address}")


async def test_a_file_that_is_not_there_is_not_made_by_asking(tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    database = Database(f"sqlite:///{file}")
    assert await told(storage.database, database) == (
        "failed", f"there is no file {file}", "Make it, or set MILEPOST_DATABASE_URL:\nmilepost store upgrade",
    )  # fmt: skip
    assert not file.exists()


async def test_a_release_that_nobody_mends_is_warned_of(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "OLDEST_POSTGRESQL", 99)
    expected = "ok" if database.is_sqlite else "warning"
    assert (await told(storage.database, database)).verdict == expected


async def test_tables_of_this_release_are_well_and_missing_ones_are_not(database: Database, empty: Database) -> None:
    assert (await told(storage.schema, database)).verdict == "ok"
    other = Database(str(empty.url.render_as_string(hide_password=False)).replace("milepost.db", "empty.db"))
    if other.is_sqlite:
        sqlite3.connect(str(other.url.database)).close()
        lacking = other
    else:
        lacking = empty
    verdict, found, remedy = await told(storage.schema, lacking)
    await other.dispose()
    assert (verdict, remedy) == ("failed", "Bring it up to date:\nmilepost store upgrade")
    assert found.startswith("it is at 'none', this Milepost needs '0")


async def test_a_schema_of_a_later_release_is_fine(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    verdict, found, _ = await told(storage.schema, database)
    assert (verdict, found.startswith("at '9999', a later release's")) == ("ok", True)


async def test_a_database_that_can_be_written_is_well(database: Database) -> None:
    assert (await told(storage.writing, database)).verdict == "ok"


@on_postgresql
async def test_a_database_that_can_only_be_read_is_a_failure(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(text(f"ALTER DATABASE {database.url.database} SET default_transaction_read_only = on"))
    await database.dispose()
    verdict, found, _ = await told(storage.writing, database)
    assert (verdict, found) == ("failed", "its transactions are read-only by default")


@on_postgresql
async def test_a_user_who_may_not_write_is_a_failure(database: Database) -> None:
    role = f"reader_{database.url.database}"
    async with database.transaction() as connection:
        await connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        await connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"))
    reader = Database(database.url.set(username=role).render_as_string(hide_password=False))
    verdict, found, _ = await told(storage.writing, reader)
    await reader.dispose()
    assert (verdict, found) == ("failed", "our user may not write into its tables")


async def test_a_disk_that_is_nearly_full_is_warned_of(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 42_000_000))
    verdict, found, _ = await told(storage.writing, database)
    if database.is_sqlite:
        assert (verdict, found) == ("warning", "only 42 MB are free on its disk")
    else:
        assert verdict == "ok", "its disk is elsewhere"


@on_sqlite
async def test_a_file_that_somebody_else_is_writing_to_all_the_time_is_told_of(database: Database) -> None:
    hasty = Database(str(database.url), patience_s=1)
    holder = sqlite3.connect(str(database.url.database), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Exception, match="database is locked"):
        await Soundness(hasty).obstacle()
    holder.close()
    await hasty.dispose()


# ---------------------------------------------------------------------- clocks


@pytest.mark.parametrize(
    ("ahead_s", "verdict", "words"),
    [
        (0, "ok", "agree to within a second"),
        (20, "warning", "the database's is behind ours by 20 s"),
        (-20, "warning", "the database's is ahead of ours by 20 s"),
        (400, "failed", "the database's is behind ours by 400 s; an event more than 5 minutes ahead is refused"),
    ],
)
async def test_its_clock_is_compared_with_ours(database: Database, ahead_s: int, verdict: str, words: str) -> None:
    def wrong() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=ahead_s)

    found = await told(storage.clock, database, now=wrong)
    if database.is_sqlite:
        assert found == ("not_checked", "SQLite has no clock of its own", None)
    else:
        assert (found.verdict, words in found.found) == (verdict, True), found.found


# ---------------------------------------------------------------------- what is in it


async def test_open_records_are_counted_and_named(database: Database) -> None:
    for number in range(3):
        await a_case(database, f"C-{number}")
    sound = Soundness(database)
    await append(StoredCases(database), "C-2", REF, [closed := an_event("closed", "12:00", record="C-2")])
    await keep(StoredCases(database), the_timeline([opened(record="C-2"), closed], "12:30"))
    assert await sound.count_open() == 2
    assert await sound.open_records(limit=9) == ["C-0", "C-1"]
    assert await sound.open_records(limit=1) == ["C-0"]
    assert await sound.open_records(among=["C-1", "C-2", "C-9"], limit=9) == ["C-1"]
    assert await sound.known(["C-2", "C-9"]) == {"C-2"}


async def test_actions_that_were_given_up_wait_for_a_person_with_the_command_to_retry(database: Database) -> None:
    await a_case(database)
    assert (await told(cases.given_up, database)).verdict == "ok"
    (first, *_) = the_timeline([opened()], "11:00").effects
    ledger = StoredLedger(database)
    await ledger.write("C-1", "email", LedgerLine(key=first.key, outcome="gave_up", at=at("11:00"), reason="550 no"))
    await ledger.write("C-1", "email", LedgerLine(key=f"{first.key}/ada", outcome="gave_up", at=at("11:00"), reason="550"))
    verdict, found, remedy = await told(cases.given_up, database)
    assert (verdict, found) == ("warning", "1 action given up, of C-1")
    assert remedy is not None
    assert remedy.splitlines()[1:] == [f"milepost case retry C-1 '{first.key}'"]


async def test_without_an_active_process_no_case_can_be_opened(database: Database) -> None:
    verdict, found, _ = await told(definitions.named, database)
    assert (verdict, found) == ("warning", "no process is active: no case can be opened")


async def publish(database: Database, *actions: dict[str, Any]) -> None:
    line = {"milestone": "Answer", "within": "1h", "violations": [{"actions": list(actions)}]}
    async with Catalogue(database).publishing(at=at("09:00")) as publication:
        await publication.publish_process(a_process(milestones=[line]))


async def test_secrets_that_processes_name_have_to_be_set_where_the_worker_runs(database: Database) -> None:
    hook = {"webhook": {"url": "https://hooks.example/sla", "secret": "helpdesk"}}
    await publish(database, hook, {"notify": {"url": "secret:slack", "text": "late"}})
    verdict, found, _ = await told(definitions.named, database, secrets={"slack": "https://chat.example/T0"})
    assert (verdict, found) == ("warning", "not set here: MILEPOST_SECRET_HELPDESK")
    both = {"slack": "https://chat.example/T0", "helpdesk": "whsec_x"}
    assert (await told(definitions.named, database, secrets=both)).verdict == "ok"


async def test_a_template_that_has_gone_is_a_failure(database: Database, tmp_path: Path) -> None:
    await publish(database, {"email": {"to": "owner", "template": "ours"}})
    verdict, found, _ = await told(definitions.named, database)
    assert (verdict, found) == ("failed", "no such mail template: ours")
    for name in ("ours.subject.txt.j2", "ours.txt.j2"):
        (tmp_path / name).write_text("late")
    assert (await told(definitions.named, database, templates_dir=tmp_path)).verdict == "ok"
