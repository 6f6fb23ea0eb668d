"""From the names in a process file to those who are mailed, through the directory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from activities.actions.context import ActionContext
from activities.actions.names import address
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


async def readers(context: ActionContext, names: Sequence[str]) -> Readers:
    """Everybody behind these names, in their order."""
    result = Readers({}, [])
    for name in names:
        people = await _behind(context, name)
        if not people:
            result.nobody.append(name)
        for reader in people:
            result.found.setdefault(reader.address.lower(), reader)
    return result


async def _behind(context: ActionContext, name: str) -> list[Reader]:
    if "@" in name:
        return [_address(context, name, "address")]
    what, _, bare = name.rpartition(":")
    if what == "role":
        return _people(await context.outside.directory.in_role(bare))
    if what == "queue":
        return await _queue(context, bare)
    if name == "queue":
        return await _queue(context, context.text("queue"))
    return await _one(context, name)


async def _one(context: ActionContext, name: str) -> list[Reader]:
    directory = context.outside.directory
    if name == "account_manager":
        account = context.text("account")
        manager = await directory.account_manager(account) if account else None
        return _people([manager] if manager else [])
    if name in ("owner", "contact"):
        return await _on_record(context, "owner" if name == "owner" else "contact")
    person = await directory.person(name)
    return _people([person] if person else [])


async def _on_record(context: ActionContext, role: Literal["owner", "contact"]) -> list[Reader]:
    """The record's owner or contact; a record may name an address where there is no entry in the directory."""
    directory = context.outside.directory
    value = context.text(role)
    person = None
    if value is not None:
        person = await (directory.person(value) if role == "owner" else directory.contact(value))
    if person is None and value is not None and "@" in value and _valid(value):
        return [_address(context, value, "customer" if role == "contact" else "address")]
    return _people([person] if person else [])


async def _queue(context: ActionContext, name: str | None) -> list[Reader]:
    """A queue's own address, or else its members."""
    queue: Queue | None = await context.outside.directory.queue(name) if name else None
    if queue is None:
        return []
    if queue.email is not None and _valid(queue.email):
        zone = context.hours.timezone
        return [Reader(id=queue.id, name=None, address=address(queue.email), timezone=zone, kind="queue")]
    members = [await context.outside.directory.person(member) for member in queue.members]
    return _people([member for member in members if member is not None])


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


def _address(context: ActionContext, text: str, kind: Literal["customer", "address"]) -> Reader:
    zone = context.hours.timezone
    return Reader(id="an address", name=None, address=address(text), timezone=zone, kind=kind)


def _valid(text: str) -> bool:
    try:
        address(text)
    except ValueError:
        return False
    return True
