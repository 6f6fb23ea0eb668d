"""The directory's reading side for the doors: who there is, all at once. Whom actions reach is in `store.directory`."""

from dataclasses import dataclass
from typing import Any

from sla.directory import Person, Queue
from store.engine import Database
from store.people import by_person, rows_by_id
from store.tables import accounts, contacts, people, person_queues, person_roles, queues


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A person with their roles and queues, both sorted."""

    person: Person
    roles: tuple[str, ...]
    queues: tuple[str, ...]


class PeopleLists:
    """The directory of one database. All lists are by id, in the order of the characters on both databases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def people(self) -> list[Colleague]:
        """All colleagues."""
        async with self._database.reading() as connection:
            everybody = await rows_by_id(connection, people)
            roles = await by_person(connection, person_roles, "role")
            served = await by_person(connection, person_queues, "queue")
        return [
            Colleague(person=Person(**row), roles=roles.get(row["id"], ()), queues=served.get(row["id"], ()))
            for row in everybody
        ]

    async def queues(self) -> list[Queue]:
        """All queues."""
        async with self._database.reading() as connection:
            found = await rows_by_id(connection, queues)
            served = await by_person(connection, person_queues, "queue")
        members = {row["id"]: tuple(sorted(who for who, names in served.items() if row["id"] in names)) for row in found}
        return [Queue(id=row["id"], email=row["email"], members=members[row["id"]]) for row in found]

    async def accounts(self) -> list[dict[str, Any]]:
        """All accounts, as rows."""
        async with self._database.reading() as connection:
            return await rows_by_id(connection, accounts)

    async def contacts(self, account: str | None = None) -> list[dict[str, Any]]:
        """All contacts, or those of an account, as rows."""
        async with self._database.reading() as connection:
            found = await rows_by_id(connection, contacts)
        return [row for row in found if account in (None, row["account"])]
