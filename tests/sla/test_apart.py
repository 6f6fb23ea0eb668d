"""Processes that differ in one milestone come to the same whether what they have in common is walked through once or not."""

import contextlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sla.apart import SideBySide
from sla.evaluation.following import Followed, Laws
from sla.evidence_errors import InvalidSweep
from sla.outcomes import Known
from sla.process.model import Process
from sla.sweeping import sweep
from tests.sla.builders import a_case, a_milestone, a_process, instant, updating
from tests.sla.test_evaluate_properties import HOURS, Given, cases, some, the_case

TWO = (a_milestone("Answer"), a_milestone("Solve", within="4h"))


def laws_of(*processes: Process) -> list[Laws]:
    return [Laws(Followed(process=one, calendars=HOURS)) for one in processes]


def swept(process: Process, *withins: str, milestone: str = "Answer") -> list[Laws]:
    """This process with other promises."""
    return laws_of(*(one.process for one in sweep(process, f"{milestone}.within={','.join(withins)}").promises))


# ---------------------------------------------------------------------- the same


@some(400)
@given(cases(), st.data())
def test_it_comes_to_the_same_as_walking_through_each_by_itself(one: Given, data: st.DataObject) -> None:
    names = list(dict.fromkeys(line.milestone for line in one.process.milestones))
    lines = [name for name in names if sum(line.milestone == name for line in one.process.milestones) == 1]
    assume(lines)
    name = data.draw(st.sampled_from(lines))
    laws: list[Laws] = []
    with contextlib.suppress(InvalidSweep):  # a warning may not leave time
        laws = swept(one.process, "30m", "7h", "3d", milestone=name)
    assume(laws)
    known = Known(one.events, one.now)
    assert SideBySide(laws).outcomes(known) == [known.outcome(law) for law in laws]


def test_most_generated_processes_of_several_milestones_are_taken_apart() -> None:

    processes = [the_case(seed, "all").process for seed in range(60)]
    several = [one for one in processes if len({line.milestone for line in one.milestones}) > 1]
    apart = [SideBySide(laws_of(process, _longer(process))).apart for process in several]
    assert sum(apart) > len(apart) / 3


def _longer(process: Process) -> Process:
    first, *others = process.milestones
    longer = first.model_copy(update={"within": a_process(a_milestone(within="9d")).milestones[0].within})
    return process.model_copy(update={"milestones": (longer, *others)})


# ---------------------------------------------------------------------- when not


def test_processes_that_differ_in_one_milestone_are_taken_apart() -> None:
    assert SideBySide(swept(a_process(*TWO), "30m", "2h")).apart


@pytest.mark.parametrize(
    "lines",
    [
        (a_milestone("Answer"),),
        (a_milestone("Answer", success=[updating(tier="gold")]), a_milestone("Solve")),
        (a_milestone("Answer"), a_milestone("Solve", when={"after": "completed"})),
        (a_milestone("Answer"), a_milestone("Solve", complete_when={"event": "completed"})),
        (a_milestone("Answer"), a_milestone("Solve", when={"not": {"after": "reply", "until": "uncompleted"}})),
    ],
)
def test_not_where_a_milestone_may_learn_of_another_or_is_the_only_one(lines: tuple[dict[str, object], ...]) -> None:
    assert not SideBySide(swept(a_process(*lines), "30m", "2h")).apart


def test_not_where_more_than_one_milestone_differs_or_anything_else() -> None:
    other = a_process(a_milestone("Answer", within="2h"), a_milestone("Solve", within="5h"))
    assert not SideBySide(laws_of(a_process(*TWO), other)).apart
    assert not SideBySide(laws_of(a_process(*TWO), a_process(*TWO, on_reopen="restart"))).apart
    assert not SideBySide(laws_of(a_process(*TWO), a_process(*reversed(TWO)))).apart
    assert not SideBySide(laws_of(a_process(*TWO), a_process(*TWO))).apart


def test_of_two_events_with_one_id_the_same_one_counts() -> None:
    case = a_case(under=a_process(*TWO)).opened("09:00").completed("09:30", "Solve")
    case = case.happened("completed", "09:40", milestone="Answer", id_=case.events[-1].id)
    known, laws = Known(case.events, instant("18:00")), swept(a_process(*TWO), "30m", "2h")
    found = SideBySide(laws).outcomes(known)
    assert found == [known.outcome(law) for law in laws]
    assert [one.reached[0].verdict for one in found if one] == ["missed", "missed"]


def test_a_record_of_another_type_is_no_concern_of_any() -> None:
    case = a_case().happened("opened", "09:00", fields={"type": "work_order"})
    known = Known(case.events, instant("10:00"))
    assert SideBySide(swept(a_process(*TWO), "30m", "2h")).outcomes(known) == [None, None]
