"""Records, their logs and what became of them: the port `Cases`.

Whoever writes to a record holds its row, so that two writers never work on the same knowledge of it.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, tuple_, update

from sla.events import Event, Version
from sla.finding import Finding, Settled
from sla.messages import ProcessRef
from sla.opening import opened_at
from sla.timeline import Timeline
from store.connection import AnyConnection
from store.engine import Database
from store.erasure_tables import erased_records
from store.erasures import without_names
from store.facts import OutcomeFact, facts_between
from store.ledger import dropped, enter
from store.rows import effect_row, event_of, event_row, holders, next_deadline, occurrence_of, occurrence_row
from store.runs import heard
from store.tables import effect_ledger, effects, event_log, occurrences, outcome_facts, records
from store.upsert import add, put

NOT_KNOWN_ANY_MORE = "present knowledge does not have it"
"""Why an action that was performed is retracted when the timeline does not even list it."""


class StoredCases:
    """The records of one database. Every method is idempotent, also when several run at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def log(self, record: str) -> list[Event]:
        """All events of a record in order of arrival; empty when it is unknown."""
        async with self._database.reading() as connection:
            return await log_of(connection, record)

    async def settle(self, finding: Finding) -> Settled:
        """Write a finding, all of it or nothing; or answer with the events of the log that it does not know.

        Creates the record with its first event. It follows what the timeline says that it was moved to, else `finding.ref`,
        with which it was opened. An older timeline leaves the current view as it is.
        """
        record = finding.timeline.record
        async with self._database.transaction() as connection:
            known = await _held(connection, finding)
            if known["erased"]:
                finding = await without_names(connection, finding)
            there = set(await connection.scalars(select(event_log.c.id).where(event_log.c.record == record)))
            if unknown := there - finding.known():
                return Settled(unknown=[event for event in await log_of(connection, record) if event.id in unknown])
            new = await _log(connection, record, finding.log, there)
            changes = _heard(new, known)
            if known["as_of"] is None or known["as_of"] <= finding.timeline.as_of:
                await _keep_occurrences(connection, finding.timeline)
                await _keep_effects(connection, finding.timeline)
                changes |= _view(finding.timeline, known | changes) | _followed(finding)
            if changes:
                await connection.execute(update(records).where(records.c.id == record).values(changes))
            if finding.run is not None:
                await heard(connection, record, finding.run, at=finding.timeline.as_of, ending=_over(finding.timeline))
            settled = await enter(connection, finding.timeline, finding.ended)
            if not known["any_dropped"]:
                return settled
            return replace(settled, dropped=await dropped(connection, record, known=finding.settled()))


async def log_of(connection: AnyConnection, record: str) -> list[Event]:
    """All events of a record in order of arrival."""
    rows = await connection.execute(select(event_log).where(event_log.c.record == record).order_by(event_log.c.sequence))
    return [event_of(row) for row in rows.mappings()]


_ERASED = exists().where(erased_records.c.record == records.c.id).label("erased")
_DROPPED = exists().where(effect_ledger.c.record == records.c.id, effect_ledger.c.outcome == "dropped").label("any_dropped")


async def _held(connection: AnyConnection, finding: Finding) -> dict[str, Any]:
    """The record's row, which is made if need be, locked until the transaction ends."""
    record = finding.timeline.record
    row = select(records, _ERASED, _DROPPED).where(records.c.id == record).with_for_update(of=records)
    found = (await connection.execute(row)).mappings().one_or_none()
    if found is None:
        await add(connection, records, [_new_record(record, finding.ref, finding.log[0])])
        found = (await connection.execute(row)).mappings().one()
    return dict(found)


def _over(timeline: Timeline) -> bool:
    """Whether nothing lies ahead of the record: its workflow will end as soon as no action is under way."""
    return timeline.out and timeline.next_wakeup is None


def _heard(new: Sequence[Event], known: Mapping[str, Any]) -> dict[str, Any]:
    """What new events change about the record itself."""
    return {"updated_at": max([known["updated_at"], *(event.recorded_at for event in new)])} if new else {}


def _followed(finding: Finding) -> dict[str, Any]:
    """What the record follows now, and what it was opened under if that is another."""
    first, moved_to = finding.ref, finding.timeline.moved_to
    follows = Version(first.process, first.version, first.revision) if moved_to is None else moved_to
    return {**follows._asdict(), "opened_under": None if moved_to is None else first.model_dump()}


def _new_record(record: str, ref: ProcessRef, first: Event) -> dict[str, Any]:
    fields = dict(getattr(first, "fields", {}))
    return {
        "id": record,
        "process": ref.process,
        "version": ref.version,
        "revision": ref.revision,
        "status": "compliant",
        "fields": fields,
        "opened_at": opened_at(fields, first.at),
        "out": False,
        "updated_at": first.recorded_at,
        **holders(fields),
    }


async def _log(connection: AnyConnection, record: str, events: Sequence[Event], there: Set[str]) -> list[Event]:
    """Add those that the log does not have, and return them. Of two with one id the first stands."""
    new: dict[str, Event] = {}
    for event in events:
        if event.id not in there:
            new.setdefault(event.id, event)
    if new:  # the log only grows, and its events are numbered without a gap
        rows = [event_row(record, event, len(there) + number) for number, event in enumerate(new.values(), 1)]
        await connection.execute(event_log.insert(), rows)
    return list(new.values())


def _view(timeline: Timeline, known: Mapping[str, Any]) -> dict[str, Any]:
    fields = timeline.fields or known["fields"]  # before its opening has come a record has none yet
    return {
        "status": timeline.status,
        "fields": fields,
        "opened_at": opened_at(fields, known["opened_at"]),
        "out": timeline.out,
        "next_wakeup": timeline.next_wakeup,
        "next_deadline": next_deadline(timeline.milestones),
        "as_of": timeline.as_of,
        "updated_at": max(known["updated_at"], timeline.as_of),
        **holders(fields),
    }


async def _keep_occurrences(connection: AnyConnection, timeline: Timeline) -> None:
    rows = await connection.execute(
        select(occurrences).where(occurrences.c.record == timeline.record).order_by(occurrences.c.position)
    )
    shown = {(row["milestone"], row["occurrence"]): row for row in rows.mappings()}
    before = {key: occurrence_of(row) for key, row in shown.items()}
    after = {(one.milestone, one.occurrence): one for one in timeline.milestones}
    wanted = {key: occurrence_row(timeline.record, place, one) for place, (key, one) in enumerate(after.items())}

    identity = tuple_(occurrences.c.milestone, occurrences.c.occurrence)
    gone = [key for key in before if key not in after]
    if gone:
        await connection.execute(delete(occurrences).where(occurrences.c.record == timeline.record, identity.in_(gone)))
    await put(connection, occurrences, [row for key, row in wanted.items() if key not in shown or dict(shown[key]) != row])
    await _add_facts(connection, timeline.record, [*facts_between(before, after, timeline.as_of)])


async def _add_facts(connection: AnyConnection, record: str, facts: Sequence[OutcomeFact]) -> None:
    if not facts:
        return
    last = await connection.scalar(select(func.max(outcome_facts.c.number)).where(outcome_facts.c.record == record))
    await connection.execute(
        outcome_facts.insert(), [_fact_row(record, n, fact) for n, fact in enumerate(facts, (last or 0) + 1)]
    )


def _fact_row(record: str, number: int, fact: OutcomeFact) -> dict[str, Any]:
    columns = ("milestone", "occurrence", "what", "at", "as_of", "details")
    return {"record": record, "number": number, **{name: getattr(fact, name) for name in columns}}


async def _keep_effects(connection: AnyConnection, timeline: Timeline) -> None:
    rows = await connection.execute(select(effects).where(effects.c.record == timeline.record))
    shown = {row["key"]: dict(row) for row in rows.mappings()}
    wanted = {one.key: effect_row(timeline.record, place, one) for place, one in enumerate(timeline.effects)}
    await put(connection, effects, [row for key, row in wanted.items() if shown.get(key) != row])
    await _forget_effects(connection, [key for key in shown if key not in wanted], timeline.as_of)


async def _forget_effects(connection: AnyConnection, keys: Sequence[str], as_of: datetime) -> None:
    """What is not listed any more goes, unless the ledger has it: then it stays, retracted."""
    if not keys:
        return
    unlisted, ended = effects.c.key.in_(keys), effects.c.key.in_(select(effect_ledger.c.key))
    await connection.execute(delete(effects).where(unlisted, ~ended))
    retracted = {"status": "retracted", "reason": NOT_KNOWN_ANY_MORE}
    await connection.execute(update(effects).where(unlisted, ended, effects.c.status != "retracted").values(retracted))
