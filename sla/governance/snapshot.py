"""The whole catalogue as plain values, which is what an audit looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sla.calendar import BusinessHours
from sla.directory import Person, Queue
from sla.process.model import Process

Status = Literal["draft", "active", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a process. `since` is when it became active, as far as that is known."""

    process: Process
    version: int
    status: Status = "active"
    is_default: bool = True
    since: datetime | None = None

    @property
    def name(self) -> str:
        """The process's name."""
        return self.process.process

    @property
    def in_force(self) -> bool:
        """Whether new cases are held to it."""
        return self.status == "active" and self.is_default


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """An active entitlement that names a process. `scope` says in words to what it is limited; empty: to the account."""

    entitlement: str
    account: str
    process: str
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How much a process is used: its entitlements that have not expired, and its latest case."""

    entitlements: int = 0
    latest_case_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Who there is: colleagues and queues by id, who has a role, and each account's manager."""

    people: Mapping[str, Person] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    managers: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A catalogue. `calendars` holds of each the version in force; `uses` has no entry for a process never used."""

    versions: tuple[Version, ...] = ()
    calendars: Mapping[str, BusinessHours] = field(default_factory=dict)
    directory: Directory = field(default_factory=Directory)
    promises: tuple[Promise, ...] = ()
    uses: Mapping[str, Use] = field(default_factory=dict)
