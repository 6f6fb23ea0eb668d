"""`evaluate`: what a record's events come to under a process, as of an instant (SPEC 7). Nothing else knows a rule.

A pure function: the same process, calendars, events and instant give the same timeline, in any order of arrival, now and
in a replay years later. The parts are in `sla.evaluation`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sla.calendar import ALWAYS, BusinessHours
from sla.evaluation.admission import admit_heard, hear
from sla.evaluation.following import Followed, Laws
from sla.evaluation.ledger import Ledger
from sla.evaluation.plan import plan_of
from sla.evaluation.report import report, report_nothing
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
    now = to_instant(now)
    now_s, plan = to_s(now), plan_of(process)
    known = hear(events, now_s)
    laws = None
    if versions is not None:
        laws = Laws(Followed(process=process, calendars=calendars, default_hours=default_hours), versions)
    admitted = admit_heard(plan, calendars, known, laws)
    if admitted.opened is None:
        return report_nothing(process, [one.event for one in known], admitted.refused, now)
    ledger = Ledger(plan, calendars, default_hours, admitted)
    walk = ledger.follow(now_s)
    timeline = report(walk, ledger, admitted.refused, now)
    walk.let_go()
    return timeline


def evaluate_under(laws: Laws, events: Sequence[Event], now: datetime) -> Timeline:
    """The same for a record that may have moved: under the law that it was opened under, and those of its versions."""
    first = laws.first
    return evaluate(first.process, first.calendars, events, now, default_hours=first.default_hours, versions=laws.versions)
