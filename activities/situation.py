"""A case's log, evaluated: what `decide`, `record` and `perform` all begin with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from activities.ports import Definitions
from sla.calendar import BusinessHours
from sla.dispatch import as_of
from sla.engine import evaluate
from sla.events import Event
from sla.messages import ProcessRef
from sla.process.model import Process
from sla.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A timeline with the definitions that it came from."""

    process: Process
    calendars: Mapping[str, BusinessHours]
    default_hours: BusinessHours
    timeline: Timeline


async def situation(definitions: Definitions, ref: ProcessRef, log: Sequence[Event], now: datetime) -> Situation:
    """Evaluate a log as of `now` (see `sla.dispatch.as_of`). Raises what the definitions raise."""
    process = await definitions.process(ref)
    calendars = await definitions.calendars(ref)
    default_hours = await definitions.default_hours(ref)
    timeline = evaluate(process, calendars, log, as_of(log, now), default_hours=default_hours)
    return Situation(process=process, calendars=calendars, default_hours=default_hours, timeline=timeline)
