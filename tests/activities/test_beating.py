"""An attempt under way is heard of, and is not broken off in the middle."""

import asyncio
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.beating import beating

SOON_S = 0.02
PATIENCE_S = 60


class Mail:
    """Something that takes until it is accepted."""

    def __init__(self) -> None:
        self.accepted = asyncio.Event()
        self.begun = asyncio.Event()

    async def send(self) -> str:
        self.begun.set()
        await self.accepted.wait()
        return "sent"


class Stage(ActivityEnvironment):
    """An environment that counts the beats."""

    def __init__(self) -> None:
        super().__init__()
        self.beats = 0
        self.on_heartbeat = self._beat

    def _beat(self, *_: Any) -> None:
        self.beats += 1

    def attempt(self, mail: Mail) -> "asyncio.Task[str]":
        return asyncio.ensure_future(self.run(beating, mail.send(), every_s=SOON_S))


async def test_what_is_over_at_once_is_not_told() -> None:
    stage, mail = Stage(), Mail()
    mail.accepted.set()
    assert await stage.attempt(mail) == "sent"
    assert stage.beats == 0


async def test_what_takes_its_time_is_heard_of() -> None:
    stage, mail = Stage(), Mail()
    attempt = stage.attempt(mail)
    async with asyncio.timeout(PATIENCE_S):
        while stage.beats < 2:
            await asyncio.sleep(SOON_S)
    mail.accepted.set()
    assert await attempt == "sent"


async def test_an_attempt_that_is_no_longer_wanted_tells_all_the_same_how_it_ended() -> None:
    stage, mail = Stage(), Mail()
    attempt = stage.attempt(mail)
    await mail.begun.wait()
    stage.cancel()
    await asyncio.sleep(2 * SOON_S)
    mail.accepted.set()
    assert await attempt == "sent"


async def test_a_worker_whose_time_is_over_breaks_it_off() -> None:
    stage, mail = Stage(), Mail()
    attempt = stage.attempt(mail)
    await mail.begun.wait()
    stage.worker_shutdown()
    stage.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt


async def test_what_goes_wrong_is_told_as_it_is() -> None:
    async def refused() -> None:
        raise ConnectionError("550")

    with pytest.raises(ConnectionError, match="550"):
        await ActivityEnvironment().run(beating, refused())
