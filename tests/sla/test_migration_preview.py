"""What a move would change, told before it is made."""

from datetime import datetime

from sla.evaluation.following import Followed
from sla.events import Version
from sla.migration import MovePreview, preview
from sla.process.model import Process
from tests.sla.builders import FIRST, Story, a_case, a_milestone, a_process, a_quiet, clock, instant

FIX = "Fix"
TO = Version("Support", 2)


def previewed(to: Process, at: str, story: Story | None = None) -> MovePreview:
    case = story or a_case().opened()
    return preview(case.laws, case.events, instant(at), to=TO, law=Followed(process=to, calendars={}))


def told(found: MovePreview) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.milestone, one.what, clock(one.target_before), clock(one.target_after)) for one in found.milestones]


def test_an_equal_version_changes_nothing() -> None:
    found = previewed(a_process(), "09:30")
    assert (found.milestones, found.sentences, found.actions) == ((), (), 0)
    assert (found.record, found.to, found.status_before, found.status_after) == ("C-1", TO, "compliant", "compliant")


def test_a_target_that_moves() -> None:
    found = previewed(a_process(a_milestone(within="2h")), "09:30")
    assert told(found) == [(FIRST, "target_moved", "10:00", "11:00")]
    assert found.sentences == (f"{FIRST}: target 2026-03-02 10:00 UTC → 2026-03-02 11:00 UTC",)


def test_what_would_be_violated_at_once_and_what_that_sets_off() -> None:
    found = previewed(a_process(a_milestone(within="20m"), a_quiet(FIX, within="10m")), "09:30")
    assert told(found) == [(FIRST, "newly_violated", "10:00", "09:20"), (FIX, "newly_violated", None, "09:10")]
    assert (found.status_after, found.actions) == ("violated_open", 1)
    assert found.any("newly_violated")


def test_what_is_overdue_and_would_be_owed_no_more() -> None:
    under = a_process(a_milestone(), a_quiet(FIX, within="8h"))
    found = previewed(a_process(a_quiet(FIX, within="8h")), "10:30", a_case(under=under).opened())
    assert told(found) == [(FIRST, "newly_cured", "10:00", "10:00")]
    assert (found.status_before, found.status_after) == ("violated_open", "violated_closed")


def test_what_would_begin_and_what_would_be_cancelled() -> None:
    found = previewed(a_process(a_quiet(FIX)), "09:30")
    assert told(found) == [(FIX, "begun", None, "10:00"), (FIRST, "cancelled", "10:00", None)]
    assert found.sentences == (f"{FIX}: running, target 2026-03-02 10:00 UTC", f"{FIRST}: running → cancelled")


def test_what_ended_is_no_part_of_it() -> None:
    assert previewed(a_process(a_milestone(within="20m")), "09:30", a_case().opened().completed("09:25")).milestones == ()


def test_a_case_that_has_moved_before_is_previewed_from_where_it_is() -> None:
    case = a_case(versions=[a_process(a_milestone(within="2h"))]).opened().moved("09:10")
    found = preview(
        case.laws,
        case.events,
        instant("09:30"),
        to=Version("Support", 3),
        law=Followed(process=a_process(a_milestone(within="3h")), calendars={}),
    )
    assert told(found) == [(FIRST, "target_moved", "11:00", "12:00")]


def test_a_process_for_other_records_is_refused_with_the_reason() -> None:
    found = previewed(a_process(applies_to="work_order"), "09:30")
    assert found.refused == "the record is a 'case', and process 'Support' applies to 'work_order'"
    assert found.milestones == ()


def test_it_changes_nothing_by_itself() -> None:
    case = a_case().opened()
    before = case.as_of("09:30")
    previewed(a_process(a_milestone(within="20m")), "09:30", case)
    assert case.as_of("09:30") == before
    assert isinstance(case.events[0].at, datetime)
    assert len(case.events) == 1
