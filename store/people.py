"""A people file, put into the directory's tables and made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, delete, select

from sla.errors import UnknownPerson
from sla.people import AccountEntry, ContactEntry, Entry, People, PersonEntry, QueueEntry
from store.connection import AnyConnection
from store.tables import accounts, contacts, people, person_queues, person_roles, queues
from store.upsert import put


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many entries of a people file were created, changed, and left as they were."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    changes: tuple[str, ...] = field(default=(), compare=False)
    """What is different, in words, where that is told."""

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            created=self.created + other.created,
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
            changes=(*self.changes, *other.changes),
        )


class StoredPeople:
    """Writes people within a transaction of somebody else's."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def put(self, file: People, where: str) -> Counts:
        """Make the directory hold what the file says. Raises UnknownPerson for a reference to nobody."""
        await self._check(file, where)
        memberships = await self._memberships()
        rows = {
            queues: [{"id": one.queue, "email": one.email} for one in file.queues],
            people: [_person_row(one) for one in file.people],
            accounts: [_without(one.model_dump(), "account") for one in file.accounts],
            contacts: [_without(one.model_dump(), "contact") for one in file.contacts],
        }
        moved = {one.person for one in file.people if memberships.get(one.person, _NOWHERE) != _belonging(one)}
        counts = Counts()
        for table, entries in rows.items():
            counts += await self._put(table, entries, moved if table is people else set())
        await self._belong([one for one in file.people if one.person in moved])
        return counts

    async def _check(self, file: People, where: str) -> None:
        known = {
            "person": {one.person for one in file.people} | await self._ids(people),
            "queue": {one.queue for one in file.queues} | await self._ids(queues),
            "account": {one.account for one in file.accounts} | await self._ids(accounts),
        }
        for path, kind, name in file.references():
            if name not in known[kind]:
                raise UnknownPerson(where=f"{where}: {path}", what=f"the {kind}", name=name)

    async def _ids(self, table: Table) -> set[str]:
        return set(await self._connection.scalars(select(table.c.id)))

    async def _put(self, table: Table, entries: Sequence[Mapping[str, Any]], also_changed: set[str]) -> Counts:
        rows = (await self._connection.execute(select(table))).mappings()
        there = {row["id"]: dict(row) for row in rows}
        created = [row for row in entries if row["id"] not in there]
        changed = [row for row in entries if row["id"] in there and there[row["id"]] != row]
        await put(self._connection, table, [*created, *changed])
        count = sum(1 for row in entries if row["id"] in there and (there[row["id"]] != row or row["id"] in also_changed))
        return Counts(created=len(created), changed=count, unchanged=len(entries) - len(created) - count)

    async def _memberships(self) -> dict[str, "_Belonging"]:
        found: dict[str, _Belonging] = {}
        for place, table, name in ((0, person_roles, "role"), (1, person_queues, "queue")):
            for row in (await self._connection.execute(select(table))).mappings():
                belonging = found.setdefault(row["person"], (set(), set()))
                belonging[place].add(row[name])
        return found

    async def _belong(self, moved: Sequence[PersonEntry]) -> None:
        """Give these people exactly the roles and queues that their entries name."""
        ids = [one.person for one in moved]
        for table in (person_roles, person_queues):
            await self._connection.execute(delete(table).where(table.c.person.in_(ids)))
        roles = [{"person": one.person, "role": role} for one in moved for role in one.roles]
        served = [{"person": one.person, "queue": queue} for one in moved for queue in one.queues]
        await put(self._connection, person_roles, roles)
        await put(self._connection, person_queues, served)


_Belonging = tuple[set[str], set[str]]
_NOWHERE: _Belonging = (set(), set())


def _belonging(person: PersonEntry) -> _Belonging:
    return set(person.roles), set(person.queues)


def _person_row(person: PersonEntry) -> dict[str, Any]:
    row = _without(person.model_dump(), "person")
    return {name: value for name, value in row.items() if name not in ("roles", "queues")}


def _without(entry: dict[str, Any], identity: str) -> dict[str, Any]:
    """The columns of an entry whose id bears the name of its kind in the file."""
    return {"id": entry.pop(identity), **entry}


async def people_file(connection: AnyConnection) -> People:
    """All of the directory as one file would say it, each kind by id, for export."""
    roles, served = await by_person(connection, person_roles, "role"), await by_person(connection, person_queues, "queue")

    async def entries(table: Table, entry: type[Entry]) -> tuple[Any, ...]:
        identity = next(iter(entry.model_fields))
        rows = await rows_by_id(connection, table)
        return tuple(entry.model_construct(**{identity: row["id"], **_columns(row, entry)}) for row in rows)

    def belonging(person: PersonEntry) -> PersonEntry:
        return person.model_copy(update={"roles": roles.get(person.person, ()), "queues": served.get(person.person, ())})

    return People(
        people=tuple([belonging(person) for person in await entries(people, PersonEntry)]),
        queues=await entries(queues, QueueEntry),
        accounts=await entries(accounts, AccountEntry),
        contacts=await entries(contacts, ContactEntry),
    )


async def rows_by_id(connection: AnyConnection, table: Table) -> list[dict[str, Any]]:
    """All of a table, in the order of the characters of their ids on both databases."""
    rows = (await connection.execute(select(table))).mappings()
    return sorted((dict(row) for row in rows), key=lambda row: str(row["id"]))


def _columns(row: Mapping[str, Any], entry: type[Entry]) -> dict[str, Any]:
    return {name: row[name] for name in entry.model_fields if name in row}


async def by_person(connection: AnyConnection, table: Table, name: str) -> dict[str, tuple[str, ...]]:
    """The roles or queues (the column `name`) of each person who has any, sorted."""
    found: dict[str, list[str]] = {}
    for row in (await connection.execute(select(table))).mappings():
        found.setdefault(row["person"], []).append(row[name])
    return {person: tuple(sorted(names)) for person, names in found.items()}
