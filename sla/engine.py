"""`evaluate`: what a record's events come to under a process, as of an instant (SPEC 7). Nothing else knows a rule.

A pure function: the same process, calendars, events and instant give the same timeline, in any order of arrival, now and
in a replay years later. The parts are in `sla.evaluation`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sla.account import Account
from sla.calendar import ALWAYS, BusinessHours
from sla.evaluation.accounting import account_of
from sla.evaluation.admission import admit_heard, hear
from sla.evaluation.following import Followed, Laws
from sla.evaluation.ledger import Ledger
from sla.evaluation.plan import plan_of
from sla.evaluation.projection import Projection
from sla.evaluation.report import report, report_nothing
from sla.evaluation.witness import Witness
from sla.events import Event, Version
from sla.instants import to_instant, to_s
from sla.process.model import Process
from sla.timeline import Timeline


def evaluate(
    process: Process,
    calendars: Mapping[str, BusinessHours],
    events: Sequence[Event],
    now: datetime,
    *,
    default_hours: BusinessHours = ALWAYS,
    versions: Mapping[Version, Followed] | None = None,
) -> Timeline:
    """Evaluate one record's events, as known at `now`: those with `recorded_at <= now`, in any order.

    `calendars` are by name and must hold every calendar that the process names; `default_hours` is the installation's.
    `versions` are what `migrated` events may move the record to; one of another version changes nothing, which is a note.
    None: only this process is given, and such events are ignored.
    Events that may not happen are in `Timeline.refused` and change nothing. Raises ValueError for a naive `now`.
    """
    laws = None
    if versions is not None:
        laws = Laws(Followed(process=process, calendars=calendars, default_hours=default_hours), versions)
    timeline, found = _walked(process, calendars, default_hours, events, now, laws=laws)
    if found is not None:
        found[0].let_go()
    return timeline


def evaluate_under(laws: Laws, events: Sequence[Event], now: datetime) -> Timeline:
    """The same for a record that may have moved: under the law that it was opened under, and those of its versions."""
    first = laws.first
    return evaluate(first.process, first.calendars, events, now, default_hours=first.default_hours, versions=laws.versions)


def account(
    process: Process,
    calendars: Mapping[str, BusinessHours],
    events: Sequence[Event],
    now: datetime,
    *,
    default_hours: BusinessHours = ALWAYS,
    versions: Mapping[Version, Followed] | None = None,
) -> Account:
    """The timeline of `evaluate`, and the engine's own reasons for it: the same walk, before a witness."""
    return account_under(
        Laws(Followed(process=process, calendars=calendars, default_hours=default_hours), versions), events, now
    )


def account_under(laws: Laws, events: Sequence[Event], now: datetime) -> Account:
    """The same for a record that may have moved."""
    first, witness = laws.first, Witness()
    told = None if laws.versions is None else laws
    timeline, found = _walked(first.process, first.calendars, first.default_hours, events, now, laws=told, witness=witness)
    if found is None:
        return Account(timeline=timeline, opened=None, occurrences=(), passages=(), waited={}, waiting=())
    walk, ledger = found
    account = account_of(walk, ledger, timeline)
    walk.let_go()
    return account


def _walked(
    process: Process,
    calendars: Mapping[str, BusinessHours],
    default_hours: BusinessHours,
    events: Sequence[Event],
    now: datetime,
    *,
    laws: Laws | None,
    witness: Witness | None = None,
) -> tuple[Timeline, tuple[Projection, Ledger] | None]:
    """The timeline, with the walk and the ledger that came to it; None for a record that was never opened."""
    now = to_instant(now)
    now_s, plan = to_s(now), plan_of(process)
    known = hear(events, now_s)
    admitted = admit_heard(plan, calendars, known, laws)
    if admitted.opened is None:
        return report_nothing(process, [one.event for one in known], admitted.refused, now), None
    ledger = Ledger(plan, calendars, default_hours, admitted)
    walk = ledger.follow(now_s, witness)
    return report(walk, ledger, admitted.refused, now), (walk, ledger)
