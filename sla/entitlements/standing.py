"""What an entitlement is worth at an instant: its status, its end, what is left of it (SPEC 6). Derived, never stored."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sla.entitlements.days import first_of, local_day
from sla.entitlements.model import EntitlementEntry

Status = Literal["inactive", "active", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entitlement with what it inherits, and what is known of it. `timezone`: the account's.

    `applies_to`: the type of records that its process is for; None without one. `used`: how many records it was good for.
    """

    entitlement: EntitlementEntry
    timezone: str
    used: int = 0
    applies_to: str | None = None

    @property
    def name(self) -> str:
        """Its id."""
        return self.entitlement.entitlement

    @property
    def zone(self) -> ZoneInfo:
        """In which its dates are meant."""
        return ZoneInfo(self.timezone)

    @property
    def remaining(self) -> int | None:
        """For how many more records it is good; None is for any number."""
        allowed = self.entitlement.per_incident
        return None if allowed is None else max(allowed - self.used, 0)

    @property
    def exhausted(self) -> bool:
        """Whether all of a limited number are used."""
        return self.remaining == 0


def status_of(entitlement: EntitlementEntry, zone: ZoneInfo, now: datetime) -> Status:
    """Whether it has begun and not ended by the date on the account's wall."""
    today = local_day(now, zone)
    if entitlement.ends_on is not None and today > entitlement.ends_on:
        return "expired"
    if entitlement.starts_on is not None and today < entitlement.starts_on:
        return "inactive"
    return "active"


def ends_at(entitlement: EntitlementEntry, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The first instant, not before `now`, at which it is expired; None if it never is."""
    if entitlement.ends_on is None:
        return None
    return first_of(entitlement.ends_on + timedelta(days=1), zone, not_before=now)


def begins_at(entitlement: EntitlementEntry, zone: ZoneInfo, now: datetime) -> datetime:
    """The first instant, not before `now`, at which it has begun."""
    if entitlement.starts_on is None or status_of(entitlement, zone, now) != "inactive":
        return now
    return first_of(entitlement.starts_on, zone, not_before=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """An entitlement that ends soon: its last day, and how many days are left, 0 on the last."""

    candidate: Candidate
    ends_on: date
    days_left: int


def expiring(candidates: "list[Candidate]", now: datetime, days: int) -> list[Expiry]:
    """Those that are in force or ahead and whose last day is at most `days` days away, the nearest first."""
    found = []
    for one in candidates:
        ends_on = one.entitlement.ends_on
        if ends_on is None:
            continue
        left = (ends_on - local_day(now, one.zone)).days
        if 0 <= left <= days:
            found.append(Expiry(candidate=one, ends_on=ends_on, days_left=left))
    return sorted(found, key=lambda expiry: (expiry.days_left, expiry.candidate.name))
