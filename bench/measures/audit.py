"""The audit of a whole catalogue: 1,000 processes of ten milestones each, all different, or all nearly the same.

"From the database" is all that `milepost process audit` does: on SQLite, read in a few queries, put together, audited.
"""

import time
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.rows import Row, Scale, at_most
from bench.stats import Takes, takes
from sla.directory import Person
from sla.governance.auditing import audit
from sla.governance.snapshot import Directory, Snapshot, Version
from sla.process.model import Process
from store.engine import Database
from store.governance import snapshot, uncollected
from store.publication import digest_of
from store.tables import people, person_roles, process_versions

NAME = "audit"
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MOST_S = 5.0
ADA = Person(id="ada", name="Ada", email="ada@desk.example", timezone="UTC")
MAIL: dict[str, Any] = {"email": {"to": ["owner", "role:lead"], "template": "warning"}}


async def measure(scale: Scale) -> list[Row]:
    """The audit alone, of two catalogues; then with the reading."""
    count, repeats = scale.pick(short=20, full=1_000), scale.pick(short=1, full=3)
    various, alike = ([a_process(number, alike=same) for number in range(count)] for same in (False, True))
    alone = [
        _row(f"audit, {count:,} {words} processes", _takes(in_memory(processes), repeats))
        for words, processes in (("different", various), ("nearly equal", alike))
    ]
    with TemporaryDirectory() as place:
        read = await _from_database(Database(f"sqlite:///{Path(place) / 'bench.db'}"), various, repeats)
    return [*alone, _row(f"the same, {count:,} different ones, from the database", read)]


def in_memory(processes: list[Process]) -> Snapshot:
    """A catalogue of these, in which Ada is the lead."""
    directory = Directory(people={"ada": ADA}, roles={"lead": ("ada",)})
    return Snapshot(versions=tuple(Version(process=one, version=1) for one in processes), directory=directory)


def a_process(number: int, *, alike: bool) -> Process:
    """Ten milestones, each with conditions, a table of limits, three triggers and their actions."""
    spread = 0 if alike else number * 7
    lines = [
        {
            "milestone": f"Milestone {place}",
            "within": {"by": "priority", "values": {"P1": f"{60 + spread + place}m"}, "default": f"{600 + number % 40}m"},
            "when": {"all": [{"tier": ["gold", "silver"]}, {"any": [{"impact": {"gt": place}}, {"vip": True}]}]},
            "complete_when": {"event": f"done.{place}"},
            "warnings": [{"at": f"{share}%", "actions": [MAIL, MAIL]} for share in (50, 75)],
            "violations": [{"actions": [MAIL]}],
        }
        for place in range(10)
    ]
    return Process.model_validate({"process": f"Process {number}", "milestones": lines})


def _takes(catalogue: Snapshot, repeats: int) -> Takes:
    took = []
    for _ in range(repeats):
        began = time.process_time()
        audit(catalogue, TODAY)
        took.append(time.process_time() - began)
    return takes(took)


async def _from_database(database: Database, processes: list[Process], repeats: int) -> Takes:
    await database.upgrade()
    async with database.transaction() as connection:
        await connection.execute(people.insert(), [{"id": "ada", "name": "Ada", "email": ADA.email, "timezone": "UTC"}])
        await connection.execute(person_roles.insert(), [{"person": "ada", "role": "lead"}])
        await connection.execute(process_versions.insert(), [_version(at, one) for at, one in enumerate(processes, 1)])
    took = []
    for _ in range(repeats):
        began = time.perf_counter()
        catalogue = await snapshot(database, NOW)
        with uncollected():
            audit(catalogue, TODAY)
        took.append(time.perf_counter() - began)
    await database.dispose()
    return takes(took)


def _version(revision: int, process: Process) -> dict[str, Any]:
    """As published, without the checks, which are not what is measured."""
    return {
        "name": process.process,
        "version": 1,
        "status": "active",
        "is_default": True,
        "revision": revision,
        "body": process.model_dump(mode="json"),
        "digest": digest_of(process),
        "created_at": NOW,
    }


def _row(subject: str, took: Takes) -> Row:
    return at_most(Row(measure=NAME, subject=subject, figure=took.median, unit="s", note=took.spread), MOST_S)
