"""A workflow that was changed, deliberately, in ways that its open cases would not survive."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from sla.messages import Task
from workflows import acting, case
from workflows.case import SlaCase


class Change(NamedTuple):
    """What is put in the place of a part, for `monkeypatch.setattr`."""

    where: Any
    name: str
    otherwise: Any


def keeps_no_timer(_self: SlaCase) -> None: ...


def shows_nothing(*_: Any, **__: Any) -> None: ...


def starts_nothing(*_: Any) -> None: ...


def fails(*_: Any) -> None:
    raise ValueError("it was never meant to come to this")


_perform = acting.Actions._perform


async def after_the_timer(self: acting.Actions, task: Task) -> None:
    """The same, a few turns of the loop later."""
    for _ in range(3):
        await asyncio.sleep(0)
    await _perform(self, task)


CHANGES: Mapping[str, Change] = {
    "no timer": Change(SlaCase, "_arm", keeps_no_timer),
    "not shown": Change(case, "show", shows_nothing),
    "no action": Change(acting.Actions, "start", starts_nothing),
    "reordered": Change(acting.Actions, "_perform", after_the_timer),
}
FAILS = Change(SlaCase, "_heed", fails)
"""It fails, and parts from nothing."""
