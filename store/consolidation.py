"""One process takes over others: what promises one of them promises it from now on, and they are retired. All or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Table, func, select, update

from sla.calendar import BusinessHours
from sla.governance.differences import between_processes
from sla.governance.meaning import meant
from sla.setup_errors import CannotConsolidate, OtherKindOfRecord
from store.publication import Publication
from store.setup_tables import entitlement_templates, entitlements
from store.tables import records
from store.versions import StoredVersion, calendars_in_force, in_force, one_version

VERB: Final = "governance.consolidate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """An entitlement or template that promises another process than before. `account` None: a template is nobody's."""

    kind: Literal["entitlement", "template"]
    name: str
    account: str | None
    process: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A process that is taken over: which versions are retired by it, how many open records stay on them, what changes."""

    process: str
    retired: tuple[int, ...]
    open_records: int
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consolidated:
    """What came of it. `version`: the one of `keep` that is in force."""

    keep: str
    version: int
    entitlements: tuple[Handed, ...]
    sources: tuple[Source, ...]


class Consolidating:
    """A consolidation within a publication, whose transaction and actor it shares."""

    def __init__(self, publication: Publication, keep: str, sources: Sequence[str]) -> None:
        self._publication = publication
        self._connection = publication.connection
        self._keep = keep
        self._sources = tuple(sources)
        self._hours: Mapping[str, BusinessHours] | None = None

    async def done(self) -> Consolidated:
        """Carry it out; what is done already is left as it is.

        Raises UnknownProcess, CannotConsolidate, OtherKindOfRecord or StillNeeded.
        """
        if not self._sources:
            raise self._refused("there is none", "Name those that it is to take over: --from")
        if self._keep in self._sources:
            raise self._refused("it is one of them", "Leave it out of --from; it is the one that stays.")
        kept = in_force([await one_version(self._connection, "process", self._keep)])
        if kept is None:
            remedy = f"Make a version of it the default first: milepost process activate '{self._keep}' VERSION"
            raise self._refused("no version of it is in force", remedy)
        before = [await one_version(self._connection, "process", name) for name in self._sources]
        self._check_types(kept, before)
        handed = [*await self._templates(), *await self._entitlements()]
        open_records = await self._open_records()
        sources = [await self._retired(one, kept, open_records.get(one.name, 0)) for one in before]
        if handed or any(source.retired for source in sources):
            facts = {"from": list(self._sources), "handed": len(handed)}
            self._publication.note(VERB, f"process/{self._keep} {kept.version}", after=facts)
        return Consolidated(keep=kept.name, version=kept.version, entitlements=tuple(handed), sources=tuple(sources))

    def _check_types(self, kept: StoredVersion, sources: Sequence[StoredVersion]) -> None:
        here = kept.process().applies_to
        for one in sources:
            if (there := one.process().applies_to) != here:
                raise OtherKindOfRecord(process=one.name, type=there, to_process=kept.name, to_type=here)

    # ------------------------------------------------------------------ what promises one of them

    async def _templates(self) -> list[Handed]:
        rows = await self._connection.execute(select(entitlement_templates).order_by(entitlement_templates.c.id))
        handed = []
        for row in rows.mappings().all():
            if (before := row["body"].get("process")) in self._sources:
                await self._write(entitlement_templates, row["id"], {"body": row["body"] | {"process": self._keep}})
                self._note(f"entitlement_template/{row['id']}", before)
                handed.append(Handed(kind="template", name=row["id"], account=None, process=before))
        return handed

    async def _entitlements(self) -> list[Handed]:
        """Also those that have expired: they may be renewed. What one has from its template it goes on having from there."""
        wanted = select(entitlements).where(entitlements.c.process.in_(self._sources)).order_by(entitlements.c.id)
        handed = []
        for row in (await self._connection.execute(wanted.with_for_update())).mappings().all():
            own = row["body"].get("process") is not None
            body = {"body": row["body"] | {"process": self._keep}} if own else {}
            await self._write(entitlements, row["id"], {"process": self._keep, **body})
            self._note(f"entitlement/{row['id']}", row["process"])
            handed.append(Handed(kind="entitlement", name=row["id"], account=row["account"], process=row["process"]))
        return handed

    async def _write(self, table: Table, name: str, values: Mapping[str, Any]) -> None:
        await self._connection.execute(update(table).where(table.c.id == name).values(dict(values)))

    # ------------------------------------------------------------------ the sources themselves

    async def _open_records(self) -> dict[str, int]:
        of_sources = (records.c.process.in_(self._sources), ~records.c.out)
        count = select(records.c.process, func.count().label("open")).where(*of_sources).group_by(records.c.process)
        return {row.process: row.open for row in await self._connection.execute(count)}

    async def _retired(self, before: StoredVersion, kept: StoredVersion, open_records: int) -> Source:
        retired = await self._publication.retire("process", before.name)
        differences = meant(between_processes(before.process(), kept.process()), await self._calendars())
        return Source(
            process=before.name,
            retired=tuple(one.version for one in retired),
            open_records=open_records,
            differences=differences,
        )

    async def _calendars(self) -> Mapping[str, BusinessHours]:
        """Those in force."""
        if self._hours is None:
            self._hours = await calendars_in_force(self._connection)
        return self._hours

    # ------------------------------------------------------------------ telling

    def _note(self, subject: str, process: str) -> None:
        self._publication.note(VERB, subject, before={"process": process}, after={"process": self._keep})

    def _refused(self, problem: str, remedy: str) -> CannotConsolidate:
        names = ", ".join(f"'{name}'" for name in self._sources) or "others"
        return CannotConsolidate(keep=self._keep, sources=names, problem=problem, remedy=remedy)
