"""Of the differences between two processes those that mean something to who moves from one to the other. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from sla.calendar import BusinessHours
from sla.governance import shapes
from sla.governance.difference import Difference
from sla.process.conditions import Condition

_CONDITIONS: Final = ("when", "exit_when", "stop_when", "complete_when")


def meant(differences: Iterable[Difference], calendars: Mapping[str, BusinessHours]) -> tuple[str, ...]:
    """Their sentences, without names, descriptions, conditions that mean the same, and calendars open at the same times."""
    return tuple(one.sentence for one in differences if not _means_nothing(one, calendars))


def _means_nothing(one: Difference, calendars: Mapping[str, BusinessHours]) -> bool:
    field = one.field.rpartition(".")[2]
    if field in ("process", "description"):
        return True
    if one.before is None or one.after is None:
        return False
    if field in _CONDITIONS:
        return shapes.condition(Condition(one.before)) == shapes.condition(Condition(one.after))
    if field == "business_hours" and one.before in calendars and one.after in calendars:
        return shapes.calendar(calendars[one.before]) == shapes.calendar(calendars[one.after])
    return False
