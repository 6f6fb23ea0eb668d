"""All that can be said against definitions without asking anybody: before a database is opened, and again by the Desk."""

from typing import TYPE_CHECKING

from activities.template_files import names
from starter.action_checks import check_actions_of
from starter.checks import Limits, check_business_days, check_limits, check_number_of_processes
from starter.definitions import Definitions

if TYPE_CHECKING:
    from runtime.settings import Settings


def check_by_themselves(definitions: Definitions, settings: "Settings") -> None:
    """Raise what the limits, the actions' shapes and the calendars among the definitions refuse, with file and line."""
    limits = Limits.of(settings)
    for last in definitions.processes[-1:]:
        check_number_of_processes(len(definitions.processes), limits, where=last.where())
    for process in definitions.processes:
        check_limits(process, limits)
        check_actions_of(process, templates=names(settings.templates_dir))
        check_business_days(process, definitions.hours)
