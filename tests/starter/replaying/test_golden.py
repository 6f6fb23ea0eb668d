"""Golden histories through today's workflow and law: changed, the one is caught by decisions, the other by replaying."""

import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory

import sla.dispatch
import sla.engine
import sla.recomputing
from sla.process.model import Process
from sla.timeline import Timeline
from starter.answers import NON_DETERMINISTIC
from starter.replaying import session
from starter.replaying.laws import of_laws
from starter.replaying.reading import of_history, parsed
from starter.replaying.results import tally
from tests.starter.replaying.builders import FILES, golden, replayed, replays, sentences
from tests.starter.replaying.careless import AsksTheTime, ImportsWhatItIsNotGiven, StopsInADebugger
from tests.workflows.changed import CHANGES, FAILS, Change
from tests.workflows.golden import laws_under
from workflows.case import SlaCase

VIOLATED = "warned-violated-reassigned"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_every_golden_history_replays_and_its_decisions_are_the_same(path: Path) -> None:
    async with replays() as replaying:
        found = await replaying.replay(parsed(path.read_bytes(), path.name), of_laws(laws_under(path)))
    assert (found.verdict, found.parted, sentences(found), found.skipped) == ("same", None, [], None)
    assert found.record == "C-1042"
    assert found.decisions == len(list(parsed(path.read_bytes(), path.name).decisions())) > 1


async def test_one_after_the_other_they_replay_as_alone() -> None:
    async with replays() as replaying:
        runs = [(parsed(path.read_bytes(), path.name), of_laws(laws_under(path))) for path in FILES]
        found = [await replaying.replay(run, laws) for run, laws in [*runs, *reversed(runs)]]
    assert {one.verdict for one in found} == {"same"}
    assert [one.decisions for one in found[: len(FILES)]] == [one.decisions for one in reversed(found[len(FILES) :])]


async def test_decisions_are_taken_again_with_the_calendars_of_their_day() -> None:
    path = golden("office-hours")
    run = parsed(path.read_bytes(), path.name)
    [law] = laws_under(path)
    open_again = law.calendars["office"].model_copy(update={"holidays": ()})
    async with replays() as replaying:
        then = await replaying.replay(run, of_laws([law]))
        today = await replaying.replay(run, of_laws([law.model_copy(update={"calendars": {"office": open_again}})]))
    assert (then.verdict, today.verdict) == ("same", "differs")
    assert sentences(today)[0] == "First Response's target: 2026-11-24 11:00 UTC → 2026-11-22 16:22:20 UTC"


async def test_what_the_store_alone_had_heard_is_taken_as_given() -> None:
    path = golden("office-hours")
    async with replays() as replaying:
        assert (await replaying.replay(parsed(path.read_bytes(), path.name), of_laws(laws_under(path)))).verdict == "same"
        [found] = [taken.recorded.found for taken in replaying._capturing.tape.taken if taken.recorded.found]
    assert [event.facts().get("kind") for event in found] == ["customer.replied"]


# ---------------------------------------------------------------------- a changed law


def half_an_hour_later(evaluate: Any) -> Any:
    """An engine in which every target is half an hour later."""

    def changed(process: Process, *rest: Any, **more: Any) -> Timeline:
        told: Timeline = evaluate(process, *rest, **more)
        later = timedelta(minutes=30)
        moved = [
            one.model_copy(update={"target_at": one.target_at + later if one.target_at else None}) for one in told.milestones
        ]
        return told.model_copy(update={"milestones": tuple(moved)})

    return changed


async def test_a_changed_law_is_caught_by_its_decisions_and_not_by_the_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sla.engine, "evaluate", half_an_hour_later(sla.engine.evaluate))
    found = await replayed(VIOLATED)
    assert (found.verdict, found.parted) == ("differs", None)
    assert found.differing[0].event == 6
    first, *_ = sentences(found)
    assert first == "First Response's target: 2026-11-22 05:59:34 UTC → 2026-11-22 06:29:34 UTC"


async def test_what_was_said_of_a_decision_is_not_said_again_of_those_that_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sla.engine, "evaluate", half_an_hour_later(sla.engine.evaluate))
    said = sentences(await replayed(VIOLATED))
    assert len(said) == len(set(said))


async def test_a_law_that_no_longer_warns_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(evaluate: Any) -> Any:
        def changed(*given: Any, **more: Any) -> Timeline:
            told: Timeline = evaluate(*given, **more)
            return told.model_copy(update={"effects": tuple(one for one in told.effects if one.trigger != "warning")})

        return changed

    monkeypatch.setattr(sla.engine, "evaluate", silent(sla.engine.evaluate))
    found = await replayed(VIOLATED)
    assert [one.event for one in found.differing] == [14]
    key = "C-1042/First Response#1/1/warning-1/1"
    assert sentences(found) == [f"{key}: started (email), due 2026-11-22 05:44:34 UTC → nothing"]


async def test_a_law_that_fails_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> Timeline:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(sla.engine, "evaluate", fails)
    found = await replayed("refused")
    assert sentences(found) == ["today's law has no answer (ZeroDivisionError: division by zero)"]
    assert found.verdict == "differs"


# ---------------------------------------------------------------------- a changed workflow


PARTS: Mapping[str, tuple[Change, int, str, str]] = {
    "no timer": (CHANGES["no timer"], 8, "TimerStarted", "answers news there instead"),
    "not shown": (CHANGES["not shown"], 7, "UpsertWorkflowSearchAttributes", "starts a timer there instead"),
    "no action": (CHANGES["no action"], 16, "ActivityTaskScheduled", "starts a timer there instead"),
    "reordered": (CHANGES["reordered"], 16, "ActivityTaskScheduled", "starts a timer there instead"),
    "fails": (FAILS, 3, "WorkflowTaskStarted", "fails there (ValueError: it was never meant to"),
}


@pytest.mark.parametrize("change", PARTS)
async def test_a_changed_workflow_is_caught_at_its_event(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changed, event, kind, said = PARTS[change]
    monkeypatch.setattr(*changed)
    found = await replayed(VIOLATED, sandboxed=False)
    assert found.verdict == "parts"
    assert found.parted is not None
    assert (found.parted.event, found.parted.kind) == (event, kind)
    assert f"today's workflow {said}" in found.parted.sentence
    assert sentences(found) == []  # the law is as it was
    assert "Traceback" not in found.parted.sentence


@pytest.mark.parametrize(
    ("careless", "said"),
    [
        (AsksTheTime, "Cannot access datetime.datetime.now.__call__ from inside a workflow"),
        (StopsInADebugger, "fails there (RestrictedWorkflowAccessError: breakpoint"),
        (ImportsWhatItIsNotGiven, "Module tests.sla.builders was not intentionally passed through to the sandbox"),
    ],
)
async def test_the_sandbox_is_as_strict_as_a_worker_s(careless: type, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SlaCase", careless)
    found = await replayed(VIOLATED)
    assert found.parted is not None
    assert said in found.parted.sentence


async def test_a_workflow_that_waits_for_its_turn_is_not_taken_for_stuck(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = SlaCase._must_decide
    pauses = iter([2.5])  # Temporal takes a workflow for stuck after 2 s

    def slow_once(self: SlaCase) -> bool:
        time.sleep(next(pauses, 0))
        return asked(self)

    monkeypatch.setattr(SlaCase, "_must_decide", slow_once)
    found = await replayed(VIOLATED, sandboxed=False)
    assert (found.verdict, found.decisions) == ("same", 5)


async def test_a_history_that_breaks_off_between_tasks_is_that_of_an_open_case() -> None:
    path = golden(VIOLATED)
    run = parsed(path.read_bytes(), path.name)
    del run.history.events[18:]  # type: ignore[attr-defined]  # a list, which says that it is a sequence
    async with replays() as replaying:
        found = await replaying.replay(run, of_laws(laws_under(path)))
    assert (found.verdict, found.decisions) == ("same", 2)


@pytest.mark.parametrize("story", ["all-met", "store-down"])
async def test_whatever_a_case_was_doing_when_its_history_was_fetched_it_replays(story: str) -> None:
    path = golden(story)
    laws = of_laws(laws_under(path))
    whole = parsed(path.read_bytes(), path.name)
    async with replays(patience_s=5) as replaying:
        for events in range(1, len(whole.events) + 1):
            run = of_history(WorkflowHistory(whole.history.workflow_id, whole.events[:events]), "a part")
            found = await replaying.replay(run, laws)
            assert (found.verdict, found.skipped, found.events) == ("same", None, events)
            assert found.decisions <= len(list(run.decisions()))
    assert found.decisions == len(list(whole.decisions()))


async def test_what_the_replayer_comes_to_no_end_with_is_not_passed_over_and_the_next_is_replayed() -> None:
    path = golden("refused")
    run, laws = parsed(path.read_bytes(), path.name), of_laws(laws_under(path))
    async with replays(patience_s=0.0001) as replaying:
        hung = await replaying.replay(run, laws)
        replaying._patience_s = 30
        after = await replaying.replay(run, laws)
    assert (hung.verdict, after.verdict) == ("parts", "same")
    assert hung.parted is not None
    assert hung.parted.sentence.endswith("Temporal's Replayer came to no end there within 0.0001 s")
    assert tally([hung, after]).exit_status == NON_DETERMINISTIC, "a gate stays shut"


async def test_definitions_that_are_not_there_leave_the_decisions_untaken_and_say_so() -> None:
    path = golden(VIOLATED)
    async with replays() as replaying:
        found = await replaying.replay(parsed(path.read_bytes(), path.name), of_laws([]))
    assert (found.verdict, found.decisions) == ("skipped", 0)
    assert found.skipped is not None
    assert "'Premium (version 1)'" in found.skipped
    assert "--process" in found.skipped
