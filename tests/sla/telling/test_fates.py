"""What fired when and how late, what was skipped or dropped and why, and who got which mail on which attempt."""

from typing import Any

import pytest

from sla.dossier import Deed
from sla.story import Act, Story
from tests.sla.builders import FIRST, Json, a_case, a_milestone, a_process, instant, some_hours, updating
from tests.sla.builders import Story as Case
from tests.sla.telling.builders import chapter, sentences, told

KEY = f"C-1/{FIRST}#1/1"


def a_deed(trigger: str, at: str | None = None, **more: Any) -> Deed:
    """A line of the ledger; performed unless told otherwise."""
    given = {"outcome": "performed", **more}
    return Deed.model_validate({"key": f"{KEY}/{trigger}", "at": at and instant(at), **given})


def a_mail(trigger: str, to: str, at: str) -> Deed:
    """One of several mails of an action."""
    return a_deed(f"{trigger}/to/{to:0>16}", at, detail={"to": to})


def fate(whole: Story, of: str) -> str:
    """The sentence on one action, without its time."""
    (text,) = (one for one in sentences(whole) if f" {of} " in one)
    return text.partition(": ")[2]


def act(whole: Story, trigger: str) -> Act:
    """One action."""
    return next(one for one in chapter(whole).acts if one.key == f"{KEY}/{trigger}")


def warned(*deeds: Deed, at: str = "09:50") -> Story:
    """A case of which the warning was due at 09:45."""
    return told(a_case().opened(), at, deeds=deeds)


def test_a_mail_tells_whom_it_reached_and_how_late() -> None:
    sent = a_deed("warning-1/1", "09:45:07", detail={"sent": ["u-ann", "u-bob"], "nobody": ["queue"]})
    whole = warned(sent)
    assert fate(whole, "mail") == (
        "the mail of the warning at 45 min of open time was sent to u-ann, u-bob at 09:45:07, 7 s after it was due, "
        "on the first attempt; nobody is behind queue."
    )
    one = act(whole, "warning-1/1")
    assert (one.to, one.late_s, one.outcome, one.attempts) == (("u-ann", "u-bob"), 7, "performed", 0)


def test_one_that_was_done_at_its_instant_is_on_time() -> None:
    assert "was sent to u-ann on time, on the first attempt" in fate(
        warned(a_deed("warning-1/1", "09:45", detail={"sent": ["u-ann"]})), "mail"
    )


def test_of_several_mails_each_is_told_with_its_time_and_the_attempt() -> None:
    whole = warned(
        a_deed("warning-1/1", "09:46:10", detail={"sent": ["u-ann", "u-bob"]}, attempts=1, problem="u-bob: 451 later"),
        a_mail("warning-1/1", "u-ann", "09:45:02"),
        a_mail("warning-1/1", "u-bob", "09:46:10"),
    )
    assert fate(whole, "mail") == (
        "the mail of the warning at 45 min of open time was sent to u-ann at 09:45:02 on the first attempt, "
        "to u-bob at 09:46:10 on the second attempt (the first failed with: u-bob: 451 later)."
    )


def test_of_more_attempts_than_times_only_the_last_is_numbered() -> None:
    whole = warned(
        a_deed("warning-1/1", "09:48", detail={"sent": ["u-ann", "u-bob"]}, attempts=3, problem="u-bob: 451 later"),
        a_mail("warning-1/1", "u-ann", "09:45:02"),
        a_mail("warning-1/1", "u-bob", "09:48"),
    )
    assert fate(whole, "mail").endswith(
        "was sent to u-ann at 09:45:02 on an earlier attempt, to u-bob at 09:48 on the fourth attempt "
        "(the one before failed with: u-bob: 451 later)."
    )


def test_an_attempt_that_was_lost_with_its_worker_is_seen_by_its_mails() -> None:
    whole = warned(
        a_deed("warning-1/1", "09:48", detail={"sent": ["u-ann", "u-bob"]}),
        a_mail("warning-1/1", "u-ann", "09:45:02"),
        a_mail("warning-1/1", "u-bob", "09:48"),
    )
    assert fate(whole, "mail").endswith(
        "was sent to u-ann at 09:45:02 on the first attempt, to u-bob at 09:48 on the second attempt."
    )


def test_what_was_done_before_its_present_due_time_is_not_told_as_on_time() -> None:
    case = a_case().opened().stopped("09:10", learned="10:30").resumed("09:20", learned="10:30")
    done = a_deed("violation-1/1", "10:00:02", detail={"to": "role:senior_agent", "chosen": "u-sen"})
    whole = told(case, "10:40", deeds=(done,))
    assert fate(whole, "reassignment") == (
        "the reassignment of the violation at 1 h of open time gave the record to u-sen at 10:00:02, "
        "before it was due as is known now, on the first attempt."
    )
    assert act(whole, "violation-1/1").due_at == instant("10:10")


def test_mails_that_were_accepted_before_the_action_is_done_are_told() -> None:
    failing = a_deed("warning-1/1", outcome=None, attempts=2, problem="u-bob: 451 later", attempted_at=instant("09:49"))
    whole = warned(failing, a_mail("warning-1/1", "u-ann", "09:45:02"))
    assert fate(whole, "mail") == (
        "the mail of the warning at 45 min of open time has failed 2 times, the last at 09:49: u-bob: 451 later; "
        "it is tried again; so far it was sent to u-ann at 09:45:02."
    )
    assert act(whole, "warning-1/1").to == ("u-ann",)


def test_what_was_given_up_tells_when_after_how_many_attempts_and_why() -> None:
    whole = warned(
        a_deed("warning-1/1", "Tue 09:45", outcome="gave_up", attempts=14, problem="mail.example is down",
               reason="24 h are over: mail.example is down"),
        at="Wed 09:00",
    )  # fmt: skip
    assert fate(whole, "mail") == (
        "the mail of the warning at 45 min of open time was given up at Tue 3 Mar 2026 09:45 after 14 failed attempts, "
        "the last with: mail.example is down; 24 h are over."
    )


def test_what_was_given_up_untried_tells_why() -> None:
    whole = warned(
        a_deed("warning-1/1", "Tue 09:45", outcome="gave_up", reason="nobody took it up within 24 h"), at="Wed 09:00"
    )
    assert fate(whole, "mail") == (
        "the mail of the warning at 45 min of open time was given up at Tue 3 Mar 2026 09:45, "
        "without an attempt that is known of: nobody took it up within 24 h."
    )


@pytest.mark.parametrize(("failed", "attempt"), [(1, "second"), (10, "11th"), (20, "21st"), (21, "22nd"), (110, "111th")])
def test_the_attempt_that_did_it_is_counted(failed: int, attempt: str) -> None:
    whole = warned(a_deed("warning-1/1", "09:46", detail={"sent": ["u-ann"]}, attempts=failed, problem="451 later"))
    assert f"on the {attempt} attempt (" in fate(whole, "mail")


def test_what_was_dropped_tells_why() -> None:
    case = a_case().opened().completed("09:50")
    whole = told(case, "10:00", deeds=(a_deed("warning-1/1", "09:51", outcome="dropped", reason="already completed"),))
    assert fate(whole, "mail") == "the mail of the warning at 45 min of open time was dropped: already completed."


def test_what_was_skipped_tells_why() -> None:
    late = told(a_case().opened("09:00", learned="10:30"), "10:40")
    assert fate(late, "mail") == "the mail of the warning at 45 min of open time was skipped: past the target."
    assert fate(late, "reassignment").endswith(
        "is due, late: its time had passed when it came up; the ledger has nothing of it yet."
    )


def test_what_later_knowledge_withdrew_was_done_all_the_same() -> None:
    case = a_case().opened().completed("09:58", learned="10:03")
    done = a_deed("violation-1/1", "10:00:02", detail={"to": "role:senior_agent", "chosen": "u-sen"})
    whole = told(case, "12:00", deeds=(done,))
    assert fate(whole, "reassignment") == (
        "the reassignment of the violation at 1 h of open time gave the record to u-sen at 10:00:02, 2 s after it was due, "
        "on the first attempt; withdrawn: completed at 09:58, learned at 10:03."
    )
    assert act(whole, "violation-1/1").status == "retracted"


def test_an_update_tells_what_it_set() -> None:
    line = a_milestone(warnings=[{"at": "50%", "actions": [updating(tier="gold", owner=None)]}])
    done = a_deed("warning-1/1", "09:30", detail={"set": {"tier": "gold", "owner": None}})
    whole = told(a_case(under=a_process(line)).opened(), "09:40", deeds=(done,))
    assert fate(whole, "update") == "the update of the warning at 30 min of open time set tier to gold, owner to empty."


def test_a_reassignment_tells_how_one_of_a_role_was_chosen() -> None:
    detail = {"to": "role:senior_agent", "chosen": "u-sen", "role": "senior_agent", "by": "least_loaded", "on_duty": True}
    whole = told(a_case().opened(), "10:30", deeds=(a_deed("violation-1/1", "10:00", detail=detail),))
    assert fate(whole, "reassignment") == (
        "the reassignment of the violation at 1 h of open time gave the record to u-sen (who owned the fewest open records "
        "of those on duty with the role 'senior_agent') on time, on the first attempt."
    )


def test_a_task_tells_what_is_to_be_done_and_by_when_and_a_mail_which_template_it_is() -> None:
    call = {"task": {"to": "role:support_manager", "subject": "Call {{ record.contact }}", "due": "30m"}}
    line = a_milestone(
        violations=[{"actions": [call]}],
        warnings=[{"at": "50%", "actions": [{"email": {"to": "owner", "template": "half"}}]}],
    )
    detail = {"to": ["role:support_manager"], "subject": "Call kim", "due_at": "2026-03-02T10:30:00Z"}
    whole = told(a_case(under=a_process(line)).opened(), "10:10", deeds=(a_deed("violation-1/1", "10:00", detail=detail),))
    assert fate(whole, "task") == (
        "the task of the violation at 1 h of open time was opened for role:support_manager ('Call kim', due 10:30) "
        "on time, on the first attempt."
    )
    assert "the mail 'half' of the warning at 30 min of open time was due" in sentences(whole)[2]


DURING: Json = {"email": {"to": "owner", "template": "violation", "during": "office"}}


def an_evening() -> Case:
    """Violated on Monday at 18:00; the mail waits for the office, which opens on Tuesday at 9."""
    line = a_milestone(warnings=None, violations=[{"actions": [DURING]}])
    return a_case(under=a_process(line), calendars=[some_hours()]).opened("17:00")


def test_an_action_that_waits_for_its_calendar_is_told_while_it_waits() -> None:
    assert sentences(told(an_evening(), "19:00"))[-1] == (
        "18:00: the mail of the violation at 1 h of open time was reached, and waits until 'office' opens, "
        "Tue 3 Mar 2026 09:00."
    )
    done = told(an_evening().completed("18:30"), "19:00")
    assert "; it is no longer wanted: completed meanwhile." in fate(done, "mail")


def test_an_action_that_has_waited_is_told_with_when_it_was_reached_and_what_it_waited_for() -> None:
    sent = a_deed("violation-1/1", "Tue 09:00", detail={"sent": ["u-ann"]})
    whole = told(an_evening(), "Tue 10:00", deeds=(sent,))
    assert sentences(whole)[-1] == (
        "Tue 3 Mar 2026 09:00: the mail of the violation at 1 h of open time, reached Mon 2 Mar 2026 18:00, had to wait "
        "until 'office' opened: it was sent to u-ann on time, on the first attempt."
    )
    by_day = told(a_case(under=an_evening().process, calendars=[some_hours()]).opened("09:00"), "10:10")
    assert "had to wait" not in fate(by_day, "mail")


def test_what_is_wanted_again_has_waited_since_it_was_reached_at_first() -> None:
    case = an_evening().completed("17:50", learned="Tue 18:00").uncompleted("17:55", learned="Tue 19:00")
    assert sentences(told(case, "Tue 20:00"))[-3] == (
        "18:00: the mail of the violation at 1 h of open time was reached, and waits until 'office' opens, "
        "Wed 4 Mar 2026 09:00."
    )
    mails = [text for text in sentences(told(case, "Wed 10:00")) if "the mail of the violation" in text]
    assert ["reached Mon 2 Mar 2026 18:00, had to wait until 'office' opened" in text for text in mails] == [True, True]


def test_what_a_withdrawn_violation_sets_off_waits_for_its_calendar_as_well() -> None:
    case = a_case(under=a_process(a_milestone(warnings=None, on_retracted=[DURING])), calendars=[some_hours()])
    case = case.opened("16:30").completed("17:20", learned="18:30")
    assert sentences(told(case, "18:40"))[-1] == (
        "18:30: the mail 'violation' of the withdrawn violation was reached, and waits until 'office' opens, "
        "Tue 3 Mar 2026 09:00."
    )
    assert sentences(told(case, "Tue 09:10"))[-1].startswith(
        "Tue 3 Mar 2026 09:00: the mail 'violation' of the withdrawn violation, reached Mon 2 Mar 2026 18:30, had to wait "
        "until 'office' opened: it is due; "
    )


def test_so_it_is_told_at_the_end_of_what_present_knowledge_never_began() -> None:
    line = a_milestone(when={"tier": "gold"}, start="criteria", warnings=None, on_retracted=[DURING])
    case = a_case(under=a_process(line), calendars=[some_hours()]).opened("16:30").changed("16:40", tier="gold")
    whole = told(case.changed("16:40", tier="basic", learned="18:30"), "18:40")
    said = (
        f"for {FIRST} #1, which never began as is known now: the mail 'violation' of the withdrawn violation was reached, "
    )
    assert [said in one.text for one in whole.closing].count(True) == 1


def test_actions_for_what_present_knowledge_never_began_are_told_at_the_end() -> None:
    line = a_milestone(when={"tier": "gold"}, start="criteria")
    case = a_case(under=a_process(line)).opened().changed("09:10", tier="gold")
    case = case.changed("09:10", tier="basic", learned="11:00")
    whole = told(case, "12:00")
    assert whole.chapters == ()
    assert any(f"for {FIRST} #1, which never began as is known now: the reassignment" in one.text for one in whole.closing)


def test_an_update_that_later_knowledge_withdrew_was_done_without_the_ledger() -> None:
    line = a_milestone(warnings=None, violations=[{"actions": [updating(escalated=True)]}])
    whole = told(a_case(under=a_process(line)).opened().completed("09:58", learned="10:03"), "10:40")
    one = act(whole, "violation-1/1")
    assert (one.status, one.outcome, one.done_at) == ("retracted", "performed", instant("10:00"))
    assert fate(whole, "update") == (
        "the update of the violation at 1 h of open time set escalated to true; "
        "withdrawn: completed at 09:58, learned at 10:03."
    )
