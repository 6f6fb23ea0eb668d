"""Checks of the cases: none is stuck, every open record is followed, and no action waits for a person."""

import shlex
from datetime import datetime, timedelta

from sla import messages
from starter.checkups.findings import Told, counted, failed, not_checked, ok, some, warning
from starter.checkups.patient import Patient

SHOWN = 5
COMPARED = 2_000
"""Up to so many records are compared with the workflows one by one; of more the numbers are."""
LOOKED_AT = 20
"""Of those that seem amiss so many are looked at again, since Temporal's lists are a little late."""
SETTLING = timedelta(minutes=1)
"""A workflow that began no longer ago than this may yet write its record."""


async def stuck(patient: Patient) -> Told:
    """Cases whose decisions fail again and again: they neither warn nor record, until the cause is mended."""
    found = await patient.server.stuck(limit=SHOWN)
    if found is None:
        return not_checked("this Temporal server keeps no account of it; later releases do")
    count, ids = found
    if not count:
        return ok("none")
    first = shlex.quote(messages.workflow_id(ids[0])) if ids else "…"
    return failed(
        f"{counted(count, 'case')}: {some(ids, count)}",
        "They go on by themselves once a worker runs that can follow them. What they complain of:",
        f"temporal workflow show --namespace {shlex.quote(patient.server.namespace)} --workflow-id {first}",
    )


async def followed(patient: Patient) -> Told:
    """Whether each open record has a workflow that runs, and each workflow its record."""
    records, flows = await patient.store.count_open(), await patient.server.count_running()
    if max(records, flows) > COMPARED:
        return _by_numbers(records, flows)
    running = await patient.server.running(limit=2 * COMPARED)
    ids = await patient.store.open_records(limit=2 * COMPARED)
    lost = await _lost(patient, [one for one in ids if one not in running])
    if lost:
        commands = [f"milepost case report {shlex.quote(one)} noted --kind checked" for one in lost[:SHOWN]]
        remedy = "Any news makes a record's workflow start anew from its log:"
        return failed(f"nobody follows {counted(len(lost), 'open record')}: {_first(lost)}", remedy, *commands)
    strangers = await _strangers(patient, {one: at for one, at in running.items() if one not in set(ids)})
    if strangers:
        found = f"{counted(len(strangers), 'workflow')} without a record in this database: {_first(strangers)}"
        remedy = "If it is the right database (MILEPOST_DATABASE_URL), it lost them, or no worker can write to it."
        return warning(found, remedy)
    return ok(f"{counted(records, 'open record')}, each with its workflow" if records else "no record is open")


def _first(ids: list[str]) -> str:
    return some(ids[:SHOWN], len(ids))


def _by_numbers(records: int, flows: int) -> Told:
    found = f"{counted(records, 'open record')}, {counted(flows, 'running workflow')}; compared by their numbers only"
    if records > flows:
        return warning(found, "Some records seem to have no workflow. Any news makes it start anew: milepost case report.")
    return ok(found)


async def _lost(patient: Patient, suspects: list[str]) -> list[str]:
    """Of records that seemed to have no workflow those that have none, and are still open."""
    alone = [one for one in suspects[:LOOKED_AT] if not await patient.server.is_running(one)]
    still = set(await patient.store.open_records(among=alone, limit=LOOKED_AT)) if alone else set()
    return [*(one for one in alone if one in still), *suspects[LOOKED_AT:]] if still else []


async def _strangers(patient: Patient, others: dict[str, datetime]) -> list[str]:
    settled = [one for one, started_at in others.items() if patient.now() - started_at > SETTLING]
    known = await patient.store.known(settled) if settled else set()
    return sorted(set(settled) - known)


async def given_up(patient: Patient) -> Told:
    """Actions that were tried for as long as the settings allow, or refused for good."""
    count, latest = await patient.store.given_up(limit=SHOWN)
    if not count:
        return ok("none waits for a person")
    records = list(dict.fromkeys(one.record for one in latest))
    of = f"of {some(records)}" if count == len(latest) else f"the latest of {some(records)}"
    commands = [f"milepost case retry {shlex.quote(one.record)} {shlex.quote(one.key)}" for one in latest]
    remedy = "milepost case show tells why. When the cause is mended, have them tried again:"
    return warning(f"{counted(count, 'action')} given up, {of}", remedy, *commands)
