"""Processes and calendars as series of versions, as the doors show them."""

from typing import Any

from pydantic import Field

from sla.governance.difference import Difference
from sla.instants import Instant
from starter.views import View
from store.versions import Kind, StoredVersion, VersionStatus


class VersionView(View):
    """A version. `etag` changes whenever anything about it does; `in_force`: new cases follow it."""

    kind: Kind
    name: str
    version: int
    status: VersionStatus
    in_force: bool
    etag: str
    notes: str | None
    based_on: int | None = Field(description="The version that it was made from, if somebody said so.")
    created_at: Instant
    created_by: str | None
    activated_at: Instant | None
    retired_at: Instant | None
    open_records: int | None = Field(default=None, description="Of a process: how many open records follow it.")


class DefinitionView(VersionView):
    """A version with what it says, as a file spells it. A calendar's countries are as written, not yet dates."""

    definition: dict[str, Any]


class SeriesView(View):
    """A process or calendar with all its versions in short. `status` is its best version's: active, draft, retired."""

    kind: Kind
    name: str
    status: VersionStatus
    description: str | None = None
    applies_to: str | None = None
    milestones: list[str] = Field(default_factory=list)
    timezone: str | None = None
    in_force: int | None = Field(description="The version that new cases follow.")
    draft: int | None
    versions: int
    open_records: int | None = None


class VersionRef(View):
    """A version of something: `Premium@2`; without a number the one in force."""

    name: str = Field(min_length=1)
    version: int | None = Field(default=None, ge=1)

    @classmethod
    def parse(cls, text: str) -> "VersionRef":
        """What `NAME` or `NAME@VERSION` means."""
        name, at, number = text.rpartition("@")
        return cls(name=name, version=int(number)) if at and name and number.isdecimal() else cls(name=text)


class DiffView(View):
    """What is different between two versions; `words` is all of it in one line, empty if they say the same."""

    kind: Kind
    before: VersionRef
    after: VersionRef
    differences: list[Difference]
    words: str


class ExportView(View):
    """Definition files by path, as `milepost apply` reads them."""

    files: dict[str, str]


def version_view(one: StoredVersion, *, in_force: StoredVersion | None, open_records: int | None = None) -> VersionView:
    """A version without what it says."""
    return VersionView(**_facts(one, in_force), open_records=open_records)


def definition_view(one: StoredVersion, *, in_force: StoredVersion | None, definition: dict[str, Any]) -> DefinitionView:
    """A version with what it says."""
    return DefinitionView(**_facts(one, in_force), definition=definition)


def _facts(one: StoredVersion, in_force: StoredVersion | None) -> dict[str, Any]:
    names = set(VersionView.model_fields) - {"in_force", "open_records"}
    current = in_force is not None and in_force.version == one.version
    return {name: getattr(one, name) for name in names} | {"in_force": current}
