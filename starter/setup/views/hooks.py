"""Hooks and what came of deliveries, as the doors show them."""

from typing import Any, Literal

from starter.views import View


class HookView(View):
    """A hook: its name is a part of the address, `definition` is as a file has it. `ready`: its secret is set here."""

    hook: str
    description: str
    secret: str
    ready: bool
    definition: dict[str, Any]


class ToldEvent(View):
    """What came of an event of a delivery.

    `told`: it was given to the record; `refused`: it may not happen to it, and why; `ignored`: nobody knows the record, and
    the hook does not open any.
    """

    record: str
    event: str
    type: str
    outcome: Literal["opened", "told", "refused", "ignored"]
    reason: str | None = None


class Receipt(View):
    """What came of a delivery; no events: no rule of the hook looks for what it said."""

    hook: str
    events: list[ToldEvent]


class Rehearsal(View):
    """What a delivery would become. `opening` opens its record, should that not be known."""

    hook: str
    record: str | None
    process: str | None
    opening: dict[str, Any] | None
    events: list[dict[str, Any]]
