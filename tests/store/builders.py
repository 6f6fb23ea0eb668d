"""What the tests of the store tell: a process, a case, an hour of its life. London winter time is UTC."""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sla.archive_run import PackedRun
from sla.calendar import BusinessHours
from sla.engine import evaluate
from sla.events import Event, read_event
from sla.finding import Finding, Settled
from sla.histories import JsonObject, RunKept, canonical, digest_of
from sla.ledger_line import LedgerLine
from sla.messages import ProcessRef
from sla.process.model import Process
from sla.timeline import Timeline
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.engine import Database

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
REF = ProcessRef(process="Support", version=1, revision=1)


def at(clock: str) -> datetime:
    """An instant of that Monday: `at("09:30")`."""
    hours, minutes = clock.split(":")
    return MONDAY + timedelta(hours=int(hours), minutes=int(minutes))


def a_process(name: str = "Support", within: str = "1h", **more: Any) -> Process:
    """One milestone that warns at half and tells of a violation."""
    line = {
        "milestone": "Answer",
        "within": within,
        "warnings": [{"at": "50%", "actions": [{"email": {"to": "owner", "template": "warning"}}]}],
        "violations": [{"after": "0s", "actions": [{"reassign": {"to": "role:senior"}}]}],
    }
    return Process.model_validate({"process": name, "milestones": [line], **more})


def some_hours(name: str = "office", windows: str = "09:00-17:00", **more: Any) -> BusinessHours:
    """Weekdays in London."""
    week = {day: [windows] for day in ("mon", "tue", "wed", "thu", "fri")}
    return BusinessHours.model_validate({"calendar": name, "timezone": "Europe/London", "hours": week, **more})


def an_event(
    type_: str, clock: str, *, name: str = "", record: str = "C-1", learned: str | None = None, **more: Any
) -> Event:
    """An event of that Monday, learned at once unless told otherwise."""
    told = {"record": record, "id": name or f"{type_}-{clock}", "type": type_, "at": at(clock), **more}
    return read_event(told | ({"recorded_at": at(learned)} if learned else {}), where="test")


def opened(clock: str = "09:00", record: str = "C-1", **fields: Any) -> Event:
    """A case came in."""
    return an_event("opened", clock, name="e-open", record=record, fields={"type": "case", **fields})


def the_timeline(events: Sequence[Event], clock: str, process: Process | None = None) -> Timeline:
    """What these events come to as of a time of that Monday."""
    return evaluate(process or a_process(), {}, events, at(clock))


def packed(run_id: str, history: JsonObject, **about: Any) -> PackedRun:
    """A closed run, ready for the archive; `about` it is known whatever differs from the usual."""
    text, digest = canonical(history).encode(), digest_of(history)
    usual: dict[str, Any] = {"status": "completed", "events": len(history["events"]), "engine": "0.1.0"}
    told = {**usual, "digest": digest, "original_digest": digest, **about}
    return PackedRun(about=RunKept(run_id=run_id, **told), size=len(text), body=zlib.compress(text))


async def publish(database: Database, *definitions: Process | BusinessHours) -> None:
    """Put into the catalogue, whoever they name."""
    async with Catalogue(database).publishing(at=at("08:00")) as publication:
        for one in definitions:
            await (publication.publish_process(one) if isinstance(one, Process) else publication.publish_calendar(one))


async def append(cases: StoredCases, record: str, ref: ProcessRef, events: Sequence[Event]) -> None:
    """Tell the log of events, of which nothing is known yet but that they happened."""
    if not events:
        return
    log = list(events)
    while True:
        nothing = the_timeline(log[:1], "09:00").model_copy(
            update={"record": record, "milestones": (), "effects": (), "as_of": log[0].recorded_at}
        )
        settled = await cases.settle(Finding(ref=ref, log=log, timeline=nothing))
        if not settled.unknown:
            return
        log = [*settled.unknown, *log]


async def keep(cases: StoredCases, timeline: Timeline, *ended: LedgerLine) -> Settled:
    """Make the current view of a record equal a timeline, and enter what ended."""
    log = await cases.log(timeline.record)
    return await cases.settle(Finding(ref=REF, log=log, timeline=timeline, ended=ended))
