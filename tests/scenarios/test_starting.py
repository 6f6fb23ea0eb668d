"""When a milestone begins, and from when it counts (SPEC 4, Entry; SPEC 8, Starting)."""

from tests.sla.builders import a_case, a_milestone, a_process, a_quiet, instant

GOLD = {"tier": "gold"}
P1_OR_P2 = (a_milestone(when={"priority": "P1"}), a_milestone(when={"priority": "P2"}, within="4h"))


def iso(clock: str) -> str:
    return instant(clock).isoformat()


def test_the_clock_starts_when_the_case_was_opened_not_when_it_was_typed_in() -> None:
    first = a_case().opened("09:00", opened_at=iso("08:30")).as_of("09:05").milestone()
    assert (first.started, first.target) == ("08:30", "09:30")


def test_without_its_start_date_a_case_is_not_in_the_process_yet() -> None:
    case = a_case(under=a_process(start_at="triaged_at")).opened("09:00")
    assert case.as_of("12:00").milestones == []
    assert case.changed("12:00", triaged_at=iso("12:00")).as_of("12:00").milestone().target == "13:00"


def test_a_start_that_lies_ahead_is_waited_for() -> None:
    case = a_case(under=a_process(start_at="triaged_at")).opened("09:00", triaged_at=iso("11:00")).as_of("09:30")
    assert case.milestones == ["First Response#1 waiting"]
    assert (case.milestone().started, case.milestone().target, case.wakes) == ("11:00", "12:00", "11:00")


def test_a_start_may_move_until_it_is_reached() -> None:
    case = a_case(under=a_process(start_at="triaged_at")).opened("09:00", triaged_at=iso("10:00"))
    assert case.changed("09:30", triaged_at=iso("11:00")).as_of("12:00").milestone().started == "11:00"


def test_a_start_that_was_reached_is_fixed() -> None:
    case = a_case(under=a_process(start_at="triaged_at")).opened("09:00", triaged_at=iso("10:00"))
    assert case.changed("10:30", triaged_at=iso("12:00")).as_of("12:30").milestone().started == "10:00"


def test_a_milestone_that_applies_late_counts_from_the_start_of_the_process_all_the_same() -> None:
    case = a_case(under=a_process(a_milestone(when=GOLD))).opened("09:00").changed("09:40", tier="gold")
    assert case.as_of("09:39").milestones == []
    assert case.as_of("09:41").milestone().target == "10:00"


def test_a_milestone_may_be_born_violated() -> None:
    case = a_case(under=a_process(a_milestone(when=GOLD))).opened("09:00").changed("10:30", tier="gold").as_of("10:30")
    assert (case.milestone().status, case.milestone().target, case.milestone().violated) == ("overdue", "10:00", "10:00")
    assert case.effects == ["warning-1/1 09:45 skipped", "violation-1/1 10:00 late"]


def test_a_milestone_by_criteria_counts_from_the_instant_that_they_hold() -> None:
    line = a_milestone(when=GOLD, start="criteria")
    case = a_case(under=a_process(line)).opened("09:00").changed("09:40", tier="gold").as_of("10:00")
    assert (case.milestone().started, case.milestone().target) == ("09:40", "10:40")


def test_what_the_opening_says_holds_from_the_start_even_if_that_was_earlier() -> None:
    line = a_milestone(when=GOLD, start="criteria")
    case = a_case(under=a_process(line)).opened("09:00", tier="gold", opened_at=iso("08:30"))
    assert case.as_of("09:00").milestone().started == "08:30"


def test_criteria_that_hold_before_the_process_starts_count_from_its_start() -> None:
    process = a_process(a_milestone(when=GOLD, start="criteria"), start_at="triaged_at")
    case = a_case(under=process).opened("09:00", tier="gold", triaged_at=iso("09:30"))
    assert case.as_of("09:45").milestone().started == "09:30"


def test_the_first_line_that_matches_applies() -> None:
    process = a_process(*P1_OR_P2, a_milestone(within="8h"))
    assert a_case(under=process).opened(priority="P2").as_of("09:00").milestone().target == "13:00"
    assert a_case(under=process).opened(priority="P3").as_of("09:00").milestone().target == "17:00"


def test_another_line_of_the_milestone_replaces_it_and_keeps_counting_from_the_start() -> None:
    case = a_case(under=a_process(*P1_OR_P2)).opened(priority="P2").changed("09:30", priority="P1").as_of("09:50")
    assert case.milestones == ["First Response#1 cancelled", "First Response#2 running"]
    assert case.milestone(occurrence=2).target == "10:00"
    assert case.effects == ["First Response#2/1/warning-1/1 09:45"]


def test_another_line_by_criteria_starts_afresh() -> None:
    lines = [dict(line, start="criteria") for line in P1_OR_P2]
    case = a_case(under=a_process(*lines)).opened(priority="P2").changed("09:30", priority="P1").as_of("09:50")
    assert case.milestone(occurrence=2).target == "10:30"


def test_a_line_of_the_process_counts_from_its_start_also_after_one_by_criteria() -> None:
    lines = (a_quiet(when={"priority": "P1"}), a_quiet(when=GOLD, start="criteria"))
    case = a_case(under=a_process(*lines)).opened("09:00").changed("09:20", tier="gold").changed("09:40", priority="P1")
    assert case.as_of("09:50").milestone(occurrence=2).started == "09:00"


def test_a_milestone_that_no_longer_applies_is_cancelled_and_says_why() -> None:
    case = a_case(under=a_process(a_milestone(when=GOLD))).opened(tier="gold").changed("09:30", tier="basic").as_of("11:00")
    assert case.milestones == ["First Response#1 cancelled"]
    assert case.milestone().of.reason
    assert case.effects == []


def test_a_cancelled_occurrence_was_not_the_once() -> None:
    case = a_case(under=a_process(a_milestone(when=GOLD))).opened(tier="gold")
    case = case.changed("09:20", tier="basic").changed("09:40", tier="gold")
    assert case.as_of("09:50").milestones == ["First Response#1 cancelled", "First Response#2 running"]
    assert case.as_of("09:50").milestone(occurrence=2).target == "10:00"


def test_a_violated_occurrence_was_the_once() -> None:
    case = a_case(under=a_process(a_milestone(when=GOLD))).opened(tier="gold")
    case = case.changed("10:20", tier="basic").changed("10:40", tier="gold")
    assert case.as_of("11:00").milestones == ["First Response#1 missed"]


def test_a_violated_occurrence_gives_way_to_another_line() -> None:
    case = a_case(under=a_process(*P1_OR_P2)).opened(priority="P1").changed("10:20", priority="P2")
    assert case.as_of("11:00").milestones == ["First Response#1 missed", "First Response#2 running"]


def test_the_opening_comes_before_all_else_of_its_instant() -> None:
    case = a_case().completed("09:00").opened("09:00").as_of("09:30")
    assert (case.milestone().status, case.milestone().minutes["elapsed"]) == ("met", 0)


def test_nothing_happened_to_a_case_before_it_was_opened() -> None:
    case = a_case().opened("09:00").completed("08:59").as_of("09:30")
    assert list(case.refused) == ["e02"]
    assert case.milestone().status == "running"


def test_a_case_is_opened_once() -> None:
    case = a_case().opened("09:00", priority="P1").opened("09:10", priority="P2").as_of("09:30")
    assert list(case.refused) == ["e02"]
    assert case.timeline.fields["priority"] == "P1"


def test_a_work_order_is_not_in_a_process_for_cases() -> None:
    order = a_case("WO-7").happened("opened", "09:00", fields={"type": "work_order"}).as_of("09:30")
    assert order.milestones == []
    assert "work_order" in order.refused["e01"]


def test_a_process_starts_while_the_case_is_out_whatever_happens_at_that_instant() -> None:
    process = a_process(a_quiet(start="criteria"), start_at="triaged_at", on_reopen="restart")
    case = a_case(under=process).opened("09:00", triaged_at=iso("10:00")).closed("09:30")
    for one in (case, case.closed("10:00")):
        back = one.reopened("10:30").changed("10:30", triaged_at=iso("08:00"))
        assert back.as_of("10:40").milestone().started == "10:30"
