"""Which records are meant to move, and whether they may move there: questions within a transaction."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, Select, or_, select

from sla.errors import UnknownProcess
from sla.messages import ProcessRef
from sla.move_query import MoveQuery, MoveTarget
from sla.setup_errors import NothingToMove, OtherKindOfRecord, UnknownVersion, VersionNotActive
from store.connection import AnyConnection
from store.publication import known_text
from store.tables import catalogue, process_versions, records

PAGE: Final = 500
"""How many records are looked at in one statement."""


async def target_of(connection: AnyConnection, query: MoveQuery, to: MoveTarget) -> ProcessRef:
    """The version to move to. Raises UnknownProcess, UnknownVersion, VersionNotActive or OtherKindOfRecord."""
    name = to.process or query.process
    versions = await _versions(connection, name)
    if to.version not in versions:
        raise UnknownVersion(kind="Process", name=name, version=to.version, known=_numbers(versions))
    status, applies_to = versions[to.version]
    if status != "active":
        known = _numbers(number for number, (one, _) in versions.items() if one == "active")
        raise VersionNotActive(name=name, version=to.version, status=_WORDS.get(status, status), known=known)
    if name != query.process:
        followed = await _versions(connection, query.process)
        _, here = followed.get(query.version or max(followed), ("", applies_to))
        if here != applies_to:
            raise OtherKindOfRecord(process=query.process, type=here, to_process=name, to_type=applies_to)
    revision = await connection.scalar(select(catalogue.c.revision))
    return ProcessRef(process=name, version=to.version, revision=revision or 0)


_WORDS: Final = {"draft": "a draft", "retired": "retired"}


async def _versions(connection: AnyConnection, name: str) -> dict[int, tuple[str, str]]:
    """Of a process's versions the status, and for which type of record they are. Raises UnknownProcess."""
    columns = (process_versions.c.version, process_versions.c.status, process_versions.c.body)
    rows = (await connection.execute(select(*columns).where(process_versions.c.name == name))).all()
    if not rows:
        names = await connection.scalars(select(process_versions.c.name).distinct())
        raise UnknownProcess(process=name, known=known_text(names))
    return {row.version: (row.status, row.body.get("applies_to", "case")) for row in rows}


def _numbers(versions: Iterable[int]) -> str:
    return ", ".join(str(number) for number in sorted(versions)) or "none"


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
