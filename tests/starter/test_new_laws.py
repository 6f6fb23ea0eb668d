"""Under the same process nothing is different, by the roads that the doors take; and whose calendar it is that counts."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from runtime.settings import Settings
from sla.calendar import ALWAYS, BusinessHours
from sla.dossier import Dossier, law_kept
from sla.evaluation.following import Followed
from sla.events import Event
from sla.messages import ProcessRef
from sla.process.model import Process
from starter.api.definitions import document_of
from starter.checks import Limits
from starter.definitions import Found
from starter.new_laws import new_law, what_if_of
from starter.weighing import Asked, Weighing
from tests.sla.builders import a_case, a_process, a_quiet, instant, some_hours
from tests.sla.test_evaluate_properties import HOURS, Given, cases, some

REF = ProcessRef(process="Support", version=1, revision=0)
LIMITS = Limits.of(Settings())
NEVER_MIND = {name: BusinessHours.model_validate({**ALWAYS.model_dump(), "calendar": name}) for name in HOURS}
"""Calendars of the same names, as somebody published them since."""


def found(process: Process) -> Found[Process]:
    """A process as somebody hands it in again."""
    document = document_of(process.model_dump(mode="json", exclude_none=True), "process")
    return Found(value=Process.model_validate(document.data), document=document)


def dossier_of(
    process: Process, calendars: dict[str, BusinessHours], log: Sequence[Event], at: str | None = None
) -> Dossier:
    """What is kept of a record that was held to the process."""
    law = law_kept(REF, Followed(process=process, calendars=calendars), tuple(log))
    taken_at = max(max(one.recorded_at, one.at) for one in log) if at is None else instant(at)
    return Dossier(record="C-1", taken_at=taken_at, engine="test", opened_under=REF, laws=(law,), log=tuple(log))


# ---------------------------------------------------------------------- the same


@some(100)
@given(cases())
def test_one_record_under_the_same_process_by_what_its_dossier_keeps(one: Given) -> None:
    dossier = dossier_of(one.process, HOURS, one.events)
    answer = what_if_of(dossier, found(one.process), {}, limits=LIMITS, published=NEVER_MIND)
    assert answer.same
    assert answer.notes == ()


@some(30)
@given(st.lists(cases(), min_size=1, max_size=4))
def test_records_added_up_under_the_same_process_by_what_their_dossiers_keep(some_cases: list[Given]) -> None:
    for process in (one.process for one in some_cases):
        law, _ = new_law(found(process), HOURS, limits=LIMITS, default_hours=ALWAYS)
        weighing = Weighing(law.laws(), Asked(), max(one.now for one in some_cases))
        for number, one in enumerate(some_cases):
            before = dossier_of(process, HOURS, one.events).law()
            weighing.add(f"C-{number}", {}, one.events, before)
        [after] = weighing.tally.afters
        assert weighing.tally.before.records == after.records == weighing.tally.seen - weighing.tally.left_out
        assert (after.newly_violated, after.cured) == ([], [])
        assert (after.violated, after.sent) == (weighing.tally.before.violated, weighing.tally.before.sent)
        assert after.milestones == weighing.tally.before.milestones


# ---------------------------------------------------------------------- whose calendar

OFFICE = a_process(a_quiet(within="4h"), business_hours="office")
FROM_NINE, FROM_TEN, FROM_ELEVEN = (some_hours(hours={"mon": [f"{hour:02}:00-18:00"]}) for hour in (9, 10, 11))


def target(**calendars: dict[str, BusinessHours]) -> str | None:
    """When the answer is due that a record opened at eight owes, which is held to an office that opens at nine."""
    dossier = dossier_of(OFFICE, {"office": FROM_NINE}, a_case().opened("08:00").events, "12:00")
    answer = what_if_of(dossier, found(OFFICE), calendars["given"], limits=LIMITS, published=calendars["published"])
    due = answer.milestones[0].after
    return None if due is None or due.target_at is None else f"{due.target_at:%H:%M}"


def test_a_calendar_is_the_given_one_or_the_records_own_or_the_published_one_in_this_order() -> None:
    assert target(given={"office": FROM_TEN}, published={"office": FROM_ELEVEN}) == "14:00"
    assert target(given={}, published={"office": FROM_ELEVEN}) == "13:00"
