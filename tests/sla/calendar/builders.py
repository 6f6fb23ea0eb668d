"""Calendars and instants in few words."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sla.calendar import BusinessHours

OFFICE = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def some_hours(hours: Any = OFFICE, *holidays: Any, timezone: str = "UTC") -> BusinessHours:
    """Business hours with the defaults of a UTC office, from 9 to 5 on weekdays."""
    definition = {"calendar": "Support", "timezone": timezone, "hours": hours, "holidays": list(holidays)}
    return BusinessHours.model_validate(definition)


def local(text: str, zone: str = "UTC", *, fold: int = 0) -> datetime:
    """The UTC instant of a local wall-clock time; `fold=1` for the second time that it comes round."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)
