"""Each broken promise is named in a sentence; a demo that cannot fail would prove nothing."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from runtime.mailbox import Mail
from tests.demo.builders import START, a_state, changed, examples, judged, the_case, the_log, the_story, the_timeline
from workers.demo.mails import addresses, broken_mail

THIRD = the_story("C-3")
ENDED = the_timeline(THIRD, the_log(THIRD))


def a_mail(to: str = "ben@support.example", message_id: str = "<1.C-3@here>", record: str = "C-3") -> Mail:
    return Mail(
        id="1",
        path=Path("000001.eml"),
        sender="",
        to=to,
        recipients=(to,),
        subject="",
        date=START,
        message_id=message_id,
        text=f"  Case:        {record} - No reading",
        html=None,
    )


def test_a_status_that_the_service_recorded_otherwise() -> None:
    case = the_case(THIRD, ENDED)
    [first, *others] = case.occurrences
    wrong = replace(case, occurrences=[first.model_copy(update={"status": "met"}), *others])
    assert list(judged(THIRD, ENDED, wrong).broken) == [
        "C-3 is violated, reassigned: First Response: status is recorded as met, evaluated as met_late."
    ]


def test_a_milestone_that_the_service_did_not_record() -> None:
    case = the_case(THIRD, ENDED)
    [told] = judged(THIRD, ENDED, replace(case, occurrences=case.occurrences[:2])).broken
    assert "Resolution is only evaluated" in told


def test_an_action_that_the_service_did_not_reach() -> None:
    case = the_case(THIRD, ENDED)
    [told] = judged(THIRD, ENDED, replace(case, effects=case.effects[1:])).broken
    assert f"action {ENDED.effects[0].key} is recorded as None" in told


def test_an_action_that_was_given_up() -> None:
    given_up = a_state(ENDED.effects[0], "gave_up").line
    [told] = judged(THIRD, ENDED, changed(the_case(THIRD, ENDED), 0, line=given_up)).broken
    assert "was given up" in told


def test_an_action_that_was_never_performed() -> None:
    [told] = judged(THIRD, ENDED, changed(the_case(THIRD, ENDED), 0, line=None)).broken
    assert "was not performed" in told


def test_an_action_that_needed_several_attempts() -> None:
    [told] = judged(THIRD, ENDED, changed(the_case(THIRD, ENDED), 0, attempts=2, problem="no answer")).broken
    assert "failed 2 times: no answer" in told


def test_an_owner_who_is_no_senior_agent() -> None:
    [told] = judged(THIRD, ENDED, the_case(THIRD, ENDED, owner="ben")).broken
    assert "its owner is ben, who is no senior agent" in told


def test_a_case_that_is_still_open() -> None:
    log = the_log(THIRD)[:-1]
    [told] = judged(THIRD, the_timeline(THIRD, log)).broken
    assert "it is not closed" in told


def test_a_story_that_took_another_course() -> None:
    log = [event for event in the_log(THIRD) if getattr(event, "kind", "") != "response.sent"]
    told = " ".join(judged(THIRD, the_timeline(THIRD, log)).broken)
    assert "First Response was promised as met late, and is missed" in told


def test_a_completion_that_counts_at_another_time() -> None:
    log = [
        event.model_copy(update={"at": event.at + timedelta(seconds=1)}) if event.id == "C-3-2" else event
        for event in the_log(THIRD, delay_s=1)
    ]
    [told] = judged(THIRD, the_timeline(THIRD, log)).broken
    assert "Initial Diagnosis was completed at 09:00:31, but counts as completed at 09:00:32" in told


def test_mails_are_counted_by_action_and_reader() -> None:
    known = addresses(examples())
    warned = {"C-3": [a_state(ENDED.effects[0])]}
    assert list(broken_mail([a_mail()], warned, known)) == []
    assert list(broken_mail([], warned, known)) == ["ben@support.example got 0 mails about C-3; the ledger says 1."]
    assert list(broken_mail([a_mail(), a_mail()], warned, known)) == [
        "The mail <1.C-3@here> arrived 2 times.",
        "ben@support.example got 2 mails about C-3; the ledger says 1.",
    ]
    stray = a_mail("x@y.example", "<2@here>", record="C-99")
    assert list(broken_mail([a_mail(), stray], warned, known)) == [
        "x@y.example got 1 mails about no case of ours; the ledger says 0."
    ]
