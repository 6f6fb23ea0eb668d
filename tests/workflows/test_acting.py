"""Warnings, violations and successes: when they act, under which names, and what comes of their failing."""

import pytest

from activities.ports import Permanent, Transient
from sla.messages import Concluded, Outcome, ProcessRef
from tests.workflows.harness import Bench
from tests.workflows.world import Breakdown, World, a_milestone, a_process, violating
from workflows.acting import Actions

WARNING = "C-1042/First Response#1/1/warning-1/1"
VIOLATION = "C-1042/First Response#1/1/violation-1/1"
SUCCESS = "C-1042/First Response#1/1/success/1"
MAIL = {"email": {"to": "owner", "template": "violation"}}
TASK = {"task": {"to": "role:support_manager", "subject": "Look into it"}}


async def test_warnings_and_violations_act_at_their_instants_and_not_before(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(44.9)
        assert bench.world.performed() == []
        await bench.at(45)
        assert bench.world.performed() == [WARNING]
        await bench.at(59.9)
        assert bench.world.performed() == [WARNING]
        await bench.at(60)
        assert bench.world.performed() == [WARNING, VIOLATION]
        late = [bench.world.ledger.lines[key].at - bench.instant(minute) for key, minute in ((WARNING, 45), (VIOLATION, 60))]
        assert [lateness.total_seconds() for lateness in late] == [0, 0]


async def test_an_action_goes_to_its_worlds_queue_under_its_key_and_violations_come_before_warnings(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(61)
        await bench.report("noted", kind="response.sent")
        await bench.at(62)
        scheduled = await bench.scheduled()
        told = {
            key: (task.activity_type.name, task.task_queue.name, task.priority.priority_key)
            for key, task in scheduled.items()
            if "/" in key
        }
        assert told == {
            WARNING: ("action.email", f"{bench.prefix}-mail", 2),
            VIOLATION: ("action.reassign", f"{bench.prefix}-desk", 1),
            SUCCESS: ("action.webhook", f"{bench.prefix}-web", 3),
        }


async def test_a_milestone_met_in_time_sends_nothing_but_its_success(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(30)
        answer = await bench.report("noted", kind="response.sent")
        assert answer.changes == ["First Response: running → met"]
        await bench.at(180)
        assert bench.world.performed() == [SUCCESS]
        assert (bench.world.subjects(), len(bench.world.web.posted)) == ([], 1)


async def test_a_completion_while_the_mail_server_is_down_drops_the_warning_and_says_why(cached: int) -> None:
    async with Bench(a_process(success=[]), cached=cached) as bench:
        bench.world.mailer.problem = Transient("the mail server does not answer")
        await bench.open()
        await bench.at(46)
        assert bench.world.mailer.tries > 1
        assert (await bench.state()).under_way == [WARNING]
        await bench.report("noted", kind="response.sent")
        await bench.at(47)
        line = bench.world.ledger.lines[WARNING]
        assert line.outcome == "dropped"
        assert line.reason
        assert "completed" in line.reason
        assert await bench.count("ACTIVITY_TASK_CANCELED") == 1
        tries = bench.world.mailer.tries
        bench.world.mailer.problem = None
        await bench.at(300)
        assert (bench.world.mailer.tries, bench.world.subjects()) == (tries, [])
        assert (await bench.state()).done == {WARNING: "dropped"}


async def test_a_mail_server_that_is_down_for_an_hour_delays_the_mail_and_holds_up_nothing_else(cached: int) -> None:
    async with Bench(violating(MAIL, TASK), cached=cached) as bench:
        bench.world.mailer.problem = Transient("the mail server does not answer")
        await bench.open()
        await bench.at(61)
        assert list(bench.world.tasks.opened) == ["C-1042/First Response#1/1/violation-1/2"]
        await bench.at(120)
        assert bench.world.subjects() == []
        bench.world.mailer.problem = None
        await bench.at(131)  # the longest pause between two attempts is ten minutes
        assert bench.world.subjects() == ["violation of C-1042"]
        assert (await bench.state()).under_way == []


async def test_an_action_that_fails_for_good_is_given_up_the_case_goes_on_and_a_person_has_it_tried_again(
    cached: int,
) -> None:
    process = a_process(
        a_milestone("Resolution", "2h", violations=[{"after": "0s", "actions": [TASK]}]),
        violations=[{"after": "0s", "actions": [MAIL]}],
        warnings=[],
    )
    async with Bench(process, cached=cached) as bench:
        bench.world.mailer.problem = Permanent("550 no such mailbox")
        await bench.open()
        await bench.at(61)
        line = bench.world.ledger.lines[VIOLATION]
        assert line.outcome == "gave_up"
        assert line.reason
        assert "550 no such mailbox" in line.reason
        assert bench.world.mailer.tries == 1
        await bench.at(121)
        assert list(bench.world.tasks.opened) == ["C-1042/Resolution#1/1/violation-1/1"]
        bench.world.mailer.problem = None
        await bench.at(130)
        assert bench.world.subjects() == []
        await bench.retry(VIOLATION)
        await bench.at(131)
        assert bench.world.subjects() == ["violation of C-1042"]
        assert bench.world.ledger.lines[VIOLATION].outcome == "performed"
        await bench.retry(VIOLATION)
        await bench.at(140)
        assert bench.world.subjects() == ["violation of C-1042"]


async def test_an_action_whose_time_is_up_is_given_up_with_the_last_problem_as_the_reason(cached: int) -> None:
    async with Bench(violating(MAIL), world=World(budget_s=3600), cached=cached) as bench:
        bench.world.mailer.problem = Transient("451 greylisted")
        await bench.open()
        await bench.at(125)
        line = bench.world.ledger.lines[VIOLATION]
        assert line.outcome == "gave_up"
        assert line.reason
        assert "451 greylisted" in line.reason


async def test_a_breakdown_that_nobody_foresaw_is_tried_again(cached: int) -> None:
    async with Bench(violating(MAIL), cached=cached) as bench:
        bench.world.mailer.problem = Breakdown("a bug")
        await bench.open()
        await bench.at(61)
        bench.world.mailer.problem = None
        await bench.at(65)
        assert bench.world.subjects() == ["violation of C-1042"]
        assert bench.world.ledger.attempts[0] == (VIOLATION, "unexpected Breakdown")


async def test_whom_a_reassignment_chose_comes_back_as_news(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(61)
        last = bench.world.cases.logs["C-1042"][-1].model_dump()
        assert (last["type"], last["set"]) == ("changed", {"owner": "ben"})
        assert 0 <= (last["at"] - bench.instant(60)).total_seconds() <= 1
        assert bench.world.cases.views["C-1042"].fields["owner"] == "ben"


@pytest.mark.parametrize("kind", ["email", "notify", "reassign", "task", "webhook"])
async def test_an_action_of_any_kind_that_nobody_can_perform_is_given_up_and_never_the_case(kind: str) -> None:
    impossible = {
        "email": {"to": "nobody", "template": "violation"},
        "notify": {"url": "secret:unknown", "text": "Look"},
        "reassign": {"to": "role:unknown"},
        "task": {"to": "role:unknown"},
        "webhook": {"url": "secret:unknown"},
    }
    async with Bench(violating({kind: impossible[kind]})) as bench:
        await bench.open()
        await bench.at(61)
        assert bench.world.ledger.lines[VIOLATION].outcome == "gave_up"
        assert await bench.is_open()
        assert await bench.count("WORKFLOW_TASK_FAILED") == 0


async def test_what_was_dropped_when_the_record_left_is_done_when_it_returns(cached: int) -> None:
    async with Bench(violating(MAIL), cached=cached) as bench:
        bench.world.mailer.problem = Transient("421")
        await bench.open()
        await bench.at(61)
        await bench.report("closed")
        await bench.at(62)
        assert bench.world.ledger.lines[VIOLATION].outcome == "dropped"
        bench.world.mailer.problem = None
        await bench.start_with(bench.event("reopened"), bench.world.case_input(bench.record, bench.ref))
        await bench.at(63)
        assert bench.world.ledger.lines[VIOLATION].outcome == "performed"
        assert bench.world.subjects() == ["violation of C-1042"]


async def test_an_action_that_ends_while_news_makes_it_unwanted_stays_performed(cached: int) -> None:
    async with Bench(violating(MAIL), cached=cached) as bench:
        bench.world.mailer.gate.clear()
        await bench.open()
        await bench.at(60)
        await bench.until(lambda: bench.world.mailer.tries == 1)
        await bench.report("noted", kind="response.sent", at=59)
        bench.world.mailer.gate.set()
        await bench.at(61)
        assert (await bench.state()).done == {VIOLATION: "performed"}
        assert bench.world.ledger.lines[VIOLATION].outcome == "performed"


@pytest.mark.parametrize("ended", ["performed", "gave_up"])
def test_how_an_action_ended_while_it_was_being_dropped_stands_in_case_and_ledger_alike(ended: Outcome) -> None:
    actions = Actions("C-1042", ProcessRef(process="Premium", version=1, revision=1), {VIOLATION: ended}, [])
    actions.drop([Concluded(key=key, outcome="dropped", reason="met") for key in (VIOLATION, SUCCESS)])
    assert actions.done == {VIOLATION: ended, SUCCESS: "dropped"}
