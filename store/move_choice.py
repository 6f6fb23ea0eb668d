"""Which records are meant to move, and whether they may move there: questions within a transaction."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, Select, or_, select

from sla.messages import ProcessRef
from sla.move_query import MoveQuery, MoveTarget
from sla.setup_errors import NothingToMove, OtherKindOfRecord, VersionNotActive
from store.connection import AnyConnection
from store.tables import catalogue, records
from store.versions import StoredVersion, one_version, unknown, versions_of

PAGE: Final = 500
"""How many records are looked at in one statement."""


async def target_of(connection: AnyConnection, query: MoveQuery, to: MoveTarget) -> ProcessRef:
    """The version to move to. Raises UnknownProcess, UnknownVersion, VersionNotActive or OtherKindOfRecord."""
    name = to.process or query.process
    target = await one_version(connection, "process", name, to.version)
    if target.status != "active":
        active = [one.version for one in await versions_of(connection, "process", name) if one.status == "active"]
        known = ", ".join(map(str, active)) or "none"
        raise VersionNotActive(name=name, version=to.version, status=_WORDS[target.status], known=known)
    if name != query.process:
        followed = await versions_of(connection, "process", query.process)
        if not followed:
            raise await unknown(connection, "process", query.process)
        here = next((one for one in followed if one.version == query.version), followed[-1])
        if _type(here) != _type(target):
            raise OtherKindOfRecord(process=query.process, type=_type(here), to_process=name, to_type=_type(target))
    revision = await connection.scalar(select(catalogue.c.revision))
    return ProcessRef(process=name, version=to.version, revision=revision or 0)


_WORDS: Final = {"draft": "a draft", "retired": "retired"}


def _type(version: StoredVersion) -> str:
    return version.process().applies_to


def page_of(query: MoveQuery, to: ProcessRef, after: str) -> Select[*tuple[Any, ...]]:
    """Some of the open records that the columns tell apart: whether the fields are as asked is seen in `meant_of`."""
    elsewhere = or_(records.c.process != to.process, records.c.version != to.version)
    page = select(records.c.id, records.c.fields).where(*_wanted(query), elsewhere, records.c.id > after)
    return page.order_by(records.c.id).limit(PAGE)


def _wanted(query: MoveQuery) -> list[ColumnElement[bool]]:
    named = {name: getattr(query, name) for name in ("process", "version", "status", "account", "owner", "queue")}
    given = [records.c[name] == value for name, value in named.items() if value is not None]
    return [*given, records.c.out.is_(False)]


def meant_of(rows: Sequence[RowMapping], query: MoveQuery) -> list[str]:
    """Of a page those whose fields are as asked."""
    return [row["id"] for row in rows if query.matches(row["fields"])]


async def names_of(connection: AnyConnection, query: MoveQuery, to: ProcessRef) -> list[str]:
    """All that are meant, by id. Raises NothingToMove."""
    found: list[str] = []
    after = ""
    while True:
        rows = (await connection.execute(page_of(query, to, after))).mappings().all()
        found += meant_of(rows, query)
        if len(rows) < PAGE:
            break
        after = rows[-1]["id"]
    if not found:
        raise await nothing_of(connection, query, to)
    return found


async def nothing_of(connection: AnyConnection, query: MoveQuery, to: ProcessRef) -> NothingToMove:
    """Why no record is to be moved."""
    there = (records.c.process == to.process, records.c.version == to.version)
    alike = select(records.c.id, records.c.fields).where(*_wanted(query.model_copy(update={"version": None})), *there)
    number = len(meant_of((await connection.execute(alike)).mappings().all(), query))
    why = f"{number} follow it already" if number else "none matches"
    filters = f" ({words})" if (words := query.words()) else ""
    target = f"version {to.version}" if to.process == query.process else f"'{to.process}' version {to.version}"
    return NothingToMove(process=query.process, filters=filters, target=target, why=why)
