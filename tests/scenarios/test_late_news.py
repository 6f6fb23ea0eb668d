"""What was learned after it had happened (SPEC 2, Late news; SPEC 8, Knowledge)."""

from tests.sla.builders import BY_PRIORITY, FIRST, a_case, a_milestone, a_process, some_hours


def test_a_completion_learned_late_takes_the_violation_back() -> None:
    case = a_case().opened().completed("09:58", learned="10:03")
    assert case.as_of("10:02").milestone().status == "overdue"
    later = case.as_of("10:03")
    assert (later.milestone().status, later.milestone().violated, later.milestone().of.retracted) == ("met", None, True)
    assert later.effects == ["warning-1/1 09:45", "success/1 09:58", "violation-1/1 10:00 retracted", "retracted/1 10:03"]
    assert later.status == "compliant"


def test_a_retraction_says_why() -> None:
    case = a_case().opened().completed("09:58", learned="10:03").as_of("10:03")
    assert case.effect("violation-1/1").reason


def test_news_on_time_retracts_nothing() -> None:
    case = a_case().opened().completed("09:58").as_of("10:03")
    assert case.milestone().of.retracted is False
    assert case.effects == ["warning-1/1 09:45", "success/1 09:58"]


def test_what_is_not_known_yet_does_not_count_yet() -> None:
    case = a_case().opened().completed("09:20", learned="09:50")
    assert case.as_of("09:49").milestone().status == "running"
    assert case.as_of("09:50").milestone().completed == "09:20"


def test_a_warning_that_should_not_have_been_sent_is_retracted_without_further_ado() -> None:
    case = a_case().opened().completed("09:30", learned="09:50").as_of("10:00")
    assert case.effects == ["success/1 09:30", "warning-1/1 09:45 retracted"]
    assert case.milestone().of.retracted is False


def test_a_stop_learned_late_takes_the_violation_back_until_it_comes_again() -> None:
    case = a_case().opened().stopped("09:50", learned="10:10").resumed("10:20")
    assert case.as_of("10:15").milestone().status == "stopped"
    assert case.as_of("10:45").milestone().violated == "10:30"
    assert case.as_of("10:45").effects == [
        "warning-1/1 09:45",
        "violation-1/1 10:00 retracted",
        "retracted/1 10:10",
        "violation-1/1~2 10:30",
    ]


def test_a_longer_limit_learned_late_takes_the_violation_back() -> None:
    process = a_process(a_milestone(within=BY_PRIORITY))
    case = a_case(under=process).opened(priority="P1").changed("09:30", learned="10:30", priority="P2").as_of("10:30")
    assert (case.milestone().status, case.milestone().target) == ("running", "13:00")
    assert "violation-1/1 10:00 retracted" in case.effects


def test_a_closing_learned_late_takes_the_violation_back() -> None:
    case = a_case().opened().closed("09:40", learned="10:30").as_of("10:30")
    assert case.milestones == [f"{FIRST}#1 cancelled"]
    assert case.effects == ["warning-1/1 09:45 retracted", "violation-1/1 10:00 retracted", "retracted/1 10:30"]


def test_each_retraction_is_told() -> None:
    case = a_case().opened().stopped("09:50", learned="10:10").resumed("10:20").closed("10:25", learned="10:40")
    assert case.as_of("10:45").effects == [
        "warning-1/1 09:45",
        "violation-1/1 10:00 retracted",
        "retracted/1 10:10",
        "violation-1/1~2 10:30 retracted",
        "retracted/1~2 10:40",
    ]


def test_an_opening_learned_after_the_target_escalates_once_and_late() -> None:
    case = a_case().opened("09:00", learned="10:30").as_of("10:30")
    assert case.effects == ["warning-1/1 09:45 skipped", "violation-1/1 10:00 late"]
    assert case.milestone().violated == "10:00"


def test_an_opening_learned_before_the_target_still_warns_though_late() -> None:
    assert a_case().opened("09:00", learned="09:50").as_of("09:50").effects == ["warning-1/1 09:45 late"]


def test_a_warning_for_what_was_completed_meanwhile_is_not_sent() -> None:
    case = a_case().opened("09:00", learned="09:50").completed("09:47", learned="09:50").as_of("09:50")
    assert case.effects == ["warning-1/1 09:45 skipped", "success/1 09:47"]


def test_a_violation_of_what_was_completed_too_late_meanwhile_is_told_all_the_same() -> None:
    case = a_case().opened("09:00", learned="11:00").completed("10:30", learned="11:00").as_of("11:00")
    assert case.effects == ["warning-1/1 09:45 skipped", "violation-1/1 10:00 late", "success/1 10:30"]


def test_success_for_what_no_longer_applied_is_retracted() -> None:
    process = a_process(a_milestone(when={"tier": "gold"}))
    case = a_case(under=process).opened(tier="gold").completed("09:30").changed("09:20", learned="09:40", tier="basic")
    assert case.as_of("09:40").milestones == [f"{FIRST}#1 cancelled"]
    assert case.as_of("09:40").effects == ["success/1 09:30 retracted"]
    assert len(case.as_of("09:40").notes) == 1


def test_a_violation_may_be_taken_back_of_an_occurrence_that_never_began() -> None:
    process = a_process(a_milestone(when={"tier": "gold"}))
    case = a_case(under=process).opened().changed("09:10", tier="gold")
    assert case.as_of("10:20").milestone().status == "overdue"
    case = case.changed("09:10", learned="10:40", tier="basic")
    assert case.as_of("10:40").milestones == []
    assert case.as_of("10:40").effects[-2:] == ["violation-1/1 10:00 retracted", "retracted/1 10:40"]


def test_of_two_values_of_one_instant_the_later_learned_wins() -> None:
    case = a_case().opened().changed("09:30", learned="09:40", priority="P1").changed("09:30", priority="P2")
    assert case.as_of("09:50").timeline.fields["priority"] == "P1"


def test_the_same_event_told_twice_is_one() -> None:
    case = a_case().opened().happened("completed", "09:30", id_="mail-7", milestone=FIRST)
    told = case.happened("completed", "09:50", id_="mail-7", milestone=FIRST).as_of("10:00")
    assert (told.milestone().completed, told.notes, told.refused) == ("09:30", (), {})


def test_a_refused_event_does_not_use_up_its_id() -> None:
    case = a_case().opened().happened("completed", "09:30", id_="mail-7", milestone="Nothing")
    told = case.happened("completed", "09:50", id_="mail-7", milestone=FIRST).as_of("10:00")
    assert told.milestone().completed == "09:50"
    assert list(told.refused) == ["mail-7"]


def test_late_news_of_no_consequence_changes_nothing_that_was_done() -> None:
    quiet = a_case().opened().as_of("10:30")
    told = a_case().opened().changed("09:30", learned="10:20", colour="blue").as_of("10:30")
    assert (told.effects, told.milestones) == (quiet.effects, quiet.milestones)


def test_a_mistake_found_after_the_retraction_brings_the_violation_back() -> None:
    case = a_case().opened().completed("09:58", learned="10:03").uncompleted("10:20").as_of("10:30")
    assert case.milestone().violated == "10:00"
    assert case.effects[-1].startswith("retracted/1 10:03")
    assert "violation-1/1~2 10:00 late" in case.effects


def test_what_is_learned_in_the_instant_of_the_warning_is_not_late() -> None:
    assert a_case().opened("09:00", learned="09:45").as_of("09:45").effects == ["warning-1/1 09:45"]


def test_a_mail_that_is_learned_of_late_still_waits_for_its_hours() -> None:
    desk = some_hours("desk", {"tue": ["08:00-10:00"]})
    mail = {"email": {"to": "owner", "template": "warning", "during": "desk"}}
    process = a_process(a_milestone(warnings=None, violations=[{"after": "0s", "actions": [mail]}]))
    case = a_case(under=process, calendars=[desk]).opened("09:00", learned="10:30")
    assert case.as_of("10:30").wakes == "Tue 08:00"
    assert [effect.split(" late")[0] for effect in case.as_of("Tue 08:00").effects] == ["violation-1/1 Tue 08:00"]
