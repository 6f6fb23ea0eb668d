"""How a milestone began, got its target, was stopped, completed and ended: told in local time, by the account."""

from zoneinfo import ZoneInfo

import pytest

from tests.sla.builders import BY_PRIORITY, FIRST, a_case, a_milestone, a_process, a_quiet, some_hours, updating
from tests.sla.telling.builders import sentences, told

OFFICE = [some_hours(holidays=["2026-03-03", {"date": "2026-03-04", "hours": ["10:00-12:00"]}])]


def test_a_target_is_told_with_its_limit_its_calendar_and_where_both_come_from() -> None:
    process = a_process(a_quiet(within=BY_PRIORITY), business_hours="office")
    case = a_case(under=process, calendars=OFFICE).opened(priority="P2")
    assert sentences(told(case, "09:10")) == [
        "Mon 2 Mar 2026 09:00: it began as the process started.",
        "09:00: the limit is 4h (the table's, for priority P2) in open time of 'office', which the process names; "
        "the target is 13:00.",
    ]


def test_a_limit_that_the_table_does_not_have_is_its_default() -> None:
    case = a_case(under=a_process(a_quiet(within=BY_PRIORITY))).opened(priority="P9")
    assert "8h (the table's default, for it has nothing for priority P9)" in sentences(told(case, "09:10"))[1]
    without = a_case(under=a_process(a_quiet(within=BY_PRIORITY))).opened()
    assert "8h (the table's default, for priority is empty)" in sentences(told(without, "09:10"))[1]


def test_a_date_is_named_when_it_is_another_than_the_one_before() -> None:
    case = a_case(under=a_process(a_quiet(within="9h"), business_hours="office"), calendars=[some_hours()]).opened("12:00")
    assert sentences(told(case.completed("Tue 10:00"), "Wed 10:00")) == [
        "Mon 2 Mar 2026 12:00: it began as the process started.",
        "12:00: the limit is 9h in open time of 'office', which the process names; the target is Tue 3 Mar 2026 13:00.",
        "Tue 3 Mar 2026 10:00: it was completed after 6 h of open time, by event e02.",
    ]


def test_a_change_of_the_limit_tells_the_event_and_that_the_new_target_lies_in_the_past() -> None:
    process = a_process(a_quiet(within=BY_PRIORITY))
    case = a_case(under=process).opened(priority="P2").changed("10:20", learned="10:30", priority="P1")
    assert sentences(told(case, "11:00"))[2:] == [
        "10:20: event e02 set priority to P1, learned only at 10:30: the limit is 1h (the table's, for priority P1) now; "
        "the target is 10:00.",
        "10:20: that lies in the past, so it counts as violated since 10:00.",
    ]


def test_a_line_is_told_with_its_condition_what_it_turned_on_and_those_before_it() -> None:
    lines = [a_quiet(when={"priority": "P1"}), a_quiet(when={"tier": ["gold", "silver"]}, start="criteria", within="2h")]
    case = a_case(under=a_process(*lines)).opened(priority="P3").changed("09:20", tier="gold")
    assert sentences(told(case, "09:30"))[0] == (
        "Mon 2 Mar 2026 09:20: it began as its condition came to hold; line 2 of 2 applies: tier is gold or silver, "
        "and not (priority is P1) (event e02 set tier to gold)."
    )


@pytest.mark.parametrize(
    ("recurrence", "completed", "began"),
    [
        ("independent", ["09:30"], "Mon 2 Mar 2026 09:30: it began after #1 was completed."),
        ("sequential", ["09:30"], "Mon 2 Mar 2026 10:00: it began at the target of #1."),
        ("sequential", ["10:20"], "Mon 2 Mar 2026 10:20: it began after #1 was completed."),
        ("periodic", [], "Mon 2 Mar 2026 10:00: it began at the target of #1."),
    ],
)
def test_a_successor_says_what_of_its_predecessor_began_it(recurrence: str, completed: list[str], began: str) -> None:
    case = a_case(under=a_process(a_quiet(recurrence=recurrence))).opened()
    for clock in completed:
        case = case.completed(clock)
    assert sentences(told(case, "10:30"), occurrence=2)[0] == began


def test_one_that_takes_the_place_of_another_says_so() -> None:
    lines = [a_quiet(when={"priority": "P1"}, within="30m"), a_quiet(when={"priority": ["P2", "P3"]})]
    case = a_case(under=a_process(*lines)).opened(priority="P1").changed("09:10", priority="P2")
    assert sentences(told(case, "09:20"), occurrence=2)[0] == (
        "Mon 2 Mar 2026 09:10: it began in the place of #1, which had been closed; line 2 of 2 applies: "
        "priority is P2 or P3, and not (priority is P1) (event e02 set priority to P2); it counts from 09:00."
    )


def test_what_was_due_while_the_record_was_out_says_that_it_began_at_its_return() -> None:
    lines = a_quiet(recurrence="independent", when={"tier": "gold"}, start="criteria")
    case = a_case(under=a_process(lines)).opened().closed("09:10").changed("09:20", tier="gold").reopened("09:30")
    assert sentences(told(case, "09:40"))[0].startswith(
        "Mon 2 Mar 2026 09:30: it began as the record came back, for it was due while that was out; "
    )


def test_what_is_born_late_says_from_when_it_counts() -> None:
    case = a_case(under=a_process(a_quiet(when={"tier": "gold"}))).opened().changed("10:30", tier="gold")
    said = sentences(told(case, "11:00"))
    assert said[0].endswith("its line applies: tier is gold (event e02 set tier to gold); it counts from 09:00.")
    assert said[2] == "10:30: that lies in the past, so it counts as violated since 10:00."


def test_stops_are_told_with_all_their_reasons_and_where_they_moved_the_target() -> None:
    process = a_process(a_quiet(within="4h"), stop_when={"status": "Waiting"}, business_hours="office")
    case = a_case(under=process, calendars=OFFICE).opened().happened("stopped", "09:30", reason="lunch")
    case = case.changed("09:40", status="Waiting").resumed("09:50").changed("Wed 10:30", status="Open")
    whole = told(case, "Thu 10:30")
    assert sentences(whole)[2:] == [
        "09:30: the clock stopped: event e02 (lunch).",
        "09:40: the clock is held by this, too: the process stops it while status is Waiting "
        "(event e03 set status to Waiting).",
        "Tue 3 Mar 2026 00:00: 'office' has a holiday, closed all day (a Tuesday, else 09:00-17:00).",
        "Wed 4 Mar 2026 00:00: 'office' has special hours, 10:00-12:00 (a Wednesday, else 09:00-17:00).",
        "10:30: the clock ran again, after 49 h, of which 8 h in business hours; the target is Thu 5 Mar 2026 11:00 now.",
    ]
    (stop,) = whole.chapters[0].stops
    assert stop.why == "event e02 (lunch); the process stops it while status is Waiting (event e03 set status to Waiting)"


def test_a_day_that_has_a_name_is_called_by_it_and_one_that_has_none_is_not() -> None:
    holidays = [
        {"country": "GB", "subdivision": "ENG"},
        {"date": "--04-07", "name": "Fire Drill", "hours": ["10:00-12:00"]},
        {"from": "2026-04-08", "to": "2026-04-08", "name": "Stocktaking"},
        "2026-04-09",
    ]
    office = some_hours(holidays=holidays)
    process = a_process(a_quiet(within="80h"), business_hours="office")
    for calendar in (office, office.resolved(range(2026, 2027))):
        case = a_case(under=process, calendars=[calendar]).opened("2026-04-02 10:00")
        assert [text for text in sentences(told(case, "2026-04-10 10:00")) if "'office' has" in text] == [
            "Fri 3 Apr 2026 00:00: 'office' has a holiday (Good Friday), closed all day (a Friday, else 09:00-17:00).",
            "Mon 6 Apr 2026 00:00: 'office' has a holiday (Easter Monday), closed all day (a Monday, else 09:00-17:00).",
            "Tue 7 Apr 2026 00:00: 'office' has special hours (Fire Drill), 10:00-12:00 (a Tuesday, else 09:00-17:00).",
            "Wed 8 Apr 2026 00:00: 'office' has a holiday (Stocktaking), closed all day (a Wednesday, else 09:00-17:00).",
            "Thu 9 Apr 2026 00:00: 'office' has a holiday, closed all day (a Thursday, else 09:00-17:00).",
        ]


def test_a_declared_completion_tells_the_condition_and_what_made_it_true() -> None:
    case = (
        a_case(under=a_process(a_quiet(complete_when={"event": "response.sent"}))).opened().noted("09:30", "response.sent")
    )
    assert sentences(told(case, "10:00"))[-1] == (
        "09:30: it was completed after 30 min of open time, as event e02 ('response.sent') came; "
        "it completes when 'response.sent' happens."
    )


def test_a_completion_that_was_taken_back_is_told_with_who_did() -> None:
    case = a_case(under=a_process(a_quiet())).opened().happened("completed", "09:30", milestone=FIRST, by="u-ann")
    assert sentences(told(case.uncompleted("09:40"), "09:50"))[2:] == [
        "09:30: it was completed by event e02 (by u-ann).",
        "09:40: event e03 took the completion back.",
    ]


def test_a_completion_of_the_instant_at_which_another_was_taken_back_comes_after_that() -> None:
    case = a_case(under=a_process(a_quiet())).opened().completed("09:30").uncompleted("09:40").completed("09:40")
    assert [text.partition(" ")[2] for text in sentences(told(case, "09:50"))[2:]] == [
        "it was completed by event e02.",
        "event e03 took the completion back.",
        "it was completed after 40 min of open time, by event e04.",
    ]


def test_a_cancellation_tells_what_turned_its_condition() -> None:
    case = a_case(under=a_process(a_quiet(when={"tier": "gold"}))).opened(tier="gold").changed("09:20", tier=None)
    assert sentences(told(case, "09:30"))[-1] == (
        "09:20: it ended, cancelled: its `when` no longer holds (event e02 emptied tier)."
    )


def test_a_business_day_is_told_with_what_it_is_worth() -> None:
    process = a_process(a_quiet(within="1bd"), business_hours="office")
    said = sentences(told(a_case(under=process, calendars=[some_hours()]).opened(), "10:00"))
    assert said[1].startswith("09:00: the limit is 1bd (8 h) in open time of 'office'")


def test_the_date_of_a_calendar_elsewhere_is_named_and_the_clocks_of_both_zones() -> None:
    hours = {day: ["00:00-24:00"] for day in ("sat", "sun")}
    office = some_hours(hours=hours, holidays=["2026-03-08"])
    case = a_case(under=a_process(a_quiet(within="9d"), business_hours="office"), calendars=[office]).opened(
        "2026-03-07 12:00"
    )
    whole = told(case, "2026-03-30 10:00", zone=ZoneInfo("America/New_York"))
    assert sentences(whole)[2:] == [
        "19:00: 'office' has on Sun 8 Mar 2026 a holiday, closed all day (a Sunday, else 00:00-24:00).",
        "Sun 8 Mar 2026 03:00: the clocks of America/New_York go forward by 1 h, from 02:00 to 03:00.",
        "Sat 28 Mar 2026 21:00: the clocks of Europe/London go forward by 1 h, from 01:00 to 02:00.",
    ]
    assert [day.on for day in whole.chapters[0].days] == ["2026-03-08", "2026-03-08", "2026-03-29"]


def test_an_id_that_a_machine_made_up_is_told_in_short() -> None:
    made_up = "aabcf4c8-aaf2-4453-8475-bf8fac36084b"
    case = a_case(under=a_process(a_quiet())).opened().happened("completed", "09:30", id_=made_up, milestone=FIRST)
    assert sentences(told(case, "10:00"))[-1].endswith("by event aabcf4c8….")


def test_what_lies_ahead_is_told_as_foreseen() -> None:
    process = a_process(a_quiet(within="2h"), start_at="triaged_at")
    case = a_case(under=process).opened(triaged_at="2026-03-02T10:00:00Z")
    assert sentences(told(case, "09:30")) == [
        "Mon 2 Mar 2026 10:00: it is to begin, within 2 h of open time of '24/7'; target 12:00."
    ]


def test_a_change_of_the_clocks_is_named_at_its_instant() -> None:
    case = a_case(under=a_process(a_quiet(within="4h"))).opened("2026-10-24 23:30")
    said = sentences(told(case.completed("2026-10-25 02:30"), "2026-10-25 12:00"))
    assert said[2:] == [
        "Sun 25 Oct 2026 01:00 GMT: the clocks of Europe/London go back by 1 h, from 02:00 to 01:00.",
        "02:30: it was completed after 4 h of open time, by event e02.",
    ]


def test_an_hour_that_comes_twice_says_which_one_it_is() -> None:
    case = a_case(under=a_process(a_quiet(within="4h"))).opened("2026-10-24 23:30")
    said = sentences(told(case.completed("2026-10-25 01:30"), "2026-10-25 12:00"))
    assert said[2] == "Sun 25 Oct 2026 01:30 BST: it was completed after 2 h of open time, by event e02."


def test_an_update_that_turned_something_is_named_whatever_the_record_is_called() -> None:
    line = a_milestone("Fix/Workaround", warnings=[{"at": "50%", "actions": [updating(tier="gold")]}], violations=None)
    process = a_process(line, a_quiet("Call", when={"tier": "gold"}, start="criteria"))
    case = a_case("2026/0042", under=process).opened()
    assert (
        "(the process's own update 'Fix/Workaround#1/1/warning-1/1' set tier to gold)"
        in (sentences(told(case, "09:40"), "Call")[0])
    )
