"""The audit log's lines for what is told of records, as far as no case need run for them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sla.errors import ServiceUnavailable, UnknownEffect
from sla.ledger_line import LedgerLine
from sla.messages import CaseInput
from starter.cases_client import CasesClient
from starter.desk import Desk
from starter.recording import FIELDS_AT_MOST, Recording
from store.cases import StoredCases
from store.catalogue import Catalogue
from tests.starter.setup.desks import Clock, a_desk, no_server
from tests.store.builders import REF, a_process, an_event, append, at, keep, opened, the_timeline

KEY = "C-1/Answer#1/1/warning-1/1"


class Cases(CasesClient):
    """Takes what it is told, unless it is away."""

    def __init__(self) -> None:
        super().__init__(no_server, queue_prefix="milepost")
        self.away = False
        self.retried: list[str] = []

    async def retry(self, case: CaseInput, key: str) -> None:
        if self.away:
            raise ServiceUnavailable(service="The worker", address="here", problem="silent", remedy="Start one.")
        self.retried.append(key)


@pytest.fixture
def cases() -> Cases:
    return Cases()


@pytest.fixture
async def desk(tmp_path: Path, cases: Cases) -> AsyncIterator[Desk]:
    """It knows C-1, whose first mail was given up."""
    async with a_desk(tmp_path, Clock()) as plain:
        database = plain._context.database
        async with Catalogue(database).publishing(at=at("08:00")) as publication:
            await publication.publish_process(a_process())
        store = StoredCases(database)
        await append(store, "C-1", REF, [opened()])
        given_up = LedgerLine(key=KEY, outcome="gave_up", at=at("09:40"), reason="x")
        await keep(store, the_timeline([opened()], "09:40"), given_up)
        yield Desk(replace(plain._context, cases=cases))


async def lines(desk: Desk) -> list[tuple[str, str, Any]]:
    return [(line.verb, line.subject, line.after) for line in (await desk.audit_log.lines(verb="records.*")).lines]


async def test_who_had_an_action_tried_again_has_a_line(desk: Desk, cases: Cases) -> None:
    await desk.retry("C-1", KEY)
    assert await lines(desk) == [("records.retry", "record/C-1", {"action": KEY})]
    assert cases.retried == [KEY]


async def test_an_action_that_cannot_be_tried_again_has_none(desk: Desk) -> None:
    with pytest.raises(UnknownEffect):
        await desk.retry("C-1", "nothing")
    assert await lines(desk) == []


async def test_the_line_is_there_before_the_case_is_told(desk: Desk, cases: Cases) -> None:
    cases.away = True
    with pytest.raises(ServiceUnavailable):
        await desk.retry("C-1", KEY)
    assert [verb for verb, _, _ in await lines(desk)] == ["records.retry"]


async def test_a_bulk_that_is_interrupted_has_the_line_of_what_it_told(desk: Desk) -> None:
    async def interrupted() -> None:
        async with desk.in_bulk("records.report_many") as told:
            await told.retry("C-1", KEY)
            await told.retry("C-1", KEY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await interrupted()
    assert await lines(desk) == [("records.report_many", "records", {"events": 2})]


async def test_a_bulk_that_told_nothing_has_no_line(desk: Desk) -> None:
    async with desk.in_bulk("records.report_many"):
        pass
    assert await lines(desk) == []


async def test_of_very_many_fields_only_some_are_named(desk: Desk) -> None:
    event = an_event("changed", "09:30", set={f"field {n:03}": "x" for n in range(500)})
    await Recording(desk._context).event("records.report", event)
    [(_, _, after)] = await lines(desk)
    assert (len(after["fields"]), after["fields"][0]) == (FIELDS_AT_MOST, "field 000")
