"""What counts as time, and what does not (SPEC 4, Clock; SPEC 8, Stopping)."""

from tests.sla.builders import a_case, a_milestone, a_process, a_quiet

WAITING = {"status": "Waiting on Customer"}


def test_a_stop_moves_warning_and_target_by_its_length() -> None:
    case = a_case().opened().stopped("09:15").resumed("09:45").as_of("09:50")
    assert (case.milestone().target, case.wakes) == ("10:30", "10:15")
    assert case.milestone().minutes["stopped"] == 30


def test_while_stopped_there_is_no_target_and_nothing_to_wake_for() -> None:
    case = a_case().opened().stopped("09:15").as_of("09:20")
    assert (case.milestone().status, case.milestone().target, case.wakes) == ("stopped", None, None)


def test_a_stopped_clock_never_violates() -> None:
    case = a_case().opened().stopped("09:59").as_of("Wed 09:00")
    assert (case.milestone().status, case.milestone().violated) == ("stopped", None)


def test_a_stop_at_the_very_target_prevents_the_violation() -> None:
    assert a_case().opened().stopped("10:00").as_of("11:00").milestone().violated is None


def test_what_a_stop_at_the_target_held_up_is_violated_when_the_clock_runs_again() -> None:
    assert a_case().opened().stopped("10:00").resumed("10:30").as_of("11:00").milestone().violated == "10:30"


def test_stopping_does_not_cure_a_violation() -> None:
    first = a_case().opened().stopped("10:30").as_of("12:00").milestone()
    assert (first.status, first.target, first.violated) == ("overdue", "10:00", "10:00")
    assert first.minutes["overdue"] == 30


def test_the_time_overdue_does_not_grow_while_stopped() -> None:
    first = a_case().opened().stopped("10:15").resumed("10:45").as_of("11:00").milestone()
    assert first.minutes["overdue"] == 30


def test_waiting_for_the_customer_stops_the_clock_for_as_long_as_it_holds() -> None:
    case = a_case(under=a_process(stop_when=WAITING)).opened().changed("09:30", **WAITING).changed("10:30", status="Working")
    assert case.as_of("10:00").milestone().status == "stopped"
    assert case.as_of("10:45").milestone().target == "11:00"


def test_resumed_ends_only_stopped() -> None:
    case = a_case(under=a_process(stop_when=WAITING)).opened().changed("09:30", **WAITING).resumed("09:40")
    assert case.as_of("09:50").milestone().status == "stopped"


def test_overlapping_stops_count_once() -> None:
    case = a_case(under=a_process(stop_when=WAITING)).opened().stopped("09:10").changed("09:20", **WAITING)
    first = case.resumed("09:30").changed("09:40", status="Working").as_of("09:50").milestone()
    assert (first.minutes["stopped"], first.target) == (30, "10:30")


def test_a_milestone_may_have_a_stop_of_its_own() -> None:
    process = a_process(a_quiet(stop_when=WAITING), a_quiet("Resolution"))
    case = a_case(under=process).opened().changed("09:30", **WAITING).as_of("09:45")
    assert case.milestones == ["First Response#1 stopped", "Resolution#1 running"]


def test_a_stop_of_its_own_counts_also_for_the_time_before_the_line_applied() -> None:
    process = a_process(a_quiet(when={"tier": "gold"}, stop_when=WAITING))
    case = a_case(under=process).opened("09:00", **WAITING).changed("09:30", status="New").changed("09:40", tier="gold")
    first = case.as_of("09:50").milestone()
    assert (first.started, first.minutes["stopped"], first.target) == ("09:00", 30, "10:30")


def test_the_clock_may_stop_until_the_customer_has_answered() -> None:
    asked = {"after": "customer.asked", "until": "customer.replied"}
    case = (
        a_case(under=a_process(stop_when=asked)).opened().noted("09:20", "customer.asked").noted("09:50", "customer.replied")
    )
    assert case.as_of("10:00").milestone().target == "10:30"


def test_completed_while_stopped_is_on_time_if_no_more_than_the_limit_was_used() -> None:
    first = a_case().opened().stopped("09:30").completed("11:00").as_of("12:00").milestone()
    assert (first.status, first.target) == ("met", None)
    assert first.minutes == {"limit": 60, "elapsed": 120, "stopped": 90, "actual": 30, "overdue": 0}


def test_a_stop_that_begins_at_the_instant_of_completion_does_not_count() -> None:
    first = a_case().opened().stopped("09:30").completed("09:30").as_of("11:00").milestone()
    assert (first.status, first.target, first.minutes["stopped"]) == ("met", "10:00", 0)


def test_a_stop_that_ends_at_the_instant_of_completion_leaves_the_target_visible() -> None:
    first = a_case().opened().stopped("09:30").resumed("11:00").completed("11:00").as_of("12:00").milestone()
    assert (first.status, first.target, first.minutes["actual"]) == ("met", "11:30", 30)


def test_a_stop_before_the_milestone_began_costs_it_nothing() -> None:
    process = a_process(a_milestone(when={"tier": "gold"}, start="criteria"))
    case = a_case(under=process).opened("09:00").stopped("09:10").resumed("09:20").changed("09:40", tier="gold")
    assert case.as_of("09:50").milestone().target == "10:40"


def test_a_stop_and_its_end_in_one_instant_come_in_the_order_of_their_ids() -> None:
    assert a_case().opened().stopped("09:30").resumed("09:30").as_of("09:40").milestone().status == "running"
    assert a_case().opened().resumed("09:30").stopped("09:30").as_of("09:40").milestone().status == "stopped"


def test_stopped_twice_is_stopped_once() -> None:
    case = a_case().opened().stopped("09:10").stopped("09:20").resumed("09:30").as_of("09:40")
    assert (case.milestone().status, case.milestone().minutes["stopped"]) == ("running", 20)
