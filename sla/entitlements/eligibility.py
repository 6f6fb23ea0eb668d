"""May this customer ask now, and until when? Without a process, and without opening anything (SPEC 6).

Whoever has several promises may ask if one of them is in force, not used up, and within its business hours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sla.calendar import ALWAYS, BusinessHours
from sla.entitlements.choosing import Rejected, Request, blocked, misfit, order, out_of_term, spent
from sla.entitlements.standing import Candidate, begins_at, ends_at, status_of
from sla.errors import NoOpenTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whether one may ask now, by which entitlement, and `until` when (None: without an end).

    If not: from when on, as far as is known (`again_at`), and what is wrong with each.
    """

    may: bool
    entitlement: str | None
    until: datetime | None
    again_at: datetime | None
    why: str
    rejected: tuple[Rejected, ...] = ()


def eligible(
    candidates: Iterable[Candidate],
    request: Request,
    now: datetime,
    *,
    hours: Mapping[str, BusinessHours] | None = None,
    default_hours: BusinessHours = ALWAYS,
) -> Eligibility:
    """Whether this request may be made now. `hours`: the calendars by name; those that none names are `default_hours`."""
    known = sorted(candidates, key=order)
    wanted = [one for one in known if request.entitlement in (None, one.name)]
    closed = {one.name: _closed(one, request, now, _hours(one, hours or {}, default_hours)) for one in wanted}
    open_now = next((one for one in wanted if closed[one.name] is None), None)
    rejected = tuple(Rejected(entitlement=name, reason=why) for name, why in sorted(closed.items()) if why is not None)
    if open_now is not None:
        until = _until(open_now, now, _hours(open_now, hours or {}, default_hours))
        why = f"'{open_now.name}' is in force" + ("" if open_now.entitlement.business_hours is None else " and open")
        return Eligibility(may=True, entitlement=open_now.name, until=until, again_at=None, why=why, rejected=rejected)
    again = _soonest(wanted, request, now, hours or {}, default_hours)
    return Eligibility(
        may=False,
        entitlement=again[1] if again else None,
        until=None,
        again_at=again[0] if again else None,
        why="nothing is promised" if not wanted else f"'{again[1]}' opens then" if again else "nothing promised will open",
        rejected=rejected,
    )


def _hours(one: Candidate, hours: Mapping[str, BusinessHours], default: BusinessHours) -> BusinessHours:
    return hours.get(one.entitlement.business_hours or "", default)


def _closed(one: Candidate, request: Request, now: datetime, hours: BusinessHours) -> str | None:
    """Why one may not ask by it now; None if one may."""
    if (problem := _never(one, request)) is not None:
        return problem
    if (problem := out_of_term(one, now)) is not None:
        return problem
    return None if hours.is_open(now) else f"its business hours '{hours.calendar}' are closed now"


def _never(one: Candidate, request: Request) -> str | None:
    """Why waiting would not help."""
    if (problem := misfit(one, request)) is not None:
        return problem
    return spent(one) if blocked(one) else None


def _until(one: Candidate, now: datetime, hours: BusinessHours) -> datetime | None:
    ends = [at for at in (ends_at(one.entitlement, one.zone, now), _closes_at(hours, now)) if at is not None]
    return min(ends, default=None)


def _closes_at(hours: BusinessHours, now: datetime) -> datetime | None:
    try:
        return hours.next_close(now)
    except NoOpenTime:  # it never closes
        return None


def _soonest(
    wanted: Sequence[Candidate],
    request: Request,
    now: datetime,
    hours: Mapping[str, BusinessHours],
    default: BusinessHours,
) -> tuple[datetime, str] | None:
    """The first instant at which one of them is in force and open, and which that is."""
    found = [
        (at, one.name)
        for one in wanted
        if _never(one, request) is None and (at := _opens_at(one, now, _hours(one, hours, default))) is not None
    ]
    return min(found, default=None)


def _opens_at(one: Candidate, now: datetime, hours: BusinessHours) -> datetime | None:
    if status_of(one.entitlement, one.zone, now) == "expired":
        return None
    try:
        at = hours.next_open(begins_at(one.entitlement, one.zone, now))
    except NoOpenTime:
        return None
    return at if status_of(one.entitlement, one.zone, at) == "active" else None
