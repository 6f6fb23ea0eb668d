"""`update`: sets fields of the record (SPEC 5). The evaluation applies it by itself (SPEC 4), so there is nothing to do."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field

from activities.actions.context import ActionContext, Done
from activities.actions.names import Parameters
from sla.messages import World
from sla.values import Value

KIND: Final[str] = "update"
WORDS: Final = "Sets fields of the record."
WORLD: Final[World] = "desk"
EXAMPLE: Final[Mapping[str, Any]] = {"set": {"escalated": True}}


class Params(Parameters):
    """Which fields get which values."""

    set: Annotated[dict[Annotated[str, Field(min_length=1)], Value], Field(min_length=1)]
    """Fields with their new values: text, numbers, true or false, lists of them; null empties a field."""


async def perform(context: ActionContext, params: Params) -> Done:
    """Say what was set; it is in the record's fields already."""
    return Done(detail={"set": params.set})
