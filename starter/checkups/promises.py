"""The check of what is promised: whether some of it ends soon."""

from starter.checkups.findings import Told, counted, ok, some, warning
from starter.checkups.patient import Patient

AHEAD_DAYS = 30
SHOWN = 5


async def expiring(patient: Patient) -> Told:
    """Entitlements whose last day is near: afterwards nobody is helped by them."""
    found = await patient.store.expiring(patient.now(), AHEAD_DAYS)
    if not found:
        return ok(f"none ends within {AHEAD_DAYS} days")
    shown = [f"{one.candidate.name} ({one.ends_on})" for one in found[:SHOWN]]
    ends = "ends" if len(found) == 1 else "end"
    said = f"{counted(len(found), 'entitlement')} {ends} within {AHEAD_DAYS} days: {some(shown, len(found))}"
    return warning(said, "Renew them, or let them end. Whom to speak with:", "milepost entitlement expiring")
