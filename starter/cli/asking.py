"""A command that asks the Desk: open it, ask, close it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.desk import Desk

Answer = TypeVar("Answer")


def ask(services: Services, question: "Callable[[Desk], Awaitable[Answer]]") -> Answer:
    """The answer of the Desk to a question."""

    async def asked() -> Answer:
        assert services.desk is not None  # noqa: S101 - else the command would not be registered
        async with services.desk(services.settings()) as desk:
            return await question(desk)

    return asyncio.run(asked())
