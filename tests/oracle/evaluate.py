"""`simulate`: from plain dicts to the JSON objects of `milepost simulate --json` (SPEC 7).

Readings chosen:
- A record whose `opened` lies after `until` is left out, and so is one that was not opened or is of another type.
- Only one occurrence of a milestone is listed as waiting, and none while one is open.
- A forecast whose start cannot be known while the clock is stopped has null `started_at` and `target_at`.
- `next_wakeup`: a target ahead counts also on an already violated occurrence (longer limit); warnings of a violated
  occurrence do not. `at` of known events counts also while out. What waits for a `during` calendar counts at its
  opening, whether it will then be performed or dropped.
- `retracted` of a milestone is true once a violation of which something was done has been taken back, and stays so
  even if it is violated again; an escalation alone that falls away does not count.
- An `uncompleted` that the state of the case refuses is reported with the refused events and leaves no note.
- A warning counts for `at_risk` if its row is `due` on an open occurrence.
- A warning performed, retracted, and then skipped by present knowledge has two rows: the first run, retracted, and
  `~2`, skipped.
"""

from datetime import datetime
from typing import Any

from tests.oracle.completing import REASONS
from tests.oracle.hours import epoch, iso
from tests.oracle.intake import accept
from tests.oracle.knowledge import RETRACTED, Record, play
from tests.oracle.model import Action, Json, Occurrence, Trigger
from tests.oracle.projection import Projection
from tests.oracle.triggers import NO_ROOM


def simulate(
    process: Json, calendars: dict[str, Json], events: list[Json], until: datetime | str | None = None
) -> list[Json]:
    """One object for each record, in order of first appearance."""
    return simulate_all(process, calendars, events, until)[0]


def simulate_all(
    process: Json, calendars: dict[str, Json], events: list[Json], until: datetime | str | None = None
) -> tuple[list[Json], list[Json]]:
    """The objects, and the refused events, each with its reason under `why`."""
    lines = [{**event, "recorded_at": event.get("recorded_at", event["at"])} for event in events]
    if not lines:
        return [], []
    end = max(epoch(event["recorded_at"]) for event in lines) if until is None else epoch(until)
    results: list[Json] = []
    refused: list[Json] = []
    for record in dict.fromkeys(str(event["record"]) for event in lines):
        known = [e for e in lines if str(e["record"]) == record and epoch(e["recorded_at"]) <= end]
        accepted = accept(process, known, refused)
        opened = next((event for event in accepted if event["type"] == "opened"), None)
        if opened is None or epoch(opened["at"]) > end:
            continue
        memory, present = play(process, calendars, record, accepted, end)
        refused += present.refused
        results.append(_present(process, memory, present))
    return results, refused


# -- rows


def _present(process: Json, memory: Record, present: Projection) -> Json:
    milestones, effects = [], _effects(memory, present)
    told = {(present.groups[group][0].milestone, number) for group, number in memory.retracted}
    for group, occurrences in enumerate(present.occurrences):
        milestones += [_milestone(present, o, told) for o in occurrences]
        forecast = present.forecast(group)
        if forecast is not None:
            milestones.append(_waiting(forecast, told))
    return {
        "record": memory.record,
        "process": process["process"],
        "status": _status(process, present, milestones, effects),
        "milestones": milestones,
        "effects": effects,
        "next_wakeup": iso(_next_wakeup(memory, present)),
        "notes": list(present.notes),
    }


def _milestone_status(present: Projection, o: Occurrence) -> str:
    if o.completed_at is not None:
        return "met_late" if o.violated else "met"
    if not o.open:
        return "missed" if o.violated else "cancelled"
    if o.violated:
        return "overdue"
    return "stopped" if present.stopped_now(o.line) else "running"


def _milestone(present: Projection, o: Occurrence, told: set[tuple[str, int]]) -> Json:
    end = present.now if o.end is None else o.end
    total = o.hours.open_s(o.start, end)
    consumed = present.consumed(o.line, o.hours, o.start, end)
    completed = o.completed_at is not None
    return {
        "milestone": o.line.milestone,
        "occurrence": o.number,
        "status": _milestone_status(present, o),
        "started_at": iso(o.start),
        "target_at": iso(o.target),
        "completed_at": iso(o.completed_at),
        "violated": o.violated,
        "violated_at": iso(o.violated_at),
        "retracted": (o.line.milestone, o.number) in told,
        "limit_s": o.limit,
        "elapsed_s": total if completed else None,
        "stopped_s": total - consumed,
        "actual_s": consumed if completed else None,
        "overdue_s": max(0, consumed - o.limit),
        "reason": REASONS.get(o.ended_by or ""),
    }


def _waiting(forecast: dict[str, Any], told: set[tuple[str, int]]) -> Json:
    milestone = forecast["line"].milestone
    return {
        "milestone": milestone,
        "occurrence": forecast["number"],
        "status": "waiting",
        "started_at": iso(forecast["start"]),
        "target_at": iso(forecast["target"]),
        "completed_at": None,
        "violated": False,
        "violated_at": None,
        "retracted": (milestone, forecast["number"]) in told,
        "limit_s": forecast["limit"],
        "elapsed_s": None,
        "stopped_s": 0,
        "actual_s": None,
        "overdue_s": 0,
        "reason": None,
    }


def _effect(key: str, due_at: int, of: tuple[str, int], *, trigger: Trigger, action: Action, threshold: int | None) -> Json:
    return {
        "key": key,
        "due_at": iso(due_at),
        "milestone": of[0],
        "occurrence": of[1],
        "trigger": trigger.kind,
        "threshold": threshold,
        "action": action.kind,
        "params": action.params,
        "status": "due",
        "reason": None,
    }


def _effects(memory: Record, present: Projection) -> list[Json]:
    rows: list[tuple[tuple[int, int], Json]] = []
    for run in memory.runs:
        f = run.firing
        of = (f.line.milestone, f.occurrence.number)
        row = _effect(run.key, f.due_at, of, trigger=f.trigger, action=f.action, threshold=f.threshold)
        late = f.trigger.kind in ("warning", "violation") and run.performed_at > f.due_at
        row["reason"] = "late" if late else None
        if not run.active:
            row["status"], row["reason"] = "retracted", RETRACTED
        rows.append(((f.due_at, run.order), row))
    for f in present.firings:
        base = f.key(memory.record)
        why = f.skipped or memory.skipped.get(base)
        if why is None:
            continue
        row = _effect(
            base,
            f.due_at,
            (f.line.milestone, f.occurrence.number),
            trigger=f.trigger,
            action=f.action,
            threshold=f.threshold,
        )
        row["status"], row["reason"] = "skipped", why
        row["key"] = _next_key(memory, base)
        rows.append(((f.due_at, f.order), row))
    for apology in memory.apologies:
        if not (apology.performed or apology.dropped):
            continue
        of = (apology.line.milestone, apology.milestone[1])
        row = _effect(apology.key, apology.due_at, of, trigger=apology.line.retracted, action=apology.action, threshold=None)
        if apology.dropped:
            row["status"], row["reason"] = "skipped", apology.dropped
        rows.append(((apology.due_at, apology.order), row))
    rows += _no_room(memory, present)
    return [row for _, row in sorted(rows, key=lambda item: item[0])]


def _next_key(memory: Record, base: str) -> str:
    number = 1 + sum(run.base_key == base for run in memory.runs)
    return base if number == 1 else f"{base}~{number}"


def _no_room(memory: Record, present: Projection) -> list[tuple[tuple[int, int], Json]]:
    """Warnings whose threshold is not after the start, which only a limit table can bring about."""
    rows = []
    for o in (o for occurrences in present.occurrences for o in occurrences):
        for trigger in o.line.warnings:
            threshold = trigger.threshold(o.limit, o.hours)
            if threshold is None or threshold > 0 or trigger.name in o.fired:
                continue
            for action in trigger.actions:
                base = f"{memory.record}/{o.line.milestone}#{o.number}/{o.line.number}"
                key = _next_key(memory, f"{base}/{trigger.name}/{action.position}")
                row = _effect(
                    key, o.start, (o.line.milestone, o.number), trigger=trigger, action=action, threshold=threshold
                )
                row["status"], row["reason"] = "skipped", NO_ROOM
                rows.append(((o.start, 0), row))
    return rows


def _status(process: Json, present: Projection, milestones: list[Json], effects: list[Json]) -> str:
    cycles = {(o.line.milestone, o.number): o for occurrences in present.occurrences for o in occurrences}
    since = present.cycle if process.get("on_reopen") == "restart" else 0
    counted = {of for of, o in cycles.items() if o.cycle >= since}
    rows = [row for row in milestones if (row["milestone"], row["occurrence"]) in counted]
    if any(row["status"] == "overdue" for row in rows):
        return "violated_open"
    if any(row["violated"] for row in rows):
        return "violated_closed"
    still_open = {of for of in counted if cycles[of].open}
    warned = any(
        effect["trigger"] == "warning"
        and effect["status"] == "due"
        and (effect["milestone"], effect["occurrence"]) in still_open
        for effect in effects
    )
    return "at_risk" if warned else "compliant"


def _next_wakeup(memory: Record, present: Projection) -> int | None:
    now = present.now
    ahead = [epoch(event["at"]) for event in present.events] + list(memory.held)
    ahead += [held.perform_at for held in present.held]
    for group in range(len(present.groups)):
        forecast = present.forecast(group)
        if forecast is not None and forecast["start"] is not None:
            ahead.append(forecast["start"])
        current = present.open_one(group)
        if current is None:
            continue
        target = present.target(current)
        ahead += [target] if target is not None else []
        if not present.out:
            for at, trigger, _ in present.pending(current):
                if trigger.kind == "violation" or not current.violated:
                    ahead += _dues(present, at, trigger)
    return min((instant for instant in ahead if instant > now), default=None)


def _dues(present: Projection, at: int, trigger: Trigger) -> list[int]:
    """When the actions of a trigger fall due, `during` considered."""
    names = [action.params.get("during") for action in trigger.actions]
    return [present.calendars[str(name)].next_open(at) if name else at for name in names] or [at]
