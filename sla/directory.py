"""Whom an action can concern: people and queues, as the directory knows them. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whom an action can concern. `timezone` is IANA; `kind` tells a colleague from a customer's contact."""

    id: str
    name: str
    email: str | None
    timezone: str
    kind: str = "person"
    on_duty: str | None = None
    manager: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A queue; mail to it goes to its address, or else to its members."""

    id: str
    email: str | None
    members: tuple[str, ...] = ()
