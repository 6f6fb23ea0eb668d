"""The check of the archive: whether histories are stored before Temporal forgets them."""

from datetime import timedelta
from typing import Final

from starter.checkups.findings import Told, counted, ok, warning
from starter.checkups.patient import Patient
from store.archive import SHOWN

LATE: Final = timedelta(minutes=15)
"""What should have been looked at so long ago, nobody looks at."""


async def kept(patient: Patient) -> Told:
    """Whether somebody stores the histories of what has closed, and whether some were lost."""
    held = await patient.store.archive(behind=patient.now() - LATE)
    histories = ("history", "histories")
    if held.missed:
        of = ", ".join(held.records[:SHOWN]) + (" and others" if len(held.records) > SHOWN else "")
        found = f"Temporal forgot {counted(held.missed, *histories)} before they could be stored, of {of}"
        remedy = "Their outcomes are still explained, from their logs. Have Temporal keep what has closed for longer."
        return warning(found, remedy)
    if held.troubled:
        found = f"{counted(held.troubled, *histories)} could not be stored so far: {held.trouble}"
        return warning(found, "Mend that before Temporal forgets them; then they are stored by themselves.")
    if held.behind:
        found = f"{counted(held.behind, 'run')} of cases should have been looked at {LATE.seconds // 60} minutes ago"
        return warning(found, "Nobody keeps histories. Start a worker of this release, which sees to it:", "milepost worker")
    lost = f"; {counted(held.lost, 'older one')} of which are lost" if held.lost else ""
    return ok(f"{counted(held.stored, *histories)} stored{lost}")
