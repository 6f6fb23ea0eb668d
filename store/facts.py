"""What is new about a record's occurrences: the difference between the view that was and the view that is. Pure.

Facts are for people who ask later what was known when: `violated` at 10:00, found out then; `retracted`, found out at 10:03.
An occurrence that is only foreseen (`waiting`) is no fact yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sla.instants import to_text
from sla.timeline import Occurrence, Status

What = Status | Literal["violated", "retracted", "completed", "uncompleted", "withdrawn"]
Key = tuple[str, int]
"""An occurrence's identity on its record: milestone and number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFact:
    """Something that came to be so with an occurrence at `at`, and that was found out at `as_of`.

    `what` is a status that it took; or `violated` and `retracted`, `completed` and `uncompleted`; or `withdrawn`: later
    knowledge does not have this occurrence at all.
    """

    milestone: str
    occurrence: int
    what: What
    at: datetime
    as_of: datetime
    details: dict[str, Any] = field(default_factory=dict)


def facts_between(
    before: Mapping[Key, Occurrence], after: Mapping[Key, Occurrence], as_of: datetime
) -> Iterator[OutcomeFact]:
    """What is new in `after`, occurrence by occurrence in its order; last those that are gone."""
    for key, now in after.items():
        yield from _changes(_told(before.get(key)), now, as_of)
    for key, was in before.items():
        if key not in after and _told(was) is not None:
            yield _fact(was, "withdrawn", as_of, as_of, before=was.status)


def _told(occurrence: Occurrence | None) -> Occurrence | None:
    return None if occurrence is None or occurrence.status == "waiting" else occurrence


def _changes(was: Occurrence | None, now: Occurrence, as_of: datetime) -> Iterator[OutcomeFact]:
    if now.status == "waiting":
        if was is not None:
            yield _fact(now, "withdrawn", as_of, as_of, before=was.status)
        return
    violated_at = was.violated_at if was else None
    if now.violated and violated_at != now.violated_at:
        yield _fact(now, "violated", now.violated_at, as_of, before=violated_at)
    elif not now.violated and (violated_at is not None or now.retracted > (was is not None and was.retracted)):
        yield _fact(now, "retracted", as_of, as_of, before=violated_at)
    completed_at = was.completed_at if was else None
    if completed_at != now.completed_at:
        what: What = "uncompleted" if now.completed_at is None else "completed"
        yield _fact(now, what, now.completed_at, as_of, before=completed_at)
    if was is None or was.status != now.status:
        yield _fact(now, now.status, _since(was, now), as_of, before=was.status if was else None)


def _since(was: Occurrence | None, now: Occurrence) -> datetime | None:
    """When it took its status, as far as its own instants tell; None if only the decision's does."""
    if now.status == "running" and was is not None:
        return None  # it runs again after a stop, a completion taken back…
    known = {
        "running": now.started_at,
        "met": now.completed_at,
        "met_late": now.completed_at,
        "overdue": now.violated_at,
        "missed": now.ended_at,
        "cancelled": now.ended_at,
    }
    return known.get(now.status)


def _fact(
    occurrence: Occurrence, what: What, at: datetime | None, as_of: datetime, *, before: datetime | str | None
) -> OutcomeFact:
    details = {
        "before": to_text(before) if isinstance(before, datetime) else before,
        "status": occurrence.status,
        "target_at": to_text(occurrence.target_at) if occurrence.target_at else None,
        "reason": occurrence.reason,
    }
    return OutcomeFact(
        milestone=occurrence.milestone,
        occurrence=occurrence.occurrence,
        what=what,
        at=at or as_of,
        as_of=as_of,
        details={name: value for name, value in details.items() if value is not None},
    )
