"""Checks of the database: it answers, has this release's tables, can be written, and knows what time it is."""

import re
import shutil

from sla.errors import SchemaBehind
from starter.checkups.clocks import judged
from starter.checkups.findings import Told, failed, not_checked, ok, warning
from starter.checkups.patient import Patient

OLDEST_POSTGRESQL = 14
"""The oldest release that its makers mend."""
LITTLE_BYTES = 1_000_000_000
"""Less free space than this is worth a word; a case with its log takes some ten thousand bytes."""


async def database(patient: Patient) -> Told:
    """Whether it answers, and which it is."""
    store = patient.store
    if store.file is not None and not store.file.exists():  # SQLite would make an empty one
        return failed(f"there is no file {store.file}", "Make it, or set MILEPOST_DATABASE_URL:", "milepost store upgrade")
    kind, version = "PostgreSQL" if store.file is None else "SQLite", await store.version()
    found = f"{kind} {version.split()[0]} at {store.address}"
    release = re.match(r"\d+", version)
    if store.file is None and release and int(release[0]) < OLDEST_POSTGRESQL:
        return warning(f"{found}, which nobody mends any more", f"Upgrade it to {OLDEST_POSTGRESQL} or later.")
    return ok(found)


async def schema(patient: Patient) -> Told:
    """Whether its tables are this release's."""
    try:
        found, needed = await patient.store.check_schema()
    except SchemaBehind as behind:
        problem = f"it is at '{behind.facts['found']}', this Milepost needs '{behind.facts['needed']}'"
        return failed(problem, "Bring it up to date:", "milepost store upgrade")
    return ok(f"at '{found}'" + ("" if found == needed else f", a later release's; this one needs '{needed}'"))


async def writing(patient: Patient) -> Told:
    """Whether something can be written, as far as that shows without writing."""
    if obstacle := await patient.store.obstacle():
        return failed(
            obstacle, "Workers cannot record anything there: set MILEPOST_DATABASE_URL to one that can be written."
        )
    file = patient.store.file
    if file is None:
        return ok("it takes writers, and lets us write")
    free = shutil.disk_usage(file.parent).free
    if free < LITTLE_BYTES:
        return warning(f"only {free / 1e6:,.0f} MB are free on its disk", "Make room: when it is full, cases stand still.")
    return ok(f"the file can be written, with a write-ahead log; {free / 1e9:,.0f} GB are free")


async def clock(patient: Patient) -> Told:
    """Its clock against this machine's."""
    before = patient.now()
    theirs = await patient.store.clock()
    after = patient.now()
    if theirs is None:
        return not_checked("SQLite has no clock of its own")
    return judged(least=theirs - after, most=theirs - before, whose="the database's")
