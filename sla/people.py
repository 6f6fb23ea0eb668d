"""The people file as it is spelled (examples/people.yaml): colleagues, queues, the accounts they serve, their contacts.

A queue, a manager or an account may have been applied before: such references are checked when the file is applied.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sla.calendar.zones import known_zone


def _an_address(text: str) -> str:
    """An address of the right form; nothing is asked of the network, and a company's own domain needs no dot."""
    try:
        return validate_email(text, check_deliverability=False, globally_deliverable=False, test_environment=True).normalized
    except EmailNotValidError as problem:
        raise ValueError(f"'{text}' is not an e-mail address: {problem}") from None


def _once_each(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"'{name}' is listed twice")
    return names


Id = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\s,:/][^\s,:/]*$", description="A short name.")]
Named = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^\S(.*\S)?$")]
Address = Annotated[str, Field(max_length=254), AfterValidator(_an_address)]
Zone = Annotated[str, AfterValidator(known_zone), Field(description="IANA, such as Europe/Berlin")]
Ids = Annotated[tuple[Id, ...], AfterValidator(_once_each)]


class Entry(BaseModel):
    """What all entries share."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PersonEntry(Entry):
    """A colleague. `on_duty` names the business hours in which they can be given work; without it, always."""

    person: Id
    name: Named
    email: Address | None = None
    timezone: Zone
    roles: Ids = ()
    queues: Ids = ()
    on_duty: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    manager: Id | None = None


class QueueEntry(Entry):
    """A queue; without an address, mail to it goes to its members."""

    queue: Id
    email: Address | None = None


class AccountEntry(Entry):
    """A customer."""

    account: Id
    name: Named
    timezone: Zone
    account_manager: Id | None = None
    tier: Named | None = None


class ContactEntry(Entry):
    """Somebody at a customer's."""

    contact: Id
    name: Named
    email: Address | None = None
    account: Id | None = None
    timezone: Zone


class People(Entry):
    """A people file. What it does not mention stays as it is."""

    people: tuple[PersonEntry, ...] = ()
    queues: tuple[QueueEntry, ...] = ()
    accounts: tuple[AccountEntry, ...] = ()
    contacts: tuple[ContactEntry, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "People":
        for kind in ("people", "queues", "accounts", "contacts"):
            seen: dict[str, int] = {}
            for position, entry in enumerate(getattr(self, kind)):
                name = identity(entry)
                if name in seen:
                    raise ValueError(f"{kind}[{position}]: '{name}' is already {kind}[{seen[name]}]; keep one")
                seen[name] = position
        return self

    def references(self) -> Iterator[tuple[str, str, str]]:
        """What the file takes to exist: the path that says so, the kind (`person`, `queue`, `account`), and the name."""
        for position, person in enumerate(self.people):
            yield from ((f"people[{position}].queues[{i}]", "queue", queue) for i, queue in enumerate(person.queues))
            if person.manager is not None:
                yield f"people[{position}].manager", "person", person.manager
        for position, account in enumerate(self.accounts):
            if account.account_manager is not None:
                yield f"accounts[{position}].account_manager", "person", account.account_manager
        for position, contact in enumerate(self.contacts):
            if contact.account is not None:
                yield f"contacts[{position}].account", "account", contact.account

    def calendars(self) -> Iterator[tuple[str, str]]:
        """Every business hours that the file names, with the path that names them."""
        for position, person in enumerate(self.people):
            if person.on_duty is not None:
                yield f"people[{position}].on_duty", person.on_duty


def identity(entry: Any) -> str:
    """The id of an entry of any kind: its first field."""
    return str(getattr(entry, next(iter(type(entry).model_fields))))
