"""`milepost doctor`: is everything there that Milepost needs, and does anything wait for a person?

A table of checks, made at the same time as far as they do not need each other. A check says what it found and what to do; it
never raises, takes `LIMIT_S` at most, and changes nothing. No Desk: that needs a database, and the doctor must come without.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sla.errors import InvalidSetting, MilepostError, ServiceUnavailable
from starter.checkups import archive, cases, definitions, mail, promises, storage, temporal
from starter.checkups.findings import Finding, Told, failed, not_checked
from starter.checkups.patient import Connect, Now, Patient
from store.engine import Database
from store.soundness import Soundness

if TYPE_CHECKING:
    from runtime.settings import Settings

LIMIT_S = 5.0
PATIENCE_S: Final = 4
"""For a connection, so that who cannot be reached is told of by name before the check's own time is up."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line: what it is called, what it asks, and which checks must not have failed before.

    `without`: what its failing means to those that need it.
    """

    name: str
    ask: Callable[[Patient], Awaitable[Told]]
    needs: tuple[str, ...] = ()
    without: str = ""


CHECKS: Final = (
    Check(name="settings", ask=definitions.settings),
    Check(name="database", ask=storage.database, without="the database cannot be used"),
    Check(name="schema", ask=storage.schema, needs=("database",), without="the database has not this release's tables"),
    Check(name="writing", ask=storage.writing, needs=("schema",)),
    Check(name="database clock", ask=storage.clock, needs=("database",)),
    Check(name="Temporal", ask=temporal.server, without="the Temporal server cannot be used"),
    Check(name="namespace", ask=temporal.namespace, needs=("Temporal",), without="the namespace is not there"),
    Check(name="search attributes", ask=temporal.search_attributes, needs=("namespace",)),
    Check(name="workers", ask=temporal.workers, needs=("namespace",)),
    Check(name="Temporal clock", ask=temporal.clock, needs=("namespace",)),
    Check(name="mail server", ask=mail.server),
    Check(name="templates", ask=definitions.templates),
    Check(name="processes", ask=definitions.named, needs=("schema",)),
    Check(name="stuck cases", ask=cases.stuck, needs=("namespace",)),
    Check(name="open records", ask=cases.followed, needs=("schema", "namespace")),
    Check(name="given-up actions", ask=cases.given_up, needs=("schema",)),
    Check(name="entitlements", ask=promises.expiring, needs=("schema",)),
    Check(name="archive", ask=archive.kept, needs=("schema",)),
)
"""In the order in which they are shown; each stands below those that it needs."""


async def examine(settings: "Settings", connect: Connect, now: Now) -> list[Finding]:
    """Make all checks. `connect` should take `PATIENCE_S` at most."""
    database = Database(settings.database_url, patience_s=PATIENCE_S)
    patient = Patient(settings=settings, store=Soundness(database), connect=connect, now=now)
    made: dict[str, asyncio.Task[Finding]] = {}
    try:
        for check in CHECKS:
            made[check.name] = asyncio.create_task(_made(check, patient, made))
        return [await task for task in made.values()]
    finally:
        await database.dispose()


def unreadable(refusal: InvalidSetting) -> list[Finding]:
    """What is to be said where not even the settings can be read."""
    first, *others = CHECKS
    told = failed(str(refusal), "Mend it in the environment; docs/settings.md has them all.")
    return [_finding(first, told), *(_finding(other, not_checked("the settings cannot be read")) for other in others)]


async def _made(check: Check, patient: Patient, made: "dict[str, asyncio.Task[Finding]]") -> Finding:
    for need in check.needs:
        before = await made[need]
        if before.verdict == "not_checked":
            return _finding(check, not_checked(before.found))
        if before.verdict == "failed":
            return _finding(check, not_checked(_WITHOUT[need]))
    return _finding(check, await _told(check, patient))


_WITHOUT: Final = {check.name: check.without for check in CHECKS}


async def _told(check: Check, patient: Patient) -> Told:
    try:
        async with asyncio.timeout(LIMIT_S):
            return await check.ask(patient)
    except TimeoutError:
        return failed(f"no answer within {LIMIT_S:g} s", "Try again; if it stays so, see what keeps it so busy.")
    except ServiceUnavailable as gone:
        facts = gone.facts
        return failed(f"{facts['service']} at {facts['address']} does not answer ({facts['problem']})", facts["remedy"])
    except MilepostError as refusal:
        sentence, _, remedy = str(refusal).partition(". ")
        return failed(sentence, remedy or "See docs/errors.md.")
    except Exception as defect:
        found = f"the check itself failed: {type(defect).__name__}: {' '.join(str(defect).split())[:200]}"
        return failed(found, "This is a defect of Milepost: report it.")


def _finding(check: Check, told: Told) -> Finding:
    return Finding(check=check.name, verdict=told.verdict, found=told.found, remedy=told.remedy)
