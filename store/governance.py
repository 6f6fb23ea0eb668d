"""The whole catalogue in a few queries, as the values that an audit looks at."""

import asyncio
import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import RowMapping, func, or_, select

from sla.directory import Person, Queue
from sla.entitlements.standing import Candidate, status_of
from sla.governance.snapshot import Directory, Promise, Snapshot, Use, Version
from sla.process.model import Process
from store.connection import AnyConnection
from store.engine import Database
from store.entitlements import StoredEntitlements
from store.tables import accounts, people, person_queues, person_roles, process_versions, queues, records
from store.versions import calendars_in_force


async def snapshot(database: Database, now: datetime) -> Snapshot:
    """The catalogue as of now: versions in force and drafts, entitlements that are active now, what was used and when."""
    entitlements = await StoredEntitlements(database).all()
    wanted = or_(process_versions.c.status == "draft", process_versions.c.is_default)
    async with database.reading() as connection:
        latest = await _latest_cases(connection)
        rows = (await connection.execute(select(process_versions).where(wanted))).mappings().all()
        calendars = await calendars_in_force(connection)
        directory = await _directory(connection)
    return Snapshot(
        versions=await asyncio.to_thread(_versions, rows),
        calendars=calendars,
        directory=directory,
        promises=tuple(_promise(one) for one in entitlements if one.entitlement.process and _is(one, now, "active")),
        uses=_uses([one for one in entitlements if not _is(one, now, "expired")], latest),
    )


def _versions(rows: Sequence[RowMapping]) -> tuple[Version, ...]:
    with uncollected():
        return tuple(
            Version(
                process=Process.model_validate(row["body"]),
                version=row["version"],
                status=row["status"],
                is_default=row["is_default"],
                since=row["activated_at"] or row["created_at"],
            )
            for row in rows
        )


@contextmanager
def uncollected() -> Iterator[None]:
    """Spare the garbage collector its looks while very much is made that stays: they would take most of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


async def _directory(connection: AnyConnection) -> Directory:
    found = {row["id"]: Person(**row) for row in (await connection.execute(select(people))).mappings()}
    roles: dict[str, list[str]] = {}
    for row in await connection.execute(select(person_roles)):
        roles.setdefault(row.role, []).append(row.person)
    members: dict[str, list[str]] = {}
    for row in await connection.execute(select(person_queues)):
        members.setdefault(row.queue, []).append(row.person)
    return Directory(
        people=found,
        roles={role: tuple(sorted(names)) for role, names in roles.items()},
        queues={
            row.id: Queue(id=row.id, email=row.email, members=tuple(sorted(members.get(row.id, ()))))
            for row in await connection.execute(select(queues))
        },
        managers={row.id: row.account_manager for row in await connection.execute(select(accounts))},
    )


async def _latest_cases(connection: AnyConnection) -> dict[str, datetime]:
    latest = select(records.c.process, func.max(records.c.opened_at).label("at")).group_by(records.c.process)
    return {row.process: row.at for row in await connection.execute(latest)}


def _uses(entitlements: list[Candidate], latest: Mapping[str, datetime]) -> dict[str, Use]:
    counts: dict[str, int] = {}
    for one in entitlements:
        if one.entitlement.process:
            counts[one.entitlement.process] = counts.get(one.entitlement.process, 0) + 1
    return {name: Use(entitlements=counts.get(name, 0), latest_case_at=latest.get(name)) for name in {*counts, *latest}}


def _is(one: Candidate, now: datetime, status: str) -> bool:
    return status_of(one.entitlement, one.zone, now) == status


def _promise(one: Candidate) -> Promise:
    held = one.entitlement
    limits = {
        "asset": held.asset,
        "product": held.product,
        "contract": held.contract,
        "contacts": ", ".join(sorted(held.contacts)),
        "type": held.type,
        "by": ", ".join(sorted(held.channels)),
    }
    scope = "; ".join(f"{what} {value}" for what, value in limits.items() if value)
    return Promise(entitlement=held.entitlement, account=held.account, process=held.process or "", scope=scope)
