"""People, and whom a name means, as every door shows them."""

from sla.instants import Instant
from starter.views import View


class PersonView(View):
    """A colleague. `on_duty_now`: within the hours of `on_duty`, or without such hours; `load`: open records owned."""

    person: str
    name: str
    email: str | None
    timezone: str
    roles: tuple[str, ...]
    queues: tuple[str, ...]
    on_duty: str | None
    on_duty_now: bool
    manager: str | None
    load: int


class QueueView(View):
    """A queue; without an address, mail to it goes to its members."""

    queue: str
    email: str | None
    members: tuple[str, ...]


class RoleView(View):
    """A role, who has it, and who of them is on duty now."""

    role: str
    people: tuple[str, ...]
    on_duty_now: tuple[str, ...]


class AccountView(View):
    """A customer."""

    account: str
    name: str
    timezone: str
    tier: str | None
    account_manager: str | None


class ContactView(View):
    """Somebody at a customer's."""

    contact: str
    name: str
    email: str | None
    timezone: str
    account: str | None


class SomebodyView(View):
    """Somebody who is meant. `on_duty_now`: None of a customer."""

    id: str
    name: str
    kind: str
    has_email: bool
    on_duty_now: bool | None


class TargetView(View):
    """What an action with this name in its `to` would come to now: whom it reaches, or why nobody (`problem`)."""

    reaches: tuple[str, ...]
    problem: str | None = None
    note: str | None = None


class ResolutionView(View):
    """Whom a name means at an instant, on a record or on none.

    `email`, `task`, `reassign`: what each action would come to. An action that reaches nobody is given up; who else stands
    in its `to` is reached all the same.
    """

    to: str
    record: str | None
    at: Instant
    people: tuple[SomebodyView, ...]
    email: TargetView
    task: TargetView
    reassign: TargetView
