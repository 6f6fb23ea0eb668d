"""Warnings, violations and words of success: when, how often, and when not (SPEC 4 and 5; SPEC 8, Figures)."""

from typing import Any

from tests.sla.builders import BY_PRIORITY, ESCALATE, MAIL, TELL, Json, Story, a_case, a_process, a_quiet, some_hours

DESK = some_hours("desk", {day: ["08:00-10:00"] for day in ("mon", "tue", "wed", "thu", "fri")})


def warn(**when: str) -> Json:
    return {**when, "actions": [MAIL]}


def escalate(after: str = "0s", *actions: Json) -> Json:
    return {"after": after, "actions": list(actions) or [ESCALATE]}


def under(**line: Any) -> Story:
    return a_case(under=a_process(a_quiet(**line)), calendars=[DESK])


def waiting(action: Json) -> Json:
    return {kind: {**params, "during": "desk"} for kind, params in action.items()}


def test_a_share_of_the_limit_and_a_time_before_the_target_are_one_threshold() -> None:
    case = under(warnings=[warn(at="75%"), warn(before="15m")]).opened().as_of("09:50")
    assert case.effects == ["warning-1/1 09:45", "warning-2/1 09:45"]
    assert case.effect("warning-2/1").threshold == 45 * 60


def test_a_share_is_rounded_up_to_the_second() -> None:
    assert under(warnings=[warn(at="33.3%")]).opened().as_of("09:30").effects == ["warning-1/1 09:19:59"]


def test_a_warning_may_come_at_the_very_target() -> None:
    case = under(warnings=[warn(at="100%")], violations=[escalate()]).opened().as_of("10:00")
    assert case.effects == ["warning-1/1 10:00", "violation-1/1 10:00"]


def test_escalation_goes_on_after_the_target() -> None:
    case = under(violations=[escalate(), escalate("30m"), escalate("2h")]).opened().as_of("11:00")
    assert case.effects == ["violation-1/1 10:00", "violation-2/1 10:30"]
    assert case.wakes == "12:00"


def test_completion_ends_the_escalation() -> None:
    case = under(violations=[escalate(), escalate("30m")]).opened().completed("10:10").as_of("12:00")
    assert case.effects == ["violation-1/1 10:00"]


def test_what_was_completed_in_the_instant_of_an_escalation_does_not_escalate() -> None:
    case = under(violations=[escalate(), escalate("30m")]).opened().completed("10:30").as_of("12:00")
    assert case.effects == ["violation-1/1 10:00"]


def test_all_actions_of_a_trigger_run_each_under_its_own_key() -> None:
    case = under(violations=[escalate("0s", MAIL, ESCALATE)]).opened().as_of("10:00")
    assert [effect.key for effect in case.timeline.effects] == [
        "C-1/First Response#1/1/violation-1/1",
        "C-1/First Response#1/1/violation-1/2",
    ]
    assert [effect.action for effect in case.timeline.effects] == ["email", "reassign"]


def test_a_key_names_the_line_among_those_of_its_milestone() -> None:
    lines = (a_quiet(when={"priority": "P1"}), a_quiet("Resolution"), a_quiet(within="30m", success=[TELL]))
    case = a_case("C-9", under=a_process(*lines)).opened().completed("09:10").as_of("09:10")
    assert [effect.key for effect in case.timeline.effects] == ["C-9/First Response#1/2/success/1"]


def test_a_milestone_of_which_was_warned_is_at_risk_until_it_is_met() -> None:
    case = under(warnings=[warn(at="50%")]).opened().completed("09:50")
    assert [case.as_of(at).status for at in ("09:29", "09:30", "09:50")] == ["compliant", "at_risk", "compliant"]


def test_an_open_violation_outweighs_a_closed_one() -> None:
    process = a_process(a_quiet(), a_quiet("Resolution", within="2h"))
    case = a_case(under=process).opened().completed("10:10")
    assert [case.as_of(at).status for at in ("10:05", "10:30", "11:30")] == [
        "violated_open",
        "violated_closed",
        "violated_open",
    ]


def test_elapsed_escalations_run_once_each_with_its_own_instant() -> None:
    case = under(violations=[escalate(), escalate("1h")], warnings=[warn(at="50%")]).opened("09:00", learned="12:00")
    assert case.as_of("12:00").effects == [
        "warning-1/1 09:30 skipped",
        "violation-1/1 10:00 late",
        "violation-2/1 11:00 late",
    ]


def test_a_warning_for_which_a_limit_leaves_no_time_is_skipped_and_says_why() -> None:
    case = under(within=BY_PRIORITY, warnings=[warn(before="2h")]).opened(priority="P1").as_of("09:10")
    assert case.effects == ["warning-1/1 09:00 skipped"]
    assert case.effect("warning-1/1").reason
    assert case.status == "compliant"


def test_a_violated_milestone_warns_no_more() -> None:
    case = under(within=BY_PRIORITY, warnings=[warn(at="75%")]).opened(priority="P1").changed("09:40", priority="P2")
    assert case.as_of("12:30").effects == ["warning-1/1 12:00"]
    late = under(within=BY_PRIORITY, warnings=[warn(before="1m")]).opened(priority="P1").changed("10:30", priority="P2")
    assert late.as_of("13:30").effects == ["warning-1/1 09:59"]


def test_a_mail_with_hours_of_its_own_waits_for_their_opening() -> None:
    case = under(within="24h", warnings=[{"at": "75%", "actions": [waiting(MAIL)]}]).opened("09:00")
    assert (case.as_of("Tue 04:00").effects, case.as_of("Tue 04:00").wakes) == ([], "Tue 08:00")
    assert case.as_of("Tue 08:00").effects == ["warning-1/1 Tue 08:00"]


def test_a_mail_within_its_hours_does_not_wait() -> None:
    assert under(warnings=[{"at": "50%", "actions": [waiting(MAIL)]}]).opened().as_of("09:30").effects == [
        "warning-1/1 09:30"
    ]


def test_a_mail_that_waited_is_dropped_if_it_is_no_longer_wanted() -> None:
    case = under(within="24h", warnings=[{"at": "75%", "actions": [waiting(MAIL)]}]).opened().completed("Tue 07:00")
    assert case.as_of("Tue 09:00").effects == ["warning-1/1 Tue 08:00 skipped"]


def test_an_escalation_by_mail_that_waited_is_dropped_if_completed_meanwhile() -> None:
    case = under(within="12h", violations=[escalate("0s", waiting(MAIL), ESCALATE)]).opened("09:00").completed("Tue 07:00")
    assert case.as_of("Tue 09:00").effects == ["violation-1/2 21:00", "violation-1/1 Tue 08:00 skipped"]


def test_the_next_wake_up_is_the_earliest_thing_ahead() -> None:
    case = under(warnings=[warn(at="50%")], violations=[escalate("30m")]).opened()
    assert [case.as_of(at).wakes for at in ("09:00", "09:30", "10:00", "10:30")] == ["09:30", "10:00", "10:30", None]


def test_an_event_that_is_known_to_come_is_waited_for() -> None:
    case = under().opened().happened("completed", "09:30", learned="09:10", milestone="First Response")
    assert (case.as_of("09:10").wakes, case.as_of("09:30").milestone().status) == ("09:30", "met")


def test_word_of_success_that_waited_is_sent_if_it_is_still_true() -> None:
    case = under(success=[waiting(TELL)]).opened("11:00").completed("11:30")
    assert case.as_of("Tue 09:00").effects == ["success/1 Tue 08:00"]


def test_word_of_success_that_waited_is_dropped_if_it_was_a_mistake() -> None:
    case = under(success=[waiting(TELL)]).opened("11:00").completed("11:30").uncompleted("11:40")
    assert case.as_of("Tue 09:00").effects == ["success/1 Tue 08:00 skipped"]
