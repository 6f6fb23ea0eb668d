"""What a template sees: plain dicts of text and numbers, times already in the reader's zone. Nothing else can be reached."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from activities.actions.context import ActionContext
from activities.actions.recipients import Reader
from sla.duration import spoken
from sla.instants import date_in_words
from sla.timeline import Occurrence

NAMES: Final = frozenset({"record", "fields", "milestone", "process", "trigger", "note", "reader", "hours", "link", "now"})
"""The top-level names of a view, for checking templates against."""


async def view(context: ActionContext, reader: Reader | None = None) -> dict[str, Any]:
    """The view of a reader; without one, times are in the zone of the milestone's business hours."""
    zone = _zone(reader.timezone if reader else context.hours.timezone)
    line = context.line
    action = context.action
    return {
        "record": await _record(context, zone),
        "fields": dict(context.fields),
        "milestone": {
            "name": context.effect.milestone,
            "description": line.description if line else None,
            **_figures(context, zone),
        },
        "process": {"name": context.process.process, "description": context.process.description},
        "trigger": context.effect.trigger,
        "note": action.description if action else None,
        "reader": {
            "id": reader.id if reader else None,
            "name": reader.name if reader else None,
            "kind": reader.kind if reader else "channel",
            "zone": zone.key,
        },
        "hours": {"name": context.hours.calendar, "unit": "" if context.hours.hours == "always" else " of business hours"},
        "link": context.link,
        "now": said(context.now, zone),
    }


async def _record(context: ActionContext, zone: ZoneInfo) -> dict[str, Any]:
    directory = context.outside.directory
    owner_id, contact_id = context.text("owner"), context.text("contact")
    owner = await directory.person(owner_id) if owner_id else None
    contact = await directory.contact(contact_id) if contact_id else None
    shown = {name: context.text(name) for name in ("type", "subject", "priority", "status", "queue", "account")}
    return {
        "id": context.record,
        "what": (shown["type"] or "case").replace("_", " "),
        **shown,
        "owner": owner.name if owner else owner_id,
        "owner_id": owner_id,
        "contact": contact.name if contact else None,
        "opened_at": _field_at(context.fields.get("opened_at"), zone),
    }


def _field_at(value: Any, zone: ZoneInfo) -> str | None:
    try:
        return said(datetime.fromisoformat(value), zone)
    except (TypeError, ValueError):
        return None


def _figures(context: ActionContext, zone: ZoneInfo) -> dict[str, Any]:
    """The milestone in numbers and words; all None where by now it never began."""
    occurrence = context.occurrence
    return {
        "occurrence": context.effect.occurrence,
        "status": occurrence.status.replace("_", " ") if occurrence else None,
        "violated": occurrence.violated if occurrence else False,
        "target": _at(occurrence.target_at if occurrence else None, zone),
        "started": _at(occurrence.started_at if occurrence else None, zone),
        "completed": _at(occurrence.completed_at if occurrence else None, zone),
        "violated_at": _at(occurrence.violated_at if occurrence else None, zone),
        "limit": spoken(occurrence.limit_s) if occurrence else None,
        "left": about(occurrence.remaining_s) if occurrence else None,
        "left_s": occurrence.remaining_s if occurrence else None,
        "over": about(occurrence.overdue_s) if occurrence else None,
        "over_s": occurrence.overdue_s if occurrence else None,
        "took": _took(occurrence),
        "withdrawn": _withdrawn(context),
    }


def _took(occurrence: Occurrence | None) -> str | None:
    return about(occurrence.actual_s) if occurrence and occurrence.actual_s is not None else None


def _withdrawn(context: ActionContext) -> str | None:
    """Why the violation was withdrawn, in the engine's words."""
    prefix = context.key.rpartition("/retracted/")[0] + "/violation-"
    reasons = [e.reason for e in context.timeline.effects if e.key.startswith(prefix) and e.status == "retracted"]
    return reasons[-1] if reasons else None


# ---------------------------------------------------------------------- words


def about(seconds: int) -> str:
    """Seconds in words as people say them: whole minutes from two minutes on, exact below."""
    return spoken(seconds if seconds < 120 else (seconds + 30) // 60 * 60)


def said(at: datetime, zone: ZoneInfo) -> str:
    """An instant as people read it: `Mon 2 Mar 2026, 10:00 GMT (Europe/London)`."""
    local = at.astimezone(zone)
    seconds = f":{local:%S}" if local.second else ""
    short = _abbreviation(local)
    return f"{date_in_words(local)}, {local:%H:%M}{seconds} {short}{'' if short == zone.key else f' ({zone.key})'}"


def _at(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else said(at, zone)


def _abbreviation(local: datetime) -> str:
    """`CET`; where the zone has only a number for a name, `UTC+03:00`."""
    name = local.tzname() or "UTC"
    if name[0] not in "+-":
        return name
    offset = local.utcoffset() or timedelta()
    return f"UTC{'-' if offset < timedelta() else '+'}{str(abs(offset)).rpartition(':')[0].zfill(5)}"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # unknown, malformed, or a directory of zones
        return ZoneInfo("UTC")
