"""The time of day, as a case tells it."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from sla.events import AnyEvent


def second(at: datetime) -> datetime:
    """An instant of the law: whole seconds."""
    return at.replace(microsecond=0)


def as_of(log: list[AnyEvent]) -> datetime:
    """Now, or when the latest news counts as recorded, which may be in the second after."""
    return max([second(workflow.now()), *(event.recorded_at for event in log)])
