"""From the names in a process file to those who are mailed, through the directory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from activities.actions.names import address
from activities.actions.whom import Whom, in_full
from activities.ports import Person, Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who gets a mail. `id` may be shown and logged; it is no address."""

    id: str
    name: str | None
    address: str
    timezone: str
    kind: Literal["colleague", "customer", "queue", "address"]


@dataclass(slots=True)
class Readers:
    """Who was found, each address once, and the names behind which there is nobody to mail."""

    found: dict[str, Reader]
    nobody: list[str]


async def readers(context: Whom, names: Sequence[str]) -> Readers:
    """Everybody behind these names, in their order."""
    result = Readers({}, [])
    for name in names:
        people = await _behind(context, name)
        if not people:
            result.nobody.append(name)
        for reader in people:
            result.found.setdefault(reader.address.lower(), reader)
    return result


async def persons(context: Whom, name: str) -> Sequence[Person]:
    """Everybody who is meant by a name: of a queue its members, whether or not it has an address of its own."""
    if "@" in name:
        return []
    name = await in_full(context.directory, name)
    what, _, bare = name.rpartition(":")
    if what == "role":
        return await context.directory.in_role(bare)
    if (queue := await _queue(context, name)) is not None:
        members = [await context.directory.person(member) for member in queue.members]
        return [member for member in members if member is not None]
    person = None if _is_queue(name) else await _one(context, name)
    return [person] if person else []


async def _behind(context: Whom, name: str) -> list[Reader]:
    if "@" in name:
        return [_address(context, name, "address")]
    name = await in_full(context.directory, name)
    queue = await _queue(context, name)
    if queue is not None and queue.email is not None and _valid(queue.email):  # or else its members
        zone = context.hours.timezone
        return [Reader(id=queue.id, name=None, address=address(queue.email), timezone=zone, kind="queue")]
    people = await persons(context, name)
    told = context.text(name) if name in ("owner", "contact") else None
    if not people and told is not None and "@" in told and _valid(told):  # a record may name an address instead
        return [_address(context, told, "customer" if name == "contact" else "address")]
    return _people(people)


async def _one(context: Whom, name: str) -> Person | None:
    directory = context.directory
    if name == "account_manager":
        account = context.text("account")
        return await directory.account_manager(account) if account else None
    if name == "owner":
        owner = context.text("owner")
        return await directory.person(owner) if owner else None
    if name == "contact":
        contact = context.text("contact")
        return await directory.contact(contact) if contact else None
    return await directory.person(name)


def _is_queue(name: str) -> bool:
    return name == "queue" or name.startswith("queue:")


async def _queue(context: Whom, name: str) -> Queue | None:
    """The queue that a name means, if it means one."""
    if not _is_queue(name):
        return None
    named = context.text("queue") if name == "queue" else name.partition(":")[2]
    return await context.directory.queue(named) if named else None


def _people(people: Sequence[Person]) -> list[Reader]:
    return [
        Reader(
            id=person.id,
            name=person.name,
            address=address(person.email),
            timezone=person.timezone,
            kind="customer" if person.kind == "contact" else "colleague",
        )
        for person in people
        if person.email is not None and _valid(person.email)
    ]


def _address(context: Whom, text: str, kind: Literal["customer", "address"]) -> Reader:
    zone = context.hours.timezone
    return Reader(id="an address", name=None, address=address(text), timezone=zone, kind=kind)


def _valid(text: str) -> bool:
    try:
        address(text)
    except ValueError:
        return False
    return True
