"""People, roles, queues, accounts and contacts: the port `Directory`. Unknown names give None or nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, Select, func, literal, null, select

from sla.directory import Person, Queue
from store.connection import AnyConnection
from store.engine import Database
from store.tables import accounts, contacts, effect_ledger, people, person_queues, person_roles, queues, records


class StoredDirectory:
    """The directory of one database; read anew each time, since people come and go."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def person(self, name: str) -> Person | None:
        """A colleague by id."""
        return await self._one(_people().where(people.c.id == name))

    async def contact(self, name: str) -> Person | None:
        """A customer's contact by id."""
        columns = (contacts.c.id, contacts.c.name, contacts.c.email, contacts.c.timezone)
        nobody = (literal("contact").label("kind"), null().label("on_duty"), null().label("manager"))
        return await self._one(select(*columns, *nobody).where(contacts.c.id == name))

    async def queue(self, name: str) -> Queue | None:
        """A queue by id."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(queues).where(queues.c.id == name))).one_or_none()
            if row is None:
                return None
            return Queue(id=row.id, email=row.email, members=await _members(connection, name))

    async def account_manager(self, account: str) -> Person | None:
        """The account's manager."""
        managers = _people().join(accounts, accounts.c.account_manager == people.c.id)
        return await self._one(managers.where(accounts.c.id == account))

    async def in_role(self, role: str) -> list[Person]:
        """Everybody with this role, by id."""
        query = _people().join(person_roles, person_roles.c.person == people.c.id).where(person_roles.c.role == role)
        async with self._database.reading() as connection:
            found = [_person(row) for row in (await connection.execute(query)).mappings()]
        return sorted(found, key=_by_id)

    async def load(self, people: Sequence[str]) -> Mapping[str, int]:
        """How many open records each of these people owns; 0 for who owns none."""
        owned = select(records.c.owner, func.count()).where(records.c.owner.in_(people), ~records.c.out)
        async with self._database.reading() as connection:
            rows = await connection.execute(owned.group_by(records.c.owner))
            counted: dict[str, int] = {row[0]: row[1] for row in rows}
        return {name: counted.get(name, 0) for name in people}

    async def last_chosen(self, role: str) -> str | None:
        """Whom the latest reassignment to this role or queue chose, for round robin."""
        latest = (effect_ledger.c.at.desc(), effect_ledger.c.number.desc())
        query = select(effect_ledger.c.detail).where(effect_ledger.c.chosen_for == role).order_by(*latest).limit(1)
        async with self._database.reading() as connection:
            detail = await connection.scalar(query)
        chosen = (detail or {}).get("chosen")
        return chosen if isinstance(chosen, str) else None

    async def _one(self, query: Select[*tuple[Any, ...]]) -> Person | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else _person(row)


def _people() -> Select[*tuple[Any, ...]]:
    return select(*people.c, literal("person").label("kind"))


def _person(row: RowMapping) -> Person:
    return Person(**dict(row))


def _by_id(person: Person) -> str:
    return person.id


async def _members(connection: AnyConnection, queue: str) -> tuple[str, ...]:
    """By id, in the order of the characters: each database would sort by a language's rules of its own."""
    return tuple(sorted(await connection.scalars(select(person_queues.c.person).where(person_queues.c.queue == queue))))
