"""The protocol of all actions: ledger, judgement, world, ledger."""

import asyncio
from typing import Any

import pytest

from activities.actions import CATALOGUE
from activities.fakes import MemoryCases, MemoryDefinitions, MemoryLedger, MemoryMailer, SetClock
from activities.ports import LedgerLine, Mail, Permanent, Transient
from sla.dispatch import NO_LONGER_WANTED, NOBODY_TOLD
from sla.events import Changed, Event, Uncompleted
from sla.ledger_line import LOST
from sla.messages import Outcome, PerformInput
from tests.activities.builders import RECORD, RETRACTED, VIOLATION, WARNING, Scene, a_process, at, noted, opened, violating

REASSIGN = {"reassign": {"to": "role:senior_agent"}}


async def test_an_action_is_performed_and_recorded_once() -> None:
    scene = Scene()
    assert (await scene.perform()).outcome == "performed"
    assert (await scene.perform()).outcome == "performed"
    assert len(scene.mailer.sent) == 1
    assert scene.ledger.lines[VIOLATION].at == at("10:00")


async def test_a_crash_between_the_world_and_the_ledger_repeats_the_mail_under_the_same_message_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("activities.perform.HOLDING_S", ())
    scene = Scene()
    scene.ledger.failures = [ConnectionError("the database went away")]
    with pytest.raises(ConnectionError):
        await scene.perform()
    await scene.perform()
    first, second = scene.mailer.sent
    assert first.message_id == second.message_id


async def test_a_crash_before_the_world_repeats_nothing() -> None:
    scene = Scene()
    scene.mailer.failures = [Transient("not now")]
    with pytest.raises(Transient):
        await scene.perform()
    await scene.perform()
    assert len(scene.mailer.sent) == 1


async def test_a_retry_after_the_ledger_returns_the_same_choice_although_another_would_be_made_now() -> None:
    scene = Scene(process=violating(REASSIGN))
    first = await scene.perform(kind="reassign")
    scene.directory.loads = {"ben": 9}
    again = await scene.perform(kind="reassign")
    assert again == first
    (event,) = again.events
    assert isinstance(event, Changed)
    assert event.set == {"owner": "ben"}


async def test_what_two_attempts_at_once_decide_is_what_the_ledger_took_first() -> None:
    scene = Scene(process=violating(REASSIGN))
    other = Changed(record=RECORD, id=VIOLATION, at=at("10:00"), recorded_at=at("10:00"), set={"owner": "carla"})
    line = LedgerLine(key=VIOLATION, outcome="performed", at=at("10:00"), detail={"events": [other.model_dump(mode="json")]})

    class Raced(type(scene.ledger)):  # type: ignore[misc]  # a ledger into which another attempt writes just before us
        async def write(self, record: str, kind: str, _ours: LedgerLine, **how: Any) -> LedgerLine:
            written: LedgerLine = await super().write(record, kind, line, **how)
            return written

    scene.ledger = Raced()
    (event,) = (await scene.perform(kind="reassign")).events
    assert event == other


async def test_an_action_that_was_dropped_is_performed_when_it_is_wanted_again() -> None:
    scene = Scene()
    scene.ledger.lines[VIOLATION] = LedgerLine(key=VIOLATION, outcome="dropped", at=at("10:00"), reason="the record was out")
    assert (await scene.perform()).outcome == "performed"
    assert len(scene.mailer.sent) == 1
    assert scene.ledger.lines[VIOLATION].outcome == "performed"


async def test_an_action_that_was_given_up_is_performed_when_a_person_retries_it() -> None:
    scene = Scene()
    scene.ledger.lines[VIOLATION] = LedgerLine(
        key=VIOLATION, outcome="gave_up", at=at("10:00"), reason="the server was down"
    )
    assert (await scene.perform()).outcome == "performed"
    assert scene.ledger.lines[VIOLATION].outcome == "performed"


async def test_an_attempt_that_is_taken_for_lost_is_waited_for_and_not_repeated() -> None:
    class Slow(MemoryMailer):
        async def send(self, mail: Mail) -> None:
            await asyncio.sleep(0.05)
            await super().send(mail)

    scene = Scene(mailer=Slow())
    performer = scene.performer
    asked = PerformInput(record=RECORD, ref=scene.ref, key=VIOLATION)
    ended = await asyncio.gather(*(performer.perform(CATALOGUE["email"], asked, attempt=number) for number in (1, 2, 3)))
    assert [one.outcome for one in ended] == ["performed"] * 3
    assert len(scene.mailer.sent) == 1


# ---------------------------------------------------------------------- judged anew


async def test_a_warning_is_dropped_when_the_milestone_was_completed_while_the_mail_server_was_down() -> None:
    scene = Scene(events=[opened(), noted("response.sent", "09:50")], clock=SetClock(at("09:51")))
    performed = await scene.perform(WARNING)
    assert (performed.outcome, performed.reason) == ("dropped", "already completed")
    assert scene.mailer.sent == []
    assert scene.ledger.lines[WARNING].reason == "already completed"
    assert ("effect", "email", "dropped") in scene.observer.seen


async def test_a_violation_that_late_news_withdrew_is_dropped() -> None:
    scene = Scene(events=[opened(), noted("response.sent", "09:58", recorded="10:03")], clock=SetClock(at("10:04")))
    performed = await scene.perform(VIOLATION)
    assert performed.outcome == "dropped"
    assert performed.reason is not None
    assert "completed at 2026-03-02T09:58:00Z" in performed.reason


async def test_an_action_that_the_log_does_not_reach_is_no_longer_wanted() -> None:
    performed = await Scene().perform(f"{RECORD}/First Response#2/1/violation-1/1")
    assert (performed.outcome, performed.reason) == ("dropped", NO_LONGER_WANTED)


async def test_an_action_that_is_reached_by_the_servers_clock_is_performed_although_ours_is_behind() -> None:
    scene = Scene(clock=SetClock(at("09:59:58")))
    performed = await scene.perform(now=at("10:00"))
    assert performed.outcome == "performed"


async def test_a_record_that_the_store_does_not_know_yet_is_waited_for() -> None:
    scene = Scene()
    scene.cases.logs.clear()
    with pytest.raises(Transient, match="does not know the record yet"):
        await scene.perform()
    assert scene.ledger.lines == {}


@pytest.mark.parametrize(("outcome", "told"), [("performed", True), ("dropped", False), ("gave_up", False), (None, True)])
async def test_a_retraction_is_for_those_who_may_have_been_told(outcome: Outcome | None, told: bool) -> None:
    scene = Scene(events=[opened(), noted("response.sent", "09:58", recorded="10:03")], clock=SetClock(at("10:04")))
    if outcome is not None:
        scene.ledger.lines[VIOLATION] = LedgerLine(key=VIOLATION, outcome=outcome, at=at("10:00"))
    performed = await scene.perform(RETRACTED)
    assert (performed.outcome, performed.reason) == (("performed", None) if told else ("dropped", NOBODY_TOLD))


async def test_a_retraction_is_not_for_those_who_were_told_of_a_later_violation() -> None:
    undone = Uncompleted(record=RECORD, id="undone", milestone="First Response", at=at("10:20"), recorded_at=at("10:20"))
    late = noted("response.sent", "09:58", recorded="10:03")
    scene = Scene(events=[opened(), late, undone], clock=SetClock(at("10:21")))
    scene.ledger.lines[VIOLATION] = LedgerLine(key=VIOLATION, outcome="dropped", at=at("10:21"))
    again = f"{VIOLATION}~2"
    scene.ledger.lines[again] = LedgerLine(key=again, outcome="performed", at=at("10:21"))
    performed = await scene.perform(RETRACTED)
    assert (performed.outcome, performed.reason) == ("dropped", NOBODY_TOLD)


@pytest.mark.parametrize(("failed", "told"), [(False, True), (True, False)], ids=["lost with its worker", "refused"])
async def test_an_attempt_of_which_nothing_was_heard_may_have_reached_somebody(failed: bool, told: bool) -> None:
    scene = Scene(events=[opened(), noted("response.sent", "09:58", recorded="10:03")], clock=SetClock(at("10:04")))
    await scene.ledger.begin(RECORD, VIOLATION)
    if failed:
        await scene.ledger.refused(VIOLATION)
    assert (await scene.perform(VIOLATION, attempt=2)).outcome == "dropped"
    assert (await scene.perform(RETRACTED)).outcome == ("performed" if told else "dropped")


async def test_what_is_dropped_while_an_attempt_is_about_to_do_it_may_yet_reach_somebody() -> None:
    late = noted("response.sent", "09:58", recorded="10:03")

    class Judged(MemoryCases):
        async def log(self, record: str) -> list[Event]:
            """What the attempt goes by; then the news comes, and the retraction is done before the attempt goes on."""
            log = await super().log(record)
            if not scene.ledger.lines:
                self.logs[record] = [*log, late]
                scene.ledger.lines[VIOLATION] = LedgerLine(key=VIOLATION, outcome="dropped", at=at("10:03"))
                assert (await scene.perform(RETRACTED, now=at("10:04"))).outcome == "performed"
            return log

    scene = Scene()
    scene.cases = Judged(logs=scene.cases.logs)
    assert (await scene.perform(VIOLATION)).outcome == "performed"
    assert len(scene.mailer.sent) == 2


async def test_what_failed_before_it_was_begun_does_not_make_up_for_an_attempt_that_was_lost() -> None:
    scene = Scene(events=[opened(), noted("response.sent", "09:58", recorded="10:03")], clock=SetClock(at("10:04")))
    await scene.ledger.begin(RECORD, VIOLATION)
    await scene.ledger.attempt(RECORD, "email", VIOLATION, "the store does not know the record yet", at=at("10:00"))
    assert (await scene.perform(VIOLATION, attempt=3)).outcome == "dropped"
    assert (await scene.perform(RETRACTED)).outcome == "performed"


@pytest.mark.parametrize(("owner", "told"), [(Permanent("550"), False), (None, True)], ids=["to nobody", "to one of two"])
async def test_a_mail_that_one_of_several_got_has_reached_somebody(owner: Permanent | None, told: bool) -> None:
    scene = Scene(process=violating({"email": {"to": ["owner", "contact"], "template": "violation"}}))
    scene.mailer.failures = [owner, Permanent("550")]
    with pytest.raises(Permanent, match="550"):
        await scene.perform()
    assert await scene.ledger.unheard(VIOLATION) is told


async def test_an_attempt_that_hung_does_not_undo_that_its_action_was_given_up() -> None:
    class GivenUpMeanwhile(MemoryLedger):
        async def find(self, key: str) -> LedgerLine | None:
            found = await super().find(key)
            self.lines[key] = LedgerLine(key=key, outcome="gave_up", at=at("10:05"))
            return found

    scene = Scene(events=[opened(), noted("response.sent", "09:50")], ledger=GivenUpMeanwhile())
    await scene.perform()
    assert scene.ledger.lines[VIOLATION].outcome == "gave_up"


async def test_nothing_is_done_that_the_ledger_could_not_remember() -> None:
    class Full(MemoryLedger):
        async def begin(self, record: str, key: str) -> None:
            raise OSError("the disk is full")

    scene = Scene(ledger=Full())
    with pytest.raises(OSError, match="full"):
        await scene.perform()
    assert scene.mailer.sent == []


async def test_what_was_done_is_held_on_to_while_the_ledger_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("activities.perform.HOLDING_S", (0, 0, 0))
    scene = Scene()
    scene.ledger.failures = [OSError("gone"), OSError("gone"), None]
    assert (await scene.perform()).outcome == "performed"
    assert len(scene.mailer.sent) == 1
    assert scene.ledger.lines[VIOLATION].outcome == "performed"


# ---------------------------------------------------------------------- failures


async def test_an_attempt_that_was_lost_with_its_worker_has_failed() -> None:
    scene = Scene(clock=SetClock(at("10:01:30")))
    assert (await scene.perform(attempt=2)).outcome == "performed"
    assert (scene.ledger.attempts, scene.ledger.tried_at) == ([(VIOLATION, LOST)], [at("10:01:30")])


async def test_an_attempt_that_told_how_it_failed_is_counted_once() -> None:
    scene = Scene()
    await scene.ledger.attempt(RECORD, "email", VIOLATION, "421 too busy", at=at("10:00"))
    await scene.perform(attempt=2)
    assert scene.ledger.attempts == [(VIOLATION, "421 too busy")]


async def test_what_was_performed_by_the_attempt_before_has_not_failed() -> None:
    scene = Scene()
    await scene.perform()
    await scene.perform(attempt=2)
    assert scene.ledger.attempts == []


async def test_parameters_that_do_not_fit_fail_for_good_and_name_the_parameter() -> None:
    scene = Scene(process=violating({"email": {"to": "owner", "template": "warning", "cc": "ben"}}))
    with pytest.raises(Permanent, match="cc: "):
        await scene.perform()


async def test_a_process_that_nobody_has_published_is_an_error_and_not_the_end() -> None:
    scene = Scene(definitions=MemoryDefinitions())
    scene.definitions.processes.clear()
    with pytest.raises(Exception, match="There is no active process 'Premium'"):
        await scene.perform()
    assert scene.ledger.lines == {}


# ---------------------------------------------------------------------- figures


async def test_lateness_is_told_at_the_first_attempt_and_retries_at_the_others() -> None:
    scene = Scene(clock=SetClock(at("10:00:07")))
    scene.mailer.failures = [Transient("not now")]
    with pytest.raises(Transient):
        await scene.perform(attempt=1)
    await scene.perform(attempt=2)
    assert scene.observer.seen == [("triggered", "violation", 7.0), ("retried", "email"), ("effect", "email", "performed")]


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ({"email": {"to": "owner", "template": "violation"}}, "email"),
        (REASSIGN, "reassign"),
        ({"task": {"to": "owner", "subject": "Call"}}, "task"),
        ({"webhook": {"url": "https://hooks.example/x"}}, "webhook"),
        ({"notify": {"url": "https://chat.example/x", "text": "late"}}, "notify"),
        ({"update": {"set": {"escalated": True}}}, "update"),
    ],
)
async def test_every_kind_goes_by_the_same_protocol(action: dict[str, Any], kind: str) -> None:
    scene = Scene(process=violating(action))
    assert (await scene.perform(kind=kind)).outcome == "performed"
    assert scene.ledger.kinds == {VIOLATION: kind}


async def test_a_key_with_every_odd_character_is_a_key() -> None:
    name = "Première/réponse #1 “vite”"
    scene = Scene(process=a_process(milestone=name))
    key = f"{RECORD}/{name}#1/1/violation-1/1"
    assert (await scene.perform(key)).outcome == "performed"
    assert scene.mailer.sent[0].message_id.isascii()
