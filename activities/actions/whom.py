"""What the rules about people look at: as much of an action's context as there is also for who only asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from activities.actions.names import ROLES_OF_RECORD
from activities.ports import Directory
from sla.calendar import BusinessHours


class Whom(Protocol):
    """A record, or none, at an instant, and the directory. `hours`: whose zone is taken where nobody's is known."""

    @property
    def directory(self) -> Directory:
        """Who there is."""
        ...

    @property
    def calendars(self) -> Mapping[str, BusinessHours]:
        """By name; among them the hours of duty."""
        ...

    @property
    def hours(self) -> BusinessHours:
        """The business hours at hand."""
        ...

    @property
    def now(self) -> datetime:
        """When."""
        ...

    def text(self, name: str) -> str | None:
        """A field of the record that names somebody or something; None if it is empty or no text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question about people, without an action. `fields` are the record's, if it is about one."""

    directory: Directory
    calendars: Mapping[str, BusinessHours]
    hours: BusinessHours
    now: datetime
    fields: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A field of the record that names somebody or something; None if it is empty or no text."""
        return text_of(self.fields, name)


async def in_full(directory: Directory, name: str) -> str:
    """A name as an action spells it, with what it means: a bare one is a person's, else a role's, else a queue's.

    Unchanged if it is a person's, or nobody's (decision 0012).
    """
    if name in ROLES_OF_RECORD or ":" in name or "@" in name or await directory.person(name) is not None:
        return name
    if await directory.in_role(name):
        return f"role:{name}"
    return f"queue:{name}" if await directory.queue(name) is not None else name


def text_of(fields: Mapping[str, Any], name: str) -> str | None:
    """A field that names somebody or something; None if it is empty or no text."""
    value = fields.get(name)
    return value if isinstance(value, str) and value else None
