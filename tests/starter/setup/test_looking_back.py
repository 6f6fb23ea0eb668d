"""`milepost case show --at --known-at --event`: what the Desk answers from the store, a bundle without it, and the page."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from activities.situation import situation
from sla.errors import UnknownRecord
from sla.evidence_errors import NoSuchMoment
from sla.finding import Finding
from sla.ledger_line import LedgerLine
from starter.bundles import bundle_of, written
from starter.desk import Desk
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from store.ledger import StoredLedger
from tests.starter.command_line import milepost
from tests.starter.fake_desk import FakeDesk
from tests.starter.setup.desks import Clock, a_desk
from tests.store.builders import a_process, an_event, at, opened

WARNING, VIOLATION = "C-1/Answer#1/1/warning-1/1", "C-1/Answer#1/1/violation-1/1"
ANSWERED_LATE = an_event("completed", "09:58", name="e-done", learned="10:03", milestone="Answer")


@pytest.fixture
async def desk(tmp_path: Path, clock: Clock) -> AsyncIterator[Desk]:
    """A quarter past ten. A case of nine was answered at 09:58; that was learned at 10:03, when Bo had been called."""
    async with a_desk(tmp_path, clock) as opened_desk:
        await _told(opened_desk._context.database)
        clock.goes_on(minutes=75)
        yield opened_desk


async def _told(database: Database) -> None:
    catalogue, definitions = Catalogue(database), StoredDefinitions(database)
    async with catalogue.publishing(at=at("08:00")) as publication:
        await publication.publish_process(a_process())
    ref = await catalogue.process_ref("Support")
    log = [opened(owner="ada", priority="P1")]
    for clock, more in (("09:00", []), ("10:03", [ANSWERED_LATE])):
        log += more
        timeline = (await situation(definitions, ref, log, at(clock))).timeline
        await StoredCases(database).settle(Finding(ref=ref, log=tuple(log), timeline=timeline))
    ledger = StoredLedger(database)
    await ledger.write("C-1", "email", LedgerLine(key=WARNING, outcome="performed", at=at("09:30")))
    await ledger.attempt("C-1", "reassign", VIOLATION, "nobody is on duty", at=at("10:00"))
    done = LedgerLine(key=VIOLATION, outcome="performed", at=at("10:02"), detail={"to": "bo"})
    await ledger.write("C-1", "reassign", done)


async def test_as_of_now_by_what_is_known_now_it_is_what_is_shown(desk: Desk) -> None:
    shown = await desk.show("C-1")
    then = await desk.show("C-1", at=at("10:15"), known_at=at("10:15"))
    assert then.as_of is not None
    assert then.model_copy(update={"as_of": None}) == shown


async def test_late_news_makes_what_was_true_and_what_was_known_differ(desk: Desk) -> None:
    true, known = await desk.show("C-1", at=at("10:01")), await desk.show("C-1", known_at=at("10:01"))
    assert [one.status for one in true.timeline.milestones] == ["met"]
    assert [one.status for one in known.timeline.milestones] == ["overdue"]
    assert (true.record.status, known.record.status) == ("compliant", "violated_open")


async def test_an_action_is_shown_as_it_had_gone_by_then(desk: Desk) -> None:
    by_clock = {}
    for clock in ("10:01", "10:02"):
        [_, view] = (await desk.show("C-1", known_at=at(clock))).effects
        by_clock[clock] = (view.outcome, view.performed_at, view.attempts, view.problem)
    assert by_clock["10:01"] == (None, None, 1, "nobody is on duty")
    assert by_clock["10:02"] == ("performed", at("10:02"), 1, "nobody is on duty")


async def test_what_had_been_done_on_the_knowledge_of_then_is_listed_besides(desk: Desk) -> None:
    then = await desk.show("C-1", at=at("10:02"))
    assert [view.effect.key for view in then.effects] == [WARNING]
    assert then.as_of is not None
    assert [(one.key, one.action) for one in then.as_of.performed_besides] == [(VIOLATION, "reassign")]


async def test_it_says_as_of_when_and_by_whose_knowledge(desk: Desk) -> None:
    said = {}
    asked: dict[str, dict[str, Any]] = {
        "true": {"at": at("10:01")},
        "known": {"known_at": at("10:01")},
        "ahead": {"at": at("10:05"), "known_at": at("10:01")},
        "event": {"event": 2},
    }
    for name, when in asked.items():
        found = await desk.show("C-1", **when)
        assert found.as_of is not None
        said[name] = found.as_of.words
    assert said == {
        "true": "As of 2026-03-02T10:01:00Z, by what was known at 2026-03-02T10:15:00Z (2 of 2 events): "
        "late news counts as if it had come on time.",
        "known": "As of 2026-03-02T10:01:00Z, by what was known then (1 of 2 events).",
        "ahead": "As of 2026-03-02T10:05:00Z, by what was known at 2026-03-02T10:01:00Z (1 of 2 events): "
        "as if nothing had been learned since.",
        "event": "As of 2026-03-02T10:03:00Z, just after event 'e-done' was learned, by what was known then "
        "(2 of 2 events).",
    }


async def test_who_had_the_case_then_is_shown(desk: Desk) -> None:
    record = (await desk.show("C-1", at=at("09:10"))).record
    assert (record.owner, record.priority, record.next_deadline) == ("ada", "P1", at("10:00"))
    assert (record.process, record.version, record.opened_at, record.out) == ("Support", 1, at("09:00"), False)


async def test_a_record_that_nobody_knows_is_no_other_refusal_than_ever(desk: Desk) -> None:
    with pytest.raises(UnknownRecord):
        await desk.show("C-9", at=at("09:30"))
    with pytest.raises(NoSuchMoment):
        await desk.show("C-1", at=at("08:59"))


# ---------------------------------------------------------------------- on the command line


async def _bundle(desk: Desk, directory: Path) -> Path:
    file = directory / "case.mpb"
    file.write_bytes(written(bundle_of(await desk.evidence.dossier("C-1"), [])))
    return file


async def test_a_bundle_is_shown_without_any_server_and_comes_to_the_same(desk: Desk, tmp_path: Path) -> None:
    file = await _bundle(desk, tmp_path)
    nobody = FakeDesk()
    nobody.down = AssertionError("no server may be asked")
    for options, when in (
        (["--known-at", "2026-03-02T10:01:00Z"], {"known_at": at("10:01")}),
        (["--at", "2026-03-02T10:01:00Z"], {"at": at("10:01")}),
        (["--event", "1"], {"event": 1}),
        ([], {"at": at("10:15")}),
    ):
        ran = milepost("case", "show", file, *options, "--json", services=nobody.services())
        assert ran.code == 0, ran.err
        [found] = ran.objects
        assert found == (await desk.show("C-1", **when)).model_dump(mode="json")


async def test_its_events_are_listed_with_the_numbers_by_which_it_is_shown_as_of_them(desk: Desk, tmp_path: Path) -> None:
    file = await _bundle(desk, tmp_path)
    ran = milepost("case", "events", file, "--json", services=FakeDesk().services())
    assert ran.objects == [one.model_dump(mode="json") for one in await desk.evidence.events("C-1")]
    assert [(one["number"], one["event"], one["carries"]) for one in ran.objects] == [
        (1, "e-open", {"fields": {"type": "case", "owner": "ada", "priority": "P1"}}),
        (2, "e-done", {"milestone": "Answer", "by": None}),
    ]
    for one in ran.objects:
        then = (await desk.show("C-1", event=one["number"])).as_of
        assert then is not None
        assert then.last_event == one["event"]
    with pytest.raises(UnknownRecord):
        await desk.evidence.events("C-9")


async def test_of_late_news_the_list_says_when_it_was_learned(desk: Desk, tmp_path: Path) -> None:
    file = await _bundle(desk, tmp_path)
    ran = milepost("case", "events", file, "--timezone", "Europe/Berlin", services=FakeDesk().services())
    [_, opened_line, done_line] = [line.split() for line in ran.out.splitlines() if line.strip()[:1] in tuple("N12")]
    assert opened_line[:6] == ["1", "Mon", "2026-03-02", "10:00", "opened", "fields"]
    assert done_line[:8] == ["2", "Mon", "2026-03-02", "10:58", "Mon", "2026-03-02", "11:03", "completed"]


async def test_the_page_says_as_of_when_in_local_time(desk: Desk, tmp_path: Path) -> None:
    file = await _bundle(desk, tmp_path)
    options = ("--at", "2026-03-02T10:02:00Z", "--timezone", "Europe/Berlin")
    ran = milepost("case", "show", file, *options, services=FakeDesk().services())
    page = " ".join(ran.out.split())
    assert "as of Mon 2026-03-02 11:02, by what was known Mon 2026-03-02 11:15 (late news counts as on time)" in page
    assert "2 of 2 events" in page
    assert f"note: reassign was performed at Mon 2026-03-02 11:02, which by this knowledge was not due: {VIOLATION}" in page


REFUSED: list[tuple[list[str], str]] = [
    (["--at", "2026-03-02T08:00:00Z"], "it was opened later than that, at 2026-03-02T09:00:00Z"),
    (["--known-at", "2030-01-01T00:00:00Z"], "lies in the future"),
    (["--event", "7"], "there is no event 7; it has 2"),
    (["--event", "1", "--at", "2026-03-02T10:00:00Z"], "leave `at` and `known_at` out"),
]


@pytest.mark.parametrize(("options", "sentence"), REFUSED, ids=[" ".join(options) for options, _ in REFUSED])
async def test_what_cannot_be_shown_is_refused_in_a_sentence(
    desk: Desk, tmp_path: Path, options: list[str], sentence: str
) -> None:
    ran = milepost("case", "show", await _bundle(desk, tmp_path), *options, services=FakeDesk().services())
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    told = milepost("case", "show", tmp_path / "case.mpb", *options, "--json", services=FakeDesk().services())
    error: dict[str, Any] = json.loads(told.err)["error"]
    assert (error["code"], error["facts"]["record"]) == ("no_such_moment", "C-1")


@pytest.mark.parametrize("verb", ["show", "events"])
async def test_a_bundle_that_is_not_as_it_was_written_is_refused_in_a_sentence(
    desk: Desk, tmp_path: Path, verb: str
) -> None:
    file = await _bundle(desk, tmp_path)
    whole = file.read_bytes()
    for name, data, sentence in (
        ("altered", whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:], "this bundle is not as it was written"),
        ("cut off", whole[: len(whole) // 2], "the end of this bundle is missing"),
        ("no bundle", b"a letter", "this is no bundle of Milepost"),
    ):
        file.write_bytes(data)
        ran = milepost("case", verb, file, services=FakeDesk().services())
        assert (ran.code, ran.out) == (2, ""), name
        assert sentence in ran.err
        assert len(ran.err.strip().splitlines()) == 1


def test_an_instant_without_a_zone_is_refused() -> None:
    ran = milepost("case", "show", "C-1", "--at", "2026-03-02T10:00:00", services=FakeDesk().services())
    assert (ran.code, ran.out) == (2, "")
    assert "has no time zone" in ran.err


def test_the_desk_is_asked_as_it_was_said() -> None:
    desk = FakeDesk()
    assert milepost("case", "show", "C-1", "--event", "2", services=desk.services()).code == 0
    assert milepost("case", "show", "C-1", services=desk.services()).code != 0  # it had one page only
    assert desk.asked == [("show", {"record": "C-1", "event": 2}), ("show", {"record": "C-1"})]
