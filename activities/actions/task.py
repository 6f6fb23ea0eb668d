"""`task`: opens a task for someone, with a due time (SPEC 5)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from activities.actions.context import ActionContext, Done
from activities.actions.names import Assignees, Parameters
from activities.actions.texts import Line, one_line
from activities.actions.view import view
from activities.actions.whom import Whom, in_full
from activities.ports import Permanent
from sla.duration import Duration
from sla.instants import to_text
from sla.messages import World

KIND: Final[str] = "task"
WORDS: Final = "Opens a task for a person, a role or a queue, with a due time."
WORLD: Final[World] = "desk"
EXAMPLE: Final[Mapping[str, Any]] = {"to": "role:support_manager", "subject": "Call the customer", "due": "30m"}


class Params(Parameters):
    """Who is to do what by when."""

    to: Assignees
    """`owner`, `account_manager`, `queue`, `role:…`, `queue:…`, a person's id; or a list of them."""
    subject: Line
    """What is to be done; may insert values, as in `{{ record.id }}`."""
    due: Duration | None = None
    """How long after it was opened it is due, such as `30m`: time on the clock on the wall, day and night. Business days
    (`1bd`) are the exception: they are counted in the milestone's business hours."""


async def perform(context: ActionContext, params: Params) -> Done:
    """Open the task; the key sees to it that a retry opens no second one."""
    to, nobody = await _assignees(context, params)
    if not to:
        raise Permanent(f"there is nobody to give the task to behind {', '.join(nobody)}")
    subject = one_line(context.outside.templates.line(params.subject, await view(context)))
    due_at = None if params.due is None else _due_at(context, params.due)
    await context.outside.tasks.open(
        key=context.key, record=context.record, to=to, subject=subject, due_at=due_at, at=context.now
    )
    return Done(detail={"to": to, "nobody": nobody, "subject": subject, "due_at": due_at and to_text(due_at)})


def _due_at(context: ActionContext, due: Duration) -> datetime:
    hours = context.hours
    start = hours.add(context.now, due.business_days * hours.business_day_s) if due.business_days else context.now
    return start + timedelta(seconds=due.seconds)


async def _assignees(context: ActionContext, params: Params) -> tuple[list[str], list[str]]:
    """Whom the task is for: people by id, roles and queues by name. And the names behind which there is nobody."""
    to: list[str] = []
    nobody: list[str] = []
    for name in params.to:
        found = await assignee(context, name)
        if found is None:
            nobody.append(f"'{name}'")
        elif found not in to:
            to.append(found)
    return to, nobody


async def assignee(context: Whom, name: str) -> str | None:
    """Whom a task for this name is for, as the task will say; None if there is nobody."""
    directory = context.directory
    name = await in_full(directory, name)
    what, _, bare = name.rpartition(":")
    if what == "role":
        return name if await directory.in_role(bare) else None
    if what == "queue":
        return name if await directory.queue(bare) else None
    if name == "queue":
        queue = context.text("queue")
        return f"queue:{queue}" if queue and await directory.queue(queue) else None
    if name == "account_manager":
        account = context.text("account")
        manager = await directory.account_manager(account) if account else None
        return manager.id if manager else None
    person = await directory.person((context.text("owner") or "") if name == "owner" else name)
    return person.id if person else None
