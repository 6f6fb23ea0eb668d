"""The judge that asks the cases themselves, with a Temporal server that says what it is told to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from sla.messages import CaseState, ProcessRef, workflow_id
from sla.viewing import view_of
from tests.faults import cases
from tests.faults.seen import Seen
from tests.faults.sound import CHAT, HOOK, RECORD, VIOLATION, a_line, a_record, with_line
from tests.faults.world import World

RUNS, ENDED = WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED


def a_state(seen: Seen, **changes: Any) -> CaseState:
    """What a case answers that knows what the store knows."""
    state = CaseState(
        record=RECORD,
        ref=ProcessRef(process="Support", version=1, revision=1),
        events=len(seen.log),
        view=view_of(seen.now),
        next_wakeup=None,
        under_way=[],
        done={key: line.outcome for key, line in seen.ledger.items() if "/to/" not in key},
    )
    return state.model_copy(update=changes)


@dataclass
class Server:
    """A Temporal client and a world, as far as the judge looks at them."""

    state: CaseState | None
    status: WorkflowExecutionStatus = RUNS
    stuck: list[str] = field(default_factory=list)
    closed_cases_answer: bool = True

    @property
    def client(self) -> "Server":
        return self

    async def list_workflows(self, query: str) -> AsyncIterator[Any]:
        assert query == cases.STUCK
        for name in self.stuck:
            yield SimpleNamespace(id=name)

    def get_workflow_handle(self, name: str) -> "Server":
        assert name == workflow_id(RECORD)
        return self

    async def describe(self) -> Any:
        return SimpleNamespace(status=self.status)

    async def query(self, _name: str, *, result_type: type[CaseState]) -> CaseState:
        if self.state is None:
            raise RPCError("nobody is there", RPCStatusCode.UNAVAILABLE, b"")
        assert isinstance(self.state, result_type)
        return self.state


async def judged(seen: Seen, server: Server, *, answers_lost: bool = False) -> list[str]:
    """What the judge has to say, without the record's name."""
    found = await cases.complaints(cast("World", server), {RECORD: seen}, answers_lost=answers_lost)
    return [one.removeprefix(f"{RECORD}: ") for one in found]


async def test_a_case_that_knows_what_the_store_knows_is_not_complained_of() -> None:
    assert await judged(a_record(), Server(a_state(a_record()))) == []


async def test_a_stuck_case_is_named() -> None:
    found = await judged(a_record(), Server(a_state(a_record()), stuck=[workflow_id(RECORD)]))
    assert found == [f"{workflow_id(RECORD)} is stuck"]


async def test_a_case_has_ended_when_its_record_has_left_and_only_then() -> None:
    seen = a_record()
    assert await judged(seen, Server(a_state(seen), status=ENDED)) == ["its case is COMPLETED, and should be RUNNING"]
    left = replace(seen, row={**seen.row, "out": True})
    assert await judged(left, Server(a_state(left))) == ["its case is RUNNING, and should be COMPLETED"]
    assert await judged(left, Server(a_state(left), status=ENDED)) == []


async def test_a_case_answers_unless_it_has_ended_with_a_version_that_nobody_runs() -> None:
    assert await judged(a_record(), Server(None)) == ["its case gives no answer: nobody is there"]
    left = replace(a_record(), row={**a_record().row, "out": True})
    assert await judged(left, Server(None, status=ENDED)) == ["its case gives no answer: nobody is there"]
    assert await judged(left, Server(None, status=ENDED, closed_cases_answer=False)) == []


async def test_a_case_knows_every_event_of_the_log() -> None:
    assert await judged(a_record(), Server(a_state(a_record(), events=1))) == ["its case knows 1 events, the store 2"]


async def test_a_case_at_rest_does_nothing() -> None:
    assert await judged(a_record(), Server(a_state(a_record(), under_way=[HOOK]))) == [f"its case still does {HOOK}"]


async def test_a_case_shows_the_statuses_of_its_log() -> None:
    shown = view_of(a_record().now)
    view = shown.model_copy(update={"milestones": [one.model_copy(update={"status": "met"}) for one in shown.milestones]})
    assert await judged(a_record(), Server(a_state(a_record(), view=view))) == [
        "its case shows other statuses than its log has"
    ]


DISAGREE = [("dropped", "performed"), ("gave_up", "performed"), ("performed", "dropped"), (None, "performed")]


@pytest.mark.parametrize(("believed", "stands"), DISAGREE, ids=str)
async def test_a_case_and_the_ledger_call_an_action_by_one_name(believed: str | None, stands: str) -> None:
    seen = with_line(a_record(), a_line(HOOK, stands))
    done = {**a_state(seen).done, HOOK: believed}
    if believed is None:
        del done[HOOK]
    found = await judged(seen, Server(a_state(seen, done=done)))
    assert found == [f"its case has {HOOK} as {believed}, the ledger as {stands}"]


async def test_two_names_for_an_action_are_excused_where_its_end_may_not_have_been_heard_of() -> None:
    undone = with_line(a_record(), a_line(HOOK, "dropped", "completed meanwhile"))
    given_up = a_state(undone, done={**a_state(undone).done, HOOK: "gave_up"})
    assert await judged(undone, Server(given_up)) == []
    seen = a_record()
    unheard = a_state(seen, done={**a_state(seen).done, CHAT: "dropped", VIOLATION: "dropped"})
    assert len(await judged(seen, Server(unheard))) == 2
    assert await judged(seen, Server(unheard), answers_lost=True) == []
