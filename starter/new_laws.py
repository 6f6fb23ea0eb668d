"""A process that people ask "what if" about: checked as `milepost simulate` checks it, whatever its calendars come from."""

from collections.abc import Mapping

from sla.calendar import BusinessHours
from sla.dossier import Dossier
from sla.errors import InvalidDefinition, UnknownCalendar
from sla.evaluation.admission import admit_under
from sla.evaluation.following import Followed
from sla.events import Opened
from sla.evidence_errors import InvalidSweep
from sla.process.model import Process
from sla.setup_errors import OtherKindOfRecord
from sla.sweeping import Sweep, sweep
from sla.whatif import WhatIf, what_if
from starter.action_checks import check_shapes_of
from starter.checks import Limits, check_process
from starter.definitions import Found
from starter.weighing import NewLaw


def new_law(
    found: Found[Process],
    calendars: Mapping[str, BusinessHours],
    *,
    limits: Limits,
    default_hours: BusinessHours,
    swept: str | None = None,
) -> tuple[NewLaw, Sweep | None]:
    """The process, or those of a sweep over it. Raises what `check_process` does, and InvalidSweep."""
    _check(found, calendars, limits)
    if swept is None:
        return NewLaw(processes=(found.value,), calendars=calendars, default_hours=default_hours), None
    made = sweep(found.value, swept)
    for one in made.promises:
        try:
            _check(Found(value=one.process, document=found.document), calendars, limits)
        except (InvalidDefinition, UnknownCalendar) as refused:
            problem = refused.facts.get("problem") or str(refused).rstrip(".")
            raise InvalidSweep(sweep=swept, problem=f"makes no process of '{one.label}': {problem}") from None
    processes = tuple(one.process for one in made.promises)
    return NewLaw(processes=processes, calendars=calendars, default_hours=default_hours), made


def what_if_of(
    dossier: Dossier,
    found: Found[Process],
    given: Mapping[str, BusinessHours],
    *,
    limits: Limits,
    published: Mapping[str, BusinessHours] | None = None,
) -> WhatIf:
    """One record under another process. Of calendars of one name the given one counts, else the record's.

    Raises what `check_process` does, and OtherKindOfRecord.
    """
    own = {name: hours for kept in dossier.laws for name, hours in kept.calendars.items()}
    calendars = {**(published or {}), **own, **given}
    _check(found, calendars, limits)
    _check_type(dossier, found.value)
    default_hours = dossier.laws[0].default_hours
    return what_if(dossier, Followed(process=found.value, calendars=calendars, default_hours=default_hours))


def _check(found: Found[Process], calendars: Mapping[str, BusinessHours], limits: Limits) -> None:
    check_process(found, limits=limits, calendars=calendars)
    check_shapes_of(found)


def _check_type(dossier: Dossier, process: Process) -> None:
    opened = admit_under(dossier.law(), dossier.log).opened
    kind = opened.event.fields.get("type") if opened is not None and isinstance(opened.event, Opened) else None
    if kind is not None and kind != process.applies_to:
        ours = dossier.laws[0].process
        raise OtherKindOfRecord(process=ours.process, type=kind, to_process=process.process, to_type=process.applies_to)
