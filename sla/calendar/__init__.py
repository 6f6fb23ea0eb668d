"""Business hours: open time by weekly windows, holidays and time zones (SPEC 1)."""

from sla.calendar.hours import ALWAYS, BusinessHours

__all__ = ["ALWAYS", "BusinessHours"]
