"""`evaluate`: what a record's events come to under a process, as of an instant (SPEC 7). Nothing else knows a rule.

A pure function: the same process, calendars, events and instant give the same timeline, in any order of arrival, now and
in a replay years later. The parts are in `sla.evaluation`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sla.calendar import ALWAYS, BusinessHours
from sla.evaluation.admission import admit
from sla.evaluation.ledger import Ledger
from sla.evaluation.plan import Plan, compile_plan
from sla.evaluation.report import report, report_nothing
from sla.events import Event
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
) -> Timeline:
    """Evaluate one record's events, as known at `now`: those with `recorded_at <= now`, in any order.

    `calendars` are by name and must hold every calendar that the process names; `default_hours` is the installation's.
    Events that may not happen are in `Timeline.refused` and change nothing. Raises ValueError for a naive `now`.
    """
    now = to_instant(now)
    known = [event for event in events if event.recorded_at <= now]
    admitted = admit(process, calendars, known)
    if admitted.opened is None:
        return report_nothing(process, known, admitted.refused, now)
    ledger = Ledger(admitted.opened.event.record, _plan(process), calendars, default_hours)
    walk = ledger.follow(admitted.opened, admitted.others, to_s(now))
    return report(walk, ledger, admitted.refused, now)


def _plan(process: Process) -> Plan:
    """Compile once for each process object; it is immutable, so the plan stays true."""
    plan = process._plan
    if not isinstance(plan, Plan):
        plan = compile_plan(process)
        process._plan = plan
    return plan
