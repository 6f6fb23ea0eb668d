"""Whom a recipient resolves to, and what happens when nobody fits.

The rules are those by which actions find people (`activities.actions`); here they are only asked.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from activities.actions.names import Assignees, Holders, Recipients
from activities.actions.reassign import By, holder, on_duty
from activities.actions.recipients import persons, readers
from activities.actions.task import assignee
from activities.actions.whom import Inquiry
from sla.directory import Person
from sla.errors import InvalidAction
from sla.instants import to_instant
from starter.setup.context import LATEST, Context
from starter.setup.views.people import (
    AccountView,
    ContactView,
    PersonView,
    QueueView,
    ResolutionView,
    RoleView,
    SomebodyView,
    TargetView,
)
from store.directory import StoredDirectory
from store.people_lists import PeopleLists


class PeopleDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._directory = StoredDirectory(context.database)
        self._lists = PeopleLists(context.database)

    # ------------------------------------------------------------------ who there is

    async def people(self) -> Sequence[PersonView]:
        """All colleagues by id, with who is on duty now, and how much each has in hand."""
        asked = await self._inquiry(None, None)
        everybody = await self._lists.people()
        load = await self._directory.load([one.person.id for one in everybody])
        return [
            PersonView(
                person=one.person.id,
                name=one.person.name,
                email=one.person.email,
                timezone=one.person.timezone,
                roles=one.roles,
                queues=one.queues,
                on_duty=one.person.on_duty,
                on_duty_now=on_duty(asked, one.person),
                manager=one.person.manager,
                load=load[one.person.id],
            )
            for one in everybody
        ]

    async def queues(self) -> Sequence[QueueView]:
        """All queues by id."""
        return [QueueView(queue=one.id, email=one.email, members=one.members) for one in await self._lists.queues()]

    async def roles(self) -> Sequence[RoleView]:
        """All roles that somebody has, by name."""
        asked = await self._inquiry(None, None)
        everybody = await self._lists.people()
        found: dict[str, list[Person]] = {}
        for one in everybody:
            for role in one.roles:
                found.setdefault(role, []).append(one.person)
        return [
            RoleView(
                role=role,
                people=tuple(one.id for one in people),
                on_duty_now=tuple(one.id for one in people if on_duty(asked, one)),
            )
            for role, people in sorted(found.items())
        ]

    async def accounts(self) -> Sequence[AccountView]:
        """All customers by id."""
        return [AccountView(account=row.pop("id"), **row) for row in await self._lists.accounts()]

    async def contacts(self, *, account: str | None = None) -> Sequence[ContactView]:
        """The customers' contacts by id; of one account only, if it is given."""
        return [ContactView(contact=row.pop("id"), **row) for row in await self._lists.contacts(account)]

    # ------------------------------------------------------------------ whom a name means

    async def resolve(
        self, to: str, *, record: str | None = None, at: datetime | None = None, by: By = "least_loaded"
    ) -> ResolutionView:
        """Whom `to` means, as an action spells it, and what an email, a task and a reassignment would come to at `at` (now).

        Nothing is done. Raises InvalidAction for what can name nobody, UnknownRecord.
        """
        _read(Recipients, to)
        asked = await self._inquiry(record, at)
        people = await persons(asked, to)
        return ResolutionView(
            to=to,
            record=record,
            at=asked.now,
            people=tuple(_somebody(asked, one) for one in people),
            email=await self._email(asked, to),
            task=await self._task(asked, to),
            reassign=await self._reassign(asked, to, by),
        )

    async def _email(self, asked: Inquiry, to: str) -> TargetView:
        found = await readers(asked, [to])
        reached = tuple(one.address if one.kind == "address" else one.id for one in found.found.values())
        return TargetView(reaches=reached, problem=None if reached else await self._nobody(asked, to, "to mail"))

    async def _task(self, asked: Inquiry, to: str) -> TargetView:
        if (problem := _refused(Assignees, to)) is not None:
            return TargetView(reaches=(), problem=problem)
        found = await assignee(asked, to)
        problem = None if found else await self._nobody(asked, to, "to give a task to")
        return TargetView(reaches=() if found is None else (found,), problem=problem)

    async def _reassign(self, asked: Inquiry, to: str, by: By) -> TargetView:
        if (problem := _refused(Holders, to)) is not None:
            return TargetView(reaches=(), problem=problem)
        chosen = await holder(asked, to, by)
        if isinstance(chosen, str):
            return TargetView(reaches=(), problem=chosen)
        fields, detail = chosen
        name = fields.get("owner") or f"queue:{fields.get('queue')}"
        nobody_there = detail.get("on_duty") is False
        note = "nobody of the role is on duty: one of the others is chosen all the same" if nobody_there else None
        return TargetView(reaches=(str(name),), note=note)

    async def _nobody(self, asked: Inquiry, to: str, why: str) -> str:
        people = await persons(asked, to)
        if people:
            return f"there is nobody {why} behind {to}: {', '.join(one.id for one in people)} without an address"
        return f"there is nobody {why} behind {to}"

    async def _inquiry(self, record: str | None, at: datetime | None) -> Inquiry:
        definitions = self._context.definitions
        return Inquiry(
            directory=self._directory,
            calendars=await definitions.calendars(LATEST),
            hours=await definitions.default_hours(LATEST),
            now=self._context.now() if at is None else to_instant(at),
            fields={} if record is None else (await self._context.records.get(record)).fields,
        )


def _read(kind: Any, to: str) -> None:
    """Raise InvalidAction for a name that no action takes."""
    if (problem := _refused(kind, to)) is not None:
        raise InvalidAction(where="to", problem=problem)


def _refused(kind: Any, to: str) -> str | None:
    try:
        TypeAdapter(kind).validate_python(to)
    except ValidationError as error:
        return str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
    return None


def _somebody(asked: Inquiry, person: Person) -> SomebodyView:
    customer = person.kind == "contact"
    return SomebodyView(
        id=person.id,
        name=person.name,
        kind="customer" if customer else "colleague",
        has_email=person.email is not None,
        on_duty_now=None if customer else on_duty(asked, person),
    )
