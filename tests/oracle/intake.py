"""Which events count, and in which order (SPEC 2 and 8, *Refusals*).

Readings chosen:
- `opened`: of several, the first recorded (in a file at equal times the first line) is the one; events are judged
  against it even if they were recorded before it.
- "Before `opened`" means before the `at` of the `opened` event, also where `opened_at` is earlier.
- `--until` defaults to the latest `recorded_at` of all lines, refused ones included.
"""

from tests.oracle.hours import epoch
from tests.oracle.model import Json

TYPES = (
    "opened", "changed", "completed", "uncompleted", "stopped", "resumed", "noted", "closed", "reopened", "migrated",
)  # fmt: skip


def accept(process: Json, lines: list[Json], refused: list[Json]) -> list[Json]:
    """The events that count, ordered by (`at`, `recorded_at`, `id`)."""
    milestones = {str(line["milestone"]) for line in process["milestones"]}
    applies_to = process.get("applies_to", "case")
    recorded = sorted(lines, key=lambda event: epoch(event["recorded_at"]))  # stable: equal times in file order
    opened = next((event for event in recorded if event["type"] == "opened"), None)
    fields = (opened or {}).get("fields") or {}
    if opened is None or fields.get("type", applies_to) != applies_to:
        refused += [{**event, "why": "its record is not open under this process"} for event in recorded]
        return []
    accepted: dict[str, Json] = {}
    for event in recorded:
        if event["id"] in accepted:
            continue
        why = _refusal(event, opened, milestones)
        if why is None:
            accepted[event["id"]] = event
        else:
            refused.append({**event, "why": why})
    counted = [event for event in accepted.values() if event["type"] != "migrated"]
    return sorted(counted, key=lambda e: (epoch(e["at"]), epoch(e["recorded_at"]), str(e["id"])))


def _refusal(event: Json, opened: Json, milestones: set[str]) -> str | None:
    if event["type"] not in TYPES:
        return "unknown type"
    if event["type"] == "opened" and event is not opened:
        return "already opened"
    if event["type"] in ("completed", "uncompleted") and event.get("milestone") not in milestones:
        return "unknown milestone"
    return "before opened" if epoch(event["at"]) < epoch(opened["at"]) else None
