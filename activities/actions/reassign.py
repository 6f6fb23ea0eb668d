"""`reassign`: gives the record to a person, a queue, or one of a role who is on duty (SPEC 5)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from activities.actions.context import ActionContext, Done
from activities.actions.names import Holders, Parameters
from activities.actions.texts import event_id
from activities.actions.whom import Whom, in_full
from activities.ports import Permanent, Person
from sla.events import Changed
from sla.messages import World
from sla.values import Value

KIND: Final[str] = "reassign"
WORDS: Final = "Gives the record to a person, a queue, or somebody of a role who is on duty."
WORLD: Final[World] = "desk"
EXAMPLE: Final[Mapping[str, Any]] = {"to": "role:senior_agent"}


By = Literal["least_loaded", "round_robin"]


class Params(Parameters):
    """Who gets the record."""

    to: Holders
    """A person's id, `account_manager`, `role:…`, `queue:…`, or without the prefix; of a list, the first that can be had."""
    by: By = "least_loaded"
    """How one of a role is chosen: who owns the fewest open records, or who is next after the latest choice."""


async def perform(context: ActionContext, params: Params) -> Done:
    """Choose; the choice is the record's as soon as the ledger has it, and a retry finds it there."""
    problems: list[str] = []
    for name in params.to:
        chosen = await holder(context, name, params.by)
        if isinstance(chosen, str):
            problems.append(chosen)
            continue
        fields, detail = chosen
        event = Changed(record=context.record, id=event_id(context.key), at=context.now, recorded_at=context.now, set=fields)
        return Done(detail={"to": name, **detail}, events=(event,))
    raise Permanent("; ".join(problems))


Choice = tuple[dict[str, Value], dict[str, Any]]
"""The fields to set, and what the ledger is to know."""


async def holder(context: Whom, name: str, by: By = "least_loaded") -> Choice | str:
    """Who gets the record, or the reason why nobody of this name can."""
    name = await in_full(context.directory, name)
    what, _, bare = name.rpartition(":")
    if what == "queue":
        return await _queue(context, bare)
    if what == "role":
        return await _one_of(context, by, bare)
    if name == "account_manager":
        account = context.text("account")
        person = await context.directory.account_manager(account) if account else None
        return _owner(person) if person else "the record's account has no manager"
    person = await context.directory.person(name)
    return _owner(person) if person else f"the directory holds no person, role or queue '{name}'"


async def _queue(context: Whom, name: str) -> Choice | str:
    if await context.directory.queue(name) is None:
        return f"the directory holds no queue '{name}'"
    return {"queue": name, "owner": None}, {"chosen": None, "queue": name}


def _owner(person: Person) -> Choice:
    return {"owner": person.id}, {"chosen": person.id}


async def _one_of(context: Whom, by: By, role: str) -> Choice | str:
    everybody = sorted(await context.directory.in_role(role), key=lambda person: person.id)
    if not everybody:
        return f"nobody has the role '{role}'"
    pool, is_on_duty = _pool(context, everybody)
    person = await (_next(context, role, pool) if by == "round_robin" else _least_loaded(context, pool))
    return {"owner": person.id}, {"chosen": person.id, "role": role, "by": by, "on_duty": is_on_duty}


def _pool(context: Whom, everybody: Sequence[Person]) -> tuple[list[Person], bool]:
    """Those to choose from, and whether they are on duty: others before the owner, but those on duty before all."""
    present_now = [person for person in everybody if on_duty(context, person)]
    present = present_now or list(everybody)
    others = [person for person in present if person.id != context.text("owner")]
    return others or present, bool(present_now)


def on_duty(context: Whom, person: Person) -> bool:
    """Whether a person is on duty now; without hours of duty, or with hours that nobody has published, always."""
    hours = context.calendars.get(person.on_duty or "")
    return hours is None or hours.is_open(context.now)


async def _least_loaded(context: Whom, pool: Sequence[Person]) -> Person:
    load = await context.directory.load([person.id for person in pool])
    return min(pool, key=lambda person: (load.get(person.id, 0), person.id))


async def _next(context: Whom, role: str, pool: Sequence[Person]) -> Person:
    """The next by id after whom the latest choice fell upon, and after the last the first again."""
    last = await context.directory.last_chosen(role) or ""
    return next((person for person in pool if person.id > last), pool[0])
