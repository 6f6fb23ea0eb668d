"""What a stream sends of a record whose clock runs, and when it ends."""

import asyncio
import json
from typing import Any, cast

import pytest

from sla.errors import ServiceUnavailable
from starter.api import streaming
from starter.desk import Desk
from starter.views import CaseFile
from tests.starter.fake_desk import a_case_file


class Looked:
    """A Desk whose record is as the test says, one look after the other; then it stays."""

    def __init__(self, *looks: CaseFile | Exception) -> None:
        self._looks = list(looks)

    async def show(self, record: str) -> CaseFile:
        found = self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]
        if isinstance(found, Exception):
            raise found
        return found


def later(**figures: Any) -> CaseFile:
    """The same record, with other figures of its first milestone."""
    found = a_case_file()
    [first, *rest] = found.timeline.milestones
    milestones = (first.model_copy(update=figures), *rest)
    return found.model_copy(update={"timeline": found.timeline.model_copy(update={"milestones": milestones})})


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second is a hundredth of one."""
    monkeypatch.setattr(streaming, "EVERY_S", 0.01)


async def sent(*looks: CaseFile | Exception, stopping: asyncio.Event | None = None, seconds: float = 0.15) -> list[str]:
    """What is sent."""
    response = await streaming.changes(
        cast("Desk", Looked(*looks)),
        "C-1",
        seconds=cast("int", seconds),
        seen=None,
        stopping=stopping or asyncio.Event(),
    )
    async with asyncio.timeout(30):
        return [cast("bytes", part).decode() async for part in response.body_iterator]


async def test_a_figure_that_grows_with_the_clock_is_no_change() -> None:
    parts = await sent(later(overdue_s=1, stopped_s=0), later(overdue_s=2, stopped_s=1), later(overdue_s=3))
    assert [part for part in parts if "data:" in part] == parts[1:2]


async def test_a_status_that_changes_is_one() -> None:
    parts = await sent(later(status="overdue"), later(status="met_late"), later(status="met_late"))
    told = [json.loads(part.split("data: ")[1]) for part in parts if "data: " in part]
    assert [one["milestones"][0]["status"] for one in told] == ["overdue", "met_late"]


async def test_a_server_that_is_away_for_a_moment_does_not_end_it() -> None:
    away = ServiceUnavailable(service="The database", address="x", problem="gone", remedy="Wait.")
    parts = await sent(later(status="overdue"), away, away, later(status="met_late"))
    assert sum("data:" in part for part in parts) == 2


async def test_when_nothing_changes_it_says_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT_S", 0.03)
    assert ": still here\n\n" in await sent(a_case_file())


async def test_it_ends_when_the_server_stops() -> None:
    stopping = asyncio.Event()
    stopping.set()
    assert len(await sent(a_case_file(), stopping=stopping, seconds=3600)) == 2
