"""The Desk: everything that people can ask of Milepost, once, for every door.

It reads from the store and speaks with the cases through `starter.cases_client`. It decides nothing: whether news may
happen to a record the law says (`sla.evaluation.admission`), here early and for the case itself again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Unpack

from activities.situation import laws_of
from sla.acting import Actor
from sla.engine import evaluate_under
from sla.errors import RefusedEvent, UnknownEffect, UnknownRecord
from sla.evaluation.admission import admit_under, too_far_ahead
from sla.events import AnyEvent, Migrated, Opened, read_event
from sla.hindsight import look_back
from sla.instants import to_instant
from sla.messages import CaseInput, CaseView, ProcessRef, Reception
from sla.viewing import view_of
from starter.case_files import past, present
from starter.cases_client import Gone
from starter.cursors import read_cursor, write_cursor
from starter.definitions import Definitions
from starter.placing import Placing
from starter.recording import Recording, in_bulk
from starter.setup.access import AccessDesk
from starter.setup.audit_log import AuditLogDesk
from starter.setup.catalogue import CatalogueDesk
from starter.setup.context import Context, Now, open_context
from starter.setup.entitlements import EntitlementsDesk, choice_of
from starter.setup.erasure import ErasureDesk
from starter.setup.evidence import EvidenceDesk
from starter.setup.governance import GovernanceDesk
from starter.setup.hooks import HooksDesk
from starter.setup.migrations import MigrationsDesk
from starter.setup.people import PeopleDesk
from starter.setup.what_if import WhatIfDesk
from starter.showing import record_view
from starter.views import ApplyReport, CaseFile, RecordPage
from store.changing import NOBODY
from store.entitlements import StoredEntitlements
from store.pages import Filters, Order, position_of
from store.views import StoredRecord

if TYPE_CHECKING:
    from temporalio.client import Client

    from runtime.settings import Settings


class Desk:
    """One for a process; get it from `open_desk`. Every method raises only `MilepostError`s.

    The verbs of records are here; each other subject has a part of its own.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._cases = context.cases
        self._catalogue = context.catalogue
        self._definitions = context.definitions
        self._records = context.records
        self._entitlements = StoredEntitlements(context.database)
        self._placing = Placing(context.catalogue, context.definitions, self._entitlements)
        self._recording = Recording(context)
        self._now = context.clock
        self.access = AccessDesk(context)
        self.audit_log = AuditLogDesk(context)
        self.catalogue = CatalogueDesk(context)
        self.entitlements = EntitlementsDesk(context)
        self.erasure = ErasureDesk(context)
        self.evidence = EvidenceDesk(context)
        self.governance = GovernanceDesk(context)
        self.hooks = HooksDesk(context, self)
        self.migrations = MigrationsDesk(context)
        self.people = PeopleDesk(context)
        self.what_if = WhatIfDesk(context)

    def acting(self, actor: Actor) -> "Desk":
        """The same Desk, for somebody else."""
        return Desk(replace(self._context, actor=actor))

    @asynccontextmanager
    async def in_bulk(self, verb: str) -> AsyncIterator["Desk"]:
        """The same Desk, with one line in the audit log for all that it tells records within the block."""
        async with in_bulk(self._context, verb) as context:
            yield Desk(context)

    # ------------------------------------------------------------------ definitions

    async def apply(self, definitions: Definitions, *, dry_run: bool = False) -> ApplyReport:
        """Publish definitions, all or none; what is there already is left as it is."""
        return await self.catalogue.apply(definitions, dry_run=dry_run)

    # ------------------------------------------------------------------ news

    async def open(
        self,
        *,
        record: str,
        process: str | None = None,
        fields: dict[str, Any] | None = None,
        at: datetime | None = None,
        event_id: str | None = None,
    ) -> Reception:
        """Open a record under a process, or else that of its entitlement. Opening it again is the same case.

        Without either there must be one process only. Raises besides what choosing an entitlement refuses (SPEC 6).
        """
        known = await self._known(record)
        opened = {"record": record, "id": event_id or "opened", "type": "opened", "at": at or self._now()}
        event = self._stamped(opened | {"fields": fields or {}})
        if known is not None or not isinstance(event, Opened):
            return await self._reported(event, known)
        place = await self._placing.place(event, process, self._admissible)
        await self._recording.event("records.open", place.event)
        case, log = CaseInput(record=record, ref=place.ref), [place.event]
        return await self._cases.start_with(case, place.event, await self._outlook(place.ref, log))

    async def take_over(self, history: Sequence[dict[str, Any]], *, process: str | None = None) -> list[RefusedEvent]:
        """Open a record with all that happened to it so far, known at once; returns what is refused of it.

        Told one by one, old events would be news after news: each would be acted upon as if nothing had followed.
        """
        events = [self._stamped(data) for data in history]
        record = events[0].record
        known = await self._known(record)
        if known is not None:
            return [refusal for event in events if (refusal := await self._refusal(event, known)) is not None]
        try:
            ref = await self._placed(events, process)
        except RefusedEvent as refused_opening:
            return [_with_its_record(event, refused_opening) for event in events]
        laws = await laws_of(self._definitions, ref, events)
        refused = {one.position: one.reason for one in admit_under(laws, events).refused}
        log = [event for position, event in enumerate(events) if position not in refused]
        if log:
            await self._recording.line("records.take_over", record, {"events": len(log)}, events=len(log))
            await self._cases.start_with(CaseInput(record=record, ref=ref, log=log), log[0], await self._outlook(ref, log))
        return [RefusedEvent(event=events[at].id, record=record, reason=reason) for at, reason in sorted(refused.items())]

    async def _placed(self, events: list[AnyEvent], process: str | None) -> ProcessRef:
        """What a record with this history is held to. Its opening gets the fields that its entitlement adds.

        Raises RefusedEvent when the record may not be opened.
        """
        position = next((i for i, event in enumerate(events) if isinstance(event, Opened)), None)
        opened = None if position is None else events[position]
        if position is None or not isinstance(opened, Opened):
            return await self._catalogue.process_ref(process)
        place = await self._placing.place(opened, process, self._admissible)
        events[position] = place.event
        return place.ref

    async def _admissible(self, event: AnyEvent, ref: ProcessRef) -> None:
        await self._check(event, ref, [event])

    async def _outlook(self, ref: ProcessRef, log: Sequence[AnyEvent]) -> CaseView:
        """How a new case will stand, so that it begins with its search attributes and need not set them."""
        laws = await laws_of(self._definitions, ref, log)
        return view_of(evaluate_under(laws, log, to_instant(self._now())))

    async def _refusal(self, event: AnyEvent, known: StoredRecord) -> RefusedEvent | None:
        try:
            await self._reported(event, known)
        except RefusedEvent as refusal:
            return refusal
        return None

    async def report(self, data: dict[str, Any]) -> Reception:
        """Report an event of a record, as a line of SPEC 7, and wait for what it did. `at` defaults to now."""
        event = self._stamped(data)
        return await self._reported(event, await self._known(event.record))

    async def tell(self, data: dict[str, Any]) -> None:
        """Report an event without waiting for what it does; a case that refuses it says so in its log only."""
        event = self._stamped(data)
        known = await self._known(event.record)
        await self._precheck(event, known)
        try:
            await self._cases.tell(event)
        except Gone:
            await self._cases.start_and_tell(await self._input(event.record, known), event)

    async def _reported(self, event: AnyEvent, known: StoredRecord | None) -> Reception:
        await self._precheck(event, known)
        try:
            return await self._cases.report(event)
        except Gone:
            return await self._cases.start_with(await self._input(event.record, known), event)

    async def _input(self, record: str, known: StoredRecord | None) -> CaseInput:
        """What a closed case starts anew from."""
        if known is None:
            raise UnknownRecord(record=record)
        return await self._records.case_input(record)

    def _stamped(self, data: dict[str, Any]) -> AnyEvent:
        """The event with `recorded_at` as of now: that is ours to say, whatever the sender says."""
        now = to_instant(self._now())
        event: Any = read_event({"at": now, **data, "recorded_at": now}, where="the event")
        if (future := too_far_ahead(event)) is not None:
            raise RefusedEvent(event=event.id, record=event.record, reason=future)
        if isinstance(event, Migrated):
            reason = "records are moved to another version by: milepost migrate, which previews it and keeps the list"
            raise RefusedEvent(event=event.id, record=event.record, reason=reason)
        checked: AnyEvent = event
        return checked

    async def _precheck(self, event: AnyEvent, known: StoredRecord | None) -> None:
        """Refuse early what the law refuses whatever the state of the case, so that it leaves no trace there."""
        if known is not None:
            log = await self._records.log(event.record)
            await self._check(event, known.opened_under, [*log, event])
            if all(one.id != event.id for one in log):
                await self._recording.event("records.report", event)

    async def _check(self, event: AnyEvent, ref: ProcessRef, log: list[Any]) -> None:
        laws = await laws_of(self._definitions, ref, log)
        refused = {one.position: one.reason for one in admit_under(laws, log).refused}
        if len(log) - 1 in refused:
            raise RefusedEvent(event=event.id, record=event.record, reason=refused[len(log) - 1])

    async def retry(self, record: str, key: str) -> None:
        """Have an action tried again that was given up."""
        await self._records.get(record)
        states = {state.effect.key: state for state in await self._records.effects(record)}
        line = states[key].line if key in states else None
        if line is None or line.outcome != "gave_up":
            raise UnknownEffect(record=record, key=key)
        await self._recording.line("records.retry", record, {"action": key})
        await self._cases.retry(await self._records.case_input(record), key)

    # ------------------------------------------------------------------ reading

    async def show(
        self, record: str, *, at: datetime | None = None, known_at: datetime | None = None, event: int | None = None
    ) -> CaseFile:
        """All about a record: as of now, or as of then (decision 0010). Raises NoSuchMoment."""
        if at is None and known_at is None and event is None:
            return await present(self._context, record)
        then = look_back(await self.evidence.dossier(record), at=at, known_at=known_at, event=event)
        return past(then, await choice_of(self._entitlements, record))

    async def list(
        self,
        *,
        is_open: bool | None = None,
        sort: Order = "next_deadline",
        limit: int = 100,
        cursor: str | None = None,
        **wanted: Unpack[Filters],
    ) -> RecordPage:
        """A page of the records that match all filters given. Raises InvalidCursor for a cursor of another list."""
        listed: dict[str, object] = {**wanted, "is_open": is_open, "sort": sort}
        after = None if cursor is None else read_cursor(cursor, listed)
        found = await self._records.list(**wanted, is_open=is_open, order_by=sort, limit=limit + 1, after=after)
        last = found[limit - 1] if len(found) > limit else None
        return RecordPage(
            records=[record_view(stored) for stored in found[:limit]],
            next=None if last is None else write_cursor(position_of(last), listed),
        )

    async def _known(self, record: str) -> StoredRecord | None:
        try:
            return await self._records.get(record)
        except UnknownRecord:
            return None


def _with_its_record(event: AnyEvent, refused: RefusedEvent) -> RefusedEvent:
    """The refusal of an event of a record whose opening is refused."""
    if event.id == refused.facts["event"]:
        return refused
    return RefusedEvent(event=event.id, record=event.record, reason="the record could not be opened")


@asynccontextmanager
async def open_desk(
    settings: "Settings", connect: Callable[[], Awaitable["Client"]], now: Now, actor: Actor = NOBODY
) -> AsyncIterator[Desk]:
    """A Desk on the installation's database. Raises ServiceUnavailable or SchemaBehind."""
    async with open_context(settings, connect, now, actor) as context:
        yield Desk(context)
