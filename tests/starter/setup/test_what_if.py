"""What-if over everything on record, on each database: a small story added up by hand, and the same however it is spread."""

import os
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import starter.recorded
from activities.situation import laws_of
from runtime.settings import Settings
from sla.engine import evaluate_under
from sla.errors import ServiceUnavailable, UnknownCalendar, UnknownRecord
from sla.events import Event
from sla.evidence_errors import InvalidSweep
from sla.finding import Finding
from sla.process.model import Process
from sla.setup_errors import OtherKindOfRecord
from starter.api.definitions import document_of
from starter.definitions import Found
from starter.desk import Desk, open_desk
from starter.recorded import Bounds, Task, weigh
from starter.setup.views.what_if import SimulationView
from starter.weighing import Asked, NewLaw, since
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from tests.starter.setup.conftest import nowhere
from tests.store.builders import an_event, at, opened, publish, some_hours

NOW = at("18:00")
MAIL = {"email": {"to": "owner", "template": "warning"}}
REASSIGN = {"reassign": {"to": "role:senior"}}


def a_found(within: Any = "1h", **more: Any) -> Found[Process]:
    """A process as somebody hands it in: answer within so long, warn at half of it, reassign when it is violated."""
    line = {
        "milestone": "Answer",
        "within": within,
        "warnings": [{"at": "50%", "actions": [MAIL]}],
        "violations": [{"actions": [REASSIGN]}],
    }
    document = document_of({"process": "Support", "milestones": [line], **more})
    return Found(value=Process.model_validate(document.data), document=document)


@pytest.fixture
async def desk(url: str, database: Database) -> AsyncIterator[Desk]:
    """A Desk at six in the evening of that Monday, at which everybody is promised an answer within the hour."""
    await publish(database, a_found().value)
    async with open_desk(Settings(database_url=url), nowhere, lambda: NOW) as opened_desk:
        yield opened_desk


async def told(database: Database, *logs: Sequence[Event]) -> None:
    """Records, each as its case would have recorded it."""
    ref, definitions = await Catalogue(database).process_ref("Support"), StoredDefinitions(database)
    for log in logs:
        timeline = evaluate_under(await laws_of(definitions, ref, log), log, NOW)
        await StoredCases(database).settle(Finding(ref=ref, log=list(log), timeline=timeline))


def a_log(record: str, answered: str | None, opening: str = "09:00", **fields: Any) -> list[Event]:
    """A case that was opened, and answered if it was."""
    answer = [an_event("completed", answered, record=record, milestone="Answer")] if answered else []
    return [opened(opening, record, **fields), *answer]


@pytest.fixture
async def five(database: Database, desk: Desk) -> Desk:
    """Answered after 20, 50, 70 and 100 minutes, and never."""
    await told(
        database,
        a_log("C-1", "09:20", priority="P1", account="helios"),
        a_log("C-2", "09:50", priority="P2", account="helios"),
        a_log("C-3", "10:10", priority="P1", account="arden"),
        a_log("C-4", "13:40", opening="12:00", priority="P2"),
        a_log("C-5", None, opening="17:30", priority="P2"),
    )
    return desk


async def simulated(desk: Desk, found: Found[Process], asked: Asked | None = None, **more: Any) -> SimulationView:
    return await desk.what_if.simulate(found, {}, asked or Asked(), **more)


# ---------------------------------------------------------------------- added up by hand


async def test_before_and_after_a_shorter_promise(five: Desk) -> None:
    found = await simulated(five, a_found("30m"))
    [promise] = found.promises
    assert found.before is not None
    was, would = found.before.milestones[0], promise.after.milestones[0]
    assert (was.met, was.missed, was.open, was.compliance) == (2, 2, 1, 0.5)
    assert (would.met, would.missed, would.open, would.compliance) == (1, 4, 0, 0.2)
    assert (promise.newly_violated_records, promise.cured_records) == (("C-2", "C-5"), ())
    assert (found.before.violated, promise.after.violated) == (2, 4)
    # Warned at 30 minutes: all but the one that was answered after 20. Then at 15: all.
    assert (found.before.mails, promise.after.mails) == (4, 5)
    assert (found.before.reassignments, promise.after.reassignments) == (2, 4)
    assert was.margins is not None
    assert [was.margins.p10_s, was.margins.p50_s, was.margins.p90_s] == [-40 * 60, -10 * 60, 40 * 60]
    assert was.margins.bars == (0, 0, 0, 0, 2, 2, 0, 0, 0, 0)


async def test_under_the_same_promise_nothing_is_different(five: Desk) -> None:
    found = await simulated(five, a_found())
    [promise] = found.promises
    assert promise.after == found.before
    assert (promise.newly_violated, promise.cured, found.complete) == (0, 0, True)


async def test_promises_side_by_side(five: Desk) -> None:
    found = await simulated(five, a_found(), sweep="Answer.within=20m,75m,2h")
    assert [one.after.milestones[0].compliance for one in found.promises] == [0.2, 0.75, 1.0]
    assert [one.cured_records for one in found.promises] == [(), ("C-3",), ("C-3", "C-4")]
    assert (found.milestone, found.swept, found.unit) == ("Answer", "Answer.within", "s")


async def test_broken_down_by_priority_and_account(five: Desk) -> None:
    found = await simulated(five, a_found("30m"), Asked(by=("priority", "account")))
    counts = {(one.field, one.value): (one.records, one.promises[0].newly_violated) for one in found.groups}
    assert counts == {
        ("priority", "P1"): (2, 0),
        ("priority", "P2"): (3, 2),
        ("account", "(none)"): (2, 1),
        ("account", "arden"): (1, 0),
        ("account", "helios"): (2, 1),
    }


@pytest.mark.parametrize(
    ("asked", "records"),
    [
        (Asked(where={"priority": "P1"}), 2),
        (Asked(where={"priority": "P1", "account": "arden"}), 1),
        (Asked(where={"priority": "P9"}), 0),
        (Asked(opened_from=at("12:00")), 2),
        (Asked(under="Support"), 5),
        (Asked(under="Gold"), 0),
    ],
)
async def test_only_the_records_that_are_meant(five: Desk, asked: Asked, records: int) -> None:
    assert (await simulated(five, a_found(), asked)).seen == records


async def test_records_of_another_type_are_left_out_and_counted(five: Desk) -> None:
    found = await simulated(five, a_found(applies_to="work_order"))
    assert (found.seen, found.left_out, found.promises[0].after.records) == (5, 5, 0)


async def test_the_bounds_of_a_door(five: Desk) -> None:
    few = await simulated(five, a_found(), Asked(by=("priority",)), bounds=Bounds(records=3, seconds=60))
    all_ = await simulated(five, a_found(), bounds=Bounds(records=5, seconds=60))
    assert [(one.seen, one.complete) for one in (few, all_)] == [(3, False), (5, True)]
    assert {one.value: one.records for one in few.groups} == {"P1": 1, "P2": 2}, "the newest are C-5, C-4 and C-3"


async def test_time_that_is_up_ends_it_with_what_there_is(five: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter.recorded, "_BETWEEN_OTHERS", 2)
    found = await simulated(five, a_found(), bounds=Bounds(records=5, seconds=0))
    assert (found.seen, found.complete) == (2, False)


async def test_spread_over_processes_it_is_the_same(five: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(by=("priority",))
    alone = await simulated(five, a_found(), asked, sweep="Answer.within=30m,2h")
    monkeypatch.setattr(starter.recorded, "AT_ONCE", 6)
    monkeypatch.setattr(starter.recorded, "_WORTH_IT", 1)
    heard: list[tuple[int, int]] = []
    spread = await simulated(
        five, a_found(), asked, sweep="Answer.within=30m,2h", jobs=2, advance=lambda done, of: heard.append((done, of))
    )
    assert spread == alone
    assert [of for _, of in heard] == [5, 5, 5]
    assert heard[-1][0] == 5


def gone(_names: list[str]) -> None:
    """A process that is ended in the middle of its work; it leaves a mark, for one that cannot begin is gone as well."""
    Path(os.environ["MARK"]).touch()
    os._exit(1)


async def test_what_goes_wrong_in_a_process_is_told_in_a_sentence(
    five: Desk, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starter.recorded, "_WORTH_IT", 1)
    monkeypatch.setattr(starter.recorded, "AT_ONCE", 2)
    law = NewLaw(processes=(a_found().value,), calendars={})
    elsewhere = Task.of("sqlite:////nowhere/milepost.db", law, Asked(), NOW, None)
    with pytest.raises(ServiceUnavailable, match="there is no directory /nowhere"):
        await weigh(database, elsewhere, jobs=2)
    monkeypatch.setattr(starter.recorded, "_weigh", gone)
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    with pytest.raises(ServiceUnavailable, match="perhaps for want of memory"):
        await simulated(five, a_found(), jobs=2)
    assert (tmp_path / "mark").exists()


async def test_a_record_that_moved_is_before_what_it_followed_and_after_as_if_it_had_not_moved(
    desk: Desk, database: Database
) -> None:
    await publish(database, a_found("2h").value)
    ref = await Catalogue(database).process_ref("Support")
    first = ref.model_copy(update={"version": 1, "revision": 1})
    moved = an_event("migrated", "09:30", version=ref.version, revision=ref.revision)
    log = [opened(), moved, an_event("completed", "10:30", milestone="Answer")]
    timeline = evaluate_under(await laws_of(StoredDefinitions(database), first, log), log, NOW)
    await StoredCases(database).settle(Finding(ref=first, log=log, timeline=timeline))
    found = await simulated(desk, a_found("1h"))
    assert found.before is not None
    assert (found.before.violated, found.promises[0].newly_violated_records) == (0, ("C-1",))


# ---------------------------------------------------------------------- one record


async def test_one_record_beside_what_it_would_be(five: Desk) -> None:
    found = await five.what_if.record("C-2", a_found("45m"), {})
    assert (found.status_before, found.status_after, found.as_of) == ("compliant", "violated_closed", NOW)
    assert [(one.milestone, one.difference) for one in found.milestones] == [("Answer", "newly_violated")]


async def test_calendars_are_the_given_ones_or_those_that_are_published(five: Desk, database: Database) -> None:
    by_office = a_found(business_hours="office")
    with pytest.raises(UnknownCalendar, match="'office'"):
        await five.what_if.record("C-4", by_office, {})
    night = some_hours("office", "13:30-17:00")
    found = await five.what_if.record("C-4", by_office, {"office": night})
    assert found.milestones[0].margin_after_s == 50 * 60
    await publish(database, some_hours("office", "12:50-17:00"))
    found = await five.what_if.record("C-4", by_office, {})
    assert found.milestones[0].margin_after_s == 10 * 60


async def test_what_a_refused_opening_says_is_not_what_the_record_is(desk: Desk, database: Database) -> None:
    refused = an_event("opened", "08:30", name="e-other", record="C-1", fields={"type": "work_order"})
    await told(database, [refused, *a_log("C-1", "09:20")])
    found = await desk.what_if.record("C-1", a_found("30m"), {})
    assert (found.status_before, found.status_after) == ("compliant", "compliant")


async def test_refusals(five: Desk) -> None:
    with pytest.raises(UnknownRecord):
        await five.what_if.record("C-9", a_found(), {})
    with pytest.raises(OtherKindOfRecord, match="'work_order'"):
        await five.what_if.record("C-1", a_found(applies_to="work_order"), {})
    with pytest.raises(InvalidSweep, match="no field of 'Answer'"):
        await simulated(five, a_found(), sweep="Answer.limit=1h")
    with pytest.raises(InvalidSweep, match="makes no process of 'night'"):
        await simulated(five, a_found(), sweep="Answer.business_hours=night")
    with pytest.raises(UnknownCalendar, match="--default-hours"):
        await simulated(five, a_found(), default_hours="night")


async def test_nothing_on_record_is_no_hindrance(desk: Desk) -> None:
    found = await simulated(desk, a_found())
    assert (found.seen, found.promises[0].after.milestones) == (0, ())


def test_since_is_reckoned_from_now() -> None:

    when: datetime = NOW
    assert since("90d", when) == when - timedelta(days=90)
    assert since("2026-03-01T00:00:00+01:00", when).isoformat() == "2026-02-28T23:00:00+00:00"
    for text in ("90", "1bd", "ever", "2026-03-01T00:00:00", "999999999w"):
        with pytest.raises(ValueError, match=text):
            since(text, when)
