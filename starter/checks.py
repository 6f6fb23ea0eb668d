"""What a definition needs of its surroundings: the installation's limits, calendars, and what 1bd is worth.

Each check raises the refusal that names file, line and path. What actions need is in `starter.action_checks`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sla.calendar import BusinessHours
from sla.duration import Duration
from sla.errors import LimitExceeded, UnknownCalendar
from sla.process.model import Milestone, Process
from starter.definitions import Found

if TYPE_CHECKING:
    from runtime.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much an installation allows (SPEC 3); the settings of these names have these defaults."""

    processes: int = 1000
    milestones: int = 10
    triggers: int = 10
    actions: int = 40

    @classmethod
    def of(cls, settings: "Settings") -> "Limits":
        """What the settings say."""
        return cls(
            processes=settings.max_processes,
            milestones=settings.max_milestones,
            triggers=settings.max_triggers,
            actions=settings.max_actions,
        )


def check_process(found: Found[Process], *, limits: Limits, calendars: Mapping[str, BusinessHours]) -> None:
    """Everything about a process that its limits and its calendars decide."""
    check_limits(found, limits)
    check_calendars(found, calendars)
    check_business_days(found, calendars)


def check_limits(found: Found[Process], limits: Limits) -> None:
    """Raise LimitExceeded for too many milestones, triggers of one, or actions of one trigger."""
    for path, count, what, limit, remedy in _counts(found.value, limits):
        if count > limit:
            raise LimitExceeded(where=found.where(path), count=count, what=what, limit=limit, remedy=remedy)


def _counts(process: Process, limits: Limits) -> Iterator[tuple[str, int, str, int, str]]:
    raised = "or raise MILEPOST_MAX_{}."
    remedy = f"Split the process, {raised.format('MILESTONES')}"
    yield "milestones", len(process.milestones), "milestones", limits.milestones, remedy
    for position, line in enumerate(process.milestones):
        path = f"milestones[{position}]"
        remedy = f"Split the milestone, {raised.format('TRIGGERS')}"
        count = len(line.warnings) + len(line.violations)
        yield path, count, "triggers (warnings and violations)", limits.triggers, remedy
        remedy = f"Move some to another trigger, {raised.format('ACTIONS')}"
        for trigger, actions in _triggers(line):
            yield f"{path}.{trigger}", actions, "actions", limits.actions, remedy


def _triggers(line: Milestone) -> Iterator[tuple[str, int]]:
    yield from ((f"warnings[{i}].actions", len(warning.actions)) for i, warning in enumerate(line.warnings))
    yield from ((f"violations[{i}].actions", len(violation.actions)) for i, violation in enumerate(line.violations))
    yield "success", len(line.success)
    yield "on_retracted", len(line.on_retracted)


def check_number_of_processes(count: int, limits: Limits, where: str) -> None:
    """Raise LimitExceeded for more processes than the installation may hold."""
    if count > limits.processes:
        remedy = "Retire some, or raise MILEPOST_MAX_PROCESSES."
        raise LimitExceeded(where=where, count=count, what="processes", limit=limits.processes, remedy=remedy)


def check_calendars(found: Found[Process], calendars: Mapping[str, BusinessHours]) -> None:
    """Raise UnknownCalendar for a name that is not among `calendars`, with those that are."""
    for path, name in found.value.calendars():
        hours_of(name, calendars, where=found.where(path))


def hours_of(name: str, calendars: Mapping[str, BusinessHours], *, where: str) -> BusinessHours:
    """The calendar of that name. Raises UnknownCalendar, which names `where` and those that are known."""
    if name not in calendars:
        raise UnknownCalendar(where=where, calendar=name, known=", ".join(sorted(calendars)) or "none")
    return calendars[name]


def check_business_days(found: Found[Process], calendars: Mapping[str, BusinessHours]) -> None:
    """Raise InvalidDefinition for limits and warnings that amount to nothing in the calendar that a milestone names.

    A fixed limit must leave room for each warning before it (SPEC 4); a table's is known only with the record.
    """
    for position, line in enumerate(found.value.milestones):
        hours = calendars.get(line.business_hours or found.value.business_hours or "")
        if hours is None:
            continue  # the record's own hours, or the installation's
        for path, limit in line.limits():
            if limit.resolve(hours.business_day_s) == 0:
                problem = f"{limit} is no time in '{hours.calendar}', which is open on no ordinary weekday"
                raise found.refused(f"milestones[{position}].{path}", problem)
        if isinstance(line.within, Duration):
            _check_warnings(found, position, line.within.resolve(hours.business_day_s), hours)


def _check_warnings(found: Found[Process], position: int, limit_s: int, hours: BusinessHours) -> None:
    line = found.value.milestones[position]
    for number, warning in enumerate(line.warnings):
        if warning.threshold_s(limit_s, hours.business_day_s) <= 0:
            problem = f"{warning.before} of '{hours.calendar}' leaves nothing of the limit {line.within}"
            raise found.refused(f"milestones[{position}].warnings[{number}].before", problem)
