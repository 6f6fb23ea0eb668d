"""How a record came under its process, its way through it, and the verdict with its margin."""

from zoneinfo import ZoneInfo

import pytest

from sla.dossier import ChoiceKept, Deed
from sla.entitlements.choosing import ProcessBy
from sla.story import Story
from sla.telling import story
from tests.sla.builders import FIRST, a_case, a_milestone, a_process, a_quiet, instant, some_hours
from tests.sla.telling.builders import a_dossier, chapter, told


def entry(whole: Story) -> list[str]:
    """The first sentences."""
    return [one.text for one in whole.entry]


def closing(whole: Story) -> list[str]:
    """The last sentences."""
    return [one.text for one in whole.closing]


# ---------------------------------------------------------------------- entering


def test_the_zone_is_named_once_and_the_entitlement_with_those_that_lost() -> None:
    choice = ChoiceKept(
        at=instant("09:00"),
        chosen="gold",
        why="the best of 3: it is for the asset",
        rejected={"silver": "its term has ended", "bronze": "it is for the contract only"},
        process_by="promised",
    )
    whole = told(a_case().opened("09:00", learned="09:05", account="ACME", priority="P1"), "09:10", choice=choice)
    assert entry(whole) == [
        "Times are those of Europe/London.",
        "Mon 2 Mar 2026 09:00: the record was opened (event e01): type case, account ACME, priority P1; learned 09:05.",
        "09:00: the entitlement 'gold' was chosen: the best of 3: it is for the asset. "
        "Not chosen: 'silver': its term has ended; 'bronze': it is for the contract only.",
        "09:00: it is held to version 1 of 'Support', the process that this entitlement promises.",
        "09:00: the process started, for its start field opened_at had come.",
    ]
    assert sum("Europe/London" in text for one in whole.chapters for text in (s.text for s in one.sentences)) == 0


@pytest.mark.parametrize(
    ("by", "told_so"),
    [
        ("named", ", the process that its opening named."),
        ("only", ", the only process that there was, since neither its opening nor the entitlement named one."),
        (None, "."),
    ],
)
def test_an_entitlement_is_not_the_reason_for_a_process_that_it_did_not_promise(by: ProcessBy | None, told_so: str) -> None:
    choice = ChoiceKept(at=instant("09:00"), chosen="gold", why="the only one", rejected={}, process_by=by)
    assert entry(told(a_case().opened(), "09:10", choice=choice))[2:4] == [
        "09:00: the entitlement 'gold' was chosen: the only one.",
        f"09:00: it is held to version 1 of 'Support'{told_so}",
    ]


def test_a_start_field_that_was_filled_later_names_its_event() -> None:
    case = a_case(under=a_process(a_quiet(), start_at="triaged_at")).opened()
    whole = told(case.changed("09:30", triaged_at="2026-03-02T09:30:00Z"), "10:00")
    assert entry(whole)[-1] == (
        "09:30: the process started, for its start field triaged_at had come (event e02 set triaged_at to 09:30)."
    )


def test_times_are_those_of_the_zone_that_is_asked_for() -> None:
    case = a_case().opened("23:30")
    dossier = a_dossier(case.laws, case.events, instant("23:40"))
    whole = story(dossier, ZoneInfo("Asia/Kathmandu"))
    assert entry(whole)[:2] == [
        "Times are those of Asia/Kathmandu.",
        "Tue 3 Mar 2026 05:15: the record was opened (event e01): type case.",
    ]
    assert whole.timezone == "Asia/Kathmandu"


def test_of_a_record_that_was_never_opened_there_is_nothing_to_tell() -> None:
    whole = told(a_case().opened("09:00", type="work_order"), "09:30")
    assert entry(whole) == [
        "Times are those of Europe/London.",
        "As of Mon 2 Mar 2026 09:30 no opening of the record was known.",
    ]
    assert (whole.chapters, whole.opened_at) == ((), None)


def test_a_record_that_is_announced_a_little_ahead_is_known() -> None:
    whole = told(a_case().opened("09:03", learned="09:00"), "09:01")
    assert entry(whole)[1:] == ["As of Mon 2 Mar 2026 09:01 the record is only announced: it opens 09:03 (event e01)."]
    assert (whole.chapters, whole.opened_at) == ((), None)


def test_where_nothing_was_promised_it_is_said_how_a_process_is_found() -> None:
    assert entry(told(a_case().opened(), "09:10"))[2] == (
        "09:00: it is held to version 1 of 'Support', named at its opening or the only one that there was, for nothing was "
        "promised to it."
    )


def test_it_was_opened_when_its_field_says_as_every_door_has_it() -> None:
    case = a_case().opened("10:30", learned="10:31", opened_at=instant("09:00").isoformat())
    choice = ChoiceKept(at=instant("09:00"), chosen="gold", why="the record names it", rejected={})
    whole = told(case, "10:40", choice=choice)
    assert whole.opened_at == instant("09:00")
    assert [text.partition(": ")[2].partition(" (")[0] for text in entry(whole)[1:]] == [
        "the record was opened",
        "the entitlement 'gold' was chosen: the record names it.",
        "it is held to version 1 of 'Support'.",
        "the process started, for its start field opened_at had come",
    ]
    assert entry(whole)[1] == "Mon 2 Mar 2026 09:00: the record was opened (event e01): type case; learned 10:31."


def test_a_choice_for_a_record_that_is_to_open_later_is_told_with_what_followed_from_it() -> None:
    case = a_case().opened("09:00", opened_at=instant("10:00").isoformat())
    choice = ChoiceKept(at=instant("10:00"), chosen="gold", why="the only one", rejected={}, process_by="promised")
    assert entry(told(case, "09:10", choice=choice))[2:] == [
        "09:00: the entitlement 'gold' was chosen: the only one.",
        "09:00: it is held to version 1 of 'Support', the process that this entitlement promises.",
    ]


# ---------------------------------------------------------------------- the way


def test_leaving_returning_and_moving_are_told_with_what_did_it() -> None:
    process = a_process(a_quiet(within="4h"), exit_when={"status": ["Closed", "Cancelled"]})
    case = a_case(under=process, versions=[a_process(a_quiet(within="5h"))]).opened()
    case = case.changed("09:10", status="Closed").reopened("09:20").moved("09:30").closed("09:40")
    whole = told(case, "10:00")
    assert closing(whole) == [
        "Mon 2 Mar 2026 09:10: the record left the process: status is Closed or Cancelled (event e02 set status to Closed).",
        "09:20: the record came back (event e03 reopened the record); "
        "its milestones resume, and the time in between counts as stopped.",
        "09:30: the record moved to version 2 of 'Support', by event e04.",
        "09:40: the record left the process (event e05 closed the record).",
    ]
    assert (whole.version, whole.closed_at) == (2, instant("09:40"))


def test_notes_and_refusals_come_last() -> None:
    whole = told(a_case().opened().completed("09:10").completed("09:20").completed("09:30", "Nope"), "10:00")
    assert closing(whole) == [
        "Mon 2 Mar 2026 09:20: completed 'First Response' (event 'e03'): nothing was open, nothing changed.",
        "Event e04 was refused: process 'Support' has no milestone 'Nope'; it has: First Response.",
    ]


def test_what_the_ledger_has_beyond_the_outcome_is_not_kept_quiet() -> None:
    sent = Deed(key=f"C-1/{FIRST}#7/1/warning-1/1", kind="email", outcome="performed", at=instant("09:45"))
    assert closing(told(a_case().opened(), "10:00", deeds=(sent,))) == [
        "The ledger has 'C-1/First Response#7/1/warning-1/1', which this outcome does not come to: "
        "performed at Mon 2 Mar 2026 09:45."
    ]


# ---------------------------------------------------------------------- verdicts


def test_a_miss_is_told_with_its_margin_and_the_stops() -> None:
    process = a_process(a_milestone(), business_hours="office")
    case = a_case(under=process, calendars=[some_hours()]).opened("16:30").stopped("17:10").resumed("17:51")
    whole = told(case.completed("Tue 09:33:12"), "Wed 09:00")
    one = chapter(whole)
    assert one.verdict == (
        "Missed by 3 min 12 s of open time: completed late; the clock was stopped 41 min, of which 0 s in business hours."
    )
    assert one.margin_s == -192
    assert whole.verdict == f"Violated. {FIRST}: missed{one.verdict.removeprefix('Missed')}"


def test_each_outcome_has_its_verdict() -> None:
    def verdict(case: Story) -> str:
        return case.chapters[0].verdict

    opened = a_case().opened()
    assert verdict(told(opened.completed("09:48"), "11:00")) == "Met with 12 min of open time to spare."
    assert verdict(told(opened.completed("10:00"), "11:00")) == "Met, at the very target."
    assert verdict(told(opened, "09:48")) == "Running: 12 min of open time left, due Mon 2 Mar 2026 10:00."
    assert verdict(told(opened.stopped("09:30"), "09:48")) == (
        "Stopped: 30 min of open time left once the clock runs again; "
        "the clock was stopped 18 min, of which 18 min in business hours."
    )
    assert verdict(told(opened, "10:05")) == "Missed, and still open: by now 5 min of open time over."
    assert verdict(told(opened, "10:00")) == "Missed, and still open: no open time has passed since its target."
    assert verdict(told(opened.closed("10:05"), "11:00")) == (
        "Missed by 5 min of open time and more: never completed, the record left the process."
    )
    assert verdict(told(opened.closed("09:05"), "11:00")) == "Cancelled, not violated: the record left the process."


def test_one_that_was_completed_after_hours_of_its_target_is_missed_by_no_open_time() -> None:
    process = a_process(a_milestone(within="8h"), business_hours="office")
    case = a_case(under=process, calendars=[some_hours()]).opened().completed("18:00")
    one = chapter(told(case, "20:00"))
    assert (one.verdict, one.margin_s) == (
        "Missed: completed late, though no open time had passed since its target.",
        0,
    )


def test_after_a_restart_what_was_missed_before_is_no_part_of_the_verdict() -> None:
    case = a_case(under=a_process(a_quiet(), on_reopen="restart")).opened().closed("10:05").reopened("10:10")
    whole = told(case, "10:20")
    assert whole.status == "compliant"
    assert whole.verdict == (
        f"Compliant. {FIRST} #2: running: 50 min of open time left, due Mon 2 Mar 2026 11:10. "
        "Before the process restarted: 1 missed."
    )
    resumed = a_case(under=a_process(a_quiet())).opened().closed("10:05").reopened("10:10")
    assert told(resumed, "10:20").verdict.startswith("Violated")


def test_of_many_misses_the_one_that_is_still_open_is_told() -> None:
    names = ("A", "B", "C", "D")
    case = a_case(under=a_process(*(a_quiet(name) for name in names))).opened()
    for name in names[:3]:
        case = case.completed("10:10", name)
    verdict = told(case, "10:20").verdict
    assert verdict.startswith("Violated, and still open. D: missed, and still open: by now 20 min of open time over. A: ")
    assert verdict.endswith("Besides: 1 met late.")


def test_a_violation_that_was_withdrawn_is_part_of_the_verdict() -> None:
    whole = told(a_case().opened().completed("09:58", learned="10:03"), "12:00")
    assert chapter(whole).verdict == (
        "Met with 2 min of open time to spare. It had been taken for violated, which later knowledge withdrew."
    )


def test_of_very_many_misses_the_first_are_told_and_the_others_counted() -> None:
    case = a_case(under=a_process(a_quiet(recurrence="periodic"))).opened()
    whole = told(case.completed("09:30"), "16:30")
    assert whole.verdict.count("missed") == 4
    assert whole.verdict.endswith("Besides: 1 met, 3 missed, 1 running.")
