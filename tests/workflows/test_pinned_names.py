"""What is stored for ever, spelled once more: names and payloads that lie in the histories of open cases.

Should one of these fail, think of the cases that are open while the new version is deployed: they were started with the
old names, and their histories are full of the old payloads. Renaming strands them.
"""

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, cast, get_args

import pytest
from pydantic import BaseModel
from temporalio import activity, workflow

from activities.archiving import Keeper
from activities.moving import Mover
from activities.ports import Migrations
from sla import archiving, events, messages, moving
from sla.events import EVENT_TYPES
from sla.messages import Outcome, task_queue, workflow_id
from sla.timeline import RollUp, Status, TriggerKind
from tests.workflows.world import World
from workflows.case import SlaCase
from workflows.keeping import KeepHistories
from workflows.migrating import MoveRecords

FIELDS = {
    # events: the log, which outlives everything
    "Event": "record id at recorded_at",
    "Opened": "record id at recorded_at type fields",
    "Changed": "record id at recorded_at type set",
    "Completed": "record id at recorded_at type milestone by",
    "Uncompleted": "record id at recorded_at type milestone",
    "Stopped": "record id at recorded_at type reason",
    "Resumed": "record id at recorded_at type reason",
    "Noted": "record id at recorded_at type kind",
    "Closed": "record id at recorded_at type",
    "Reopened": "record id at recorded_at type",
    "Migrated": "record id at recorded_at type version process revision",
    # messages: what workflows, activities and doors say to each other
    "Payload": "",
    "ProcessRef": "process version revision",
    "CaseInput": "record ref log done decided_at",
    "News": "event",
    "MilestoneView": "milestone occurrence status target_at violated",
    "CaseView": "status milestones next_deadline account owner_kind followed",
    "ViewChange": "status milestones count next_deadline account owner_kind followed",
    "Task": "key kind world trigger due_at budget_s",
    "Concluded": "key outcome reason",
    "Fulfilled": "key events",
    "Refused": "event reason",
    "DecideInput": "record ref log news done running dropped concluded now shown armed_at",
    "Decision": "found refused start drop fulfilled unheard next_wakeup wakeup_for view changes finished",
    "PerformInput": "record ref key",
    "Performed": "outcome reason events",
    "Reception": "record event duplicate changes status",
    "CaseState": "record ref events view next_wakeup under_way done",
    # moving: what a migration's workflow and its activities say to each other
    "Progress": "waiting moved failed skipped",
    "MoveInput": "migration per_second after",
    "NextInput": "migration after at_most now",
    "Batch": "to records position finished progress",
    "SettleInput": "migration records problems last now",
    "SettledMoves": "waiting progress",
    "TurnInput": "migration state now",
    # archiving: what the keeper of the archive and its activity say to each other
    "Kept": "stored lost bytes",
    "KeepInput": "so_far",
    "KeepTurn": "for_s sweep",
}


def models(module: ModuleType) -> dict[str, type[BaseModel]]:
    """The models that a module defines."""
    classes = [one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, BaseModel)]
    return {one.__name__: one for one in classes if one.__module__ == module.__name__}


STORED = models(events) | models(messages) | models(moving) | models(archiving)


def test_the_workflow_and_what_can_be_said_to_it() -> None:
    defined = workflow._Definition.must_from_class(SlaCase)
    assert defined.name == "SlaCase"
    assert sorted(map(str, defined.updates)) == ["report"]
    assert sorted(map(str, defined.signals)) == ["hear", "nudge", "retry"]
    assert sorted(map(str, defined.queries)) == ["state"]
    assert messages.REFUSED == "refused_event"


def test_the_workflow_of_migrations_and_what_can_be_said_to_it() -> None:
    defined = workflow._Definition.must_from_class(MoveRecords)
    assert defined.name == "MoveRecords"
    assert sorted(map(str, defined.signals)) == ["resume", "stop"]
    assert sorted(map(str, defined.queries)) == ["progress"]
    assert (moving.workflow_id("20260302-090000"), moving.event_id("20260302-090000")) == (
        "migration-20260302-090000",
        "migrated-20260302-090000",
    )


def test_the_activities_of_migrations() -> None:
    mover = Mover(cast("Migrations", None))
    defined = [activity._Definition.must_from_callable(one) for one in mover.activities()]
    assert [one.name for one in defined] == ["moving.next", "moving.settle", "moving.turn"]


def test_the_keeper_of_the_archive_and_its_activity() -> None:
    defined = workflow._Definition.must_from_class(KeepHistories)
    assert defined.name == "KeepHistories"
    assert (list(defined.signals), list(defined.queries)) == ([], ["so_far"])
    assert archiving.workflow_id("milepost") == "sla-archive/milepost"
    nothing = cast("Any", None)
    keeper = Keeper(nothing, archive=nothing, cases=nothing, definitions=nothing, clock=nothing, engine="")
    assert [activity._Definition.must_from_callable(one).name for one in keeper.activities()] == ["archive.keep"]


def test_the_activities() -> None:
    world = World()
    named: list[Callable[..., Any]] = [world.decider.decide, *world.performer.activities()]
    defined = [activity._Definition.must_from_callable(one) for one in named]
    assert [one.name for one in defined] == [
        "decide",
        "action.email",
        "action.notify",
        "action.reassign",
        "action.task",
        "action.update",
        "action.webhook",
    ]


def test_the_search_attributes() -> None:
    assert messages.SEARCH_ATTRIBUTES == {
        "SlaProcess": "Keyword",
        "SlaAccount": "Keyword",
        "SlaStatus": "Keyword",
        "SlaNextDeadline": "Datetime",
        "SlaOwnerKind": "Keyword",
    }


def test_the_workflows_id_and_the_task_queues() -> None:
    assert workflow_id("C-1042") == "sla-case/C-1042"
    assert [task_queue("milepost", world) for world in ("cases", *get_args(messages.World))] == [
        "milepost-cases",
        "milepost-mail",
        "milepost-web",
        "milepost-desk",
    ]


@pytest.mark.parametrize("name", FIELDS)
def test_a_payload_keeps_its_fields(name: str) -> None:
    assert name in STORED, (
        f"{name} is gone. Open cases have it in their histories: keep the class, and stop using it instead."
    )
    lost = set(FIELDS[name].split()) - set(STORED[name].model_fields)
    assert not lost, (
        f"{name} has lost {', '.join(sorted(lost))}. Histories and carried inputs still bear the old name: keep the field "
        "and add the new one beside it, with a default, read by a validator from the old one where it is absent."
    )


@pytest.mark.parametrize("name", STORED)
def test_a_payload_grows_by_fields_with_defaults_and_each_is_written_down_here(name: str) -> None:
    pinned = FIELDS.get(name, "").split()
    grown = {field: info for field, info in STORED[name].model_fields.items() if field not in pinned}
    needed = [field for field, info in grown.items() if info.is_required() and name in FIELDS]
    assert not needed, f"{name}.{needed[0]} needs a default: what lies in histories does not have it."
    assert not grown, (
        f"{name} has grown by {', '.join(grown)}: add that to FIELDS in this file, for it is stored from now on."
    )
    assert name in FIELDS, f"{name} is new: add it to FIELDS in this file, for it is stored from now on."


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (EVENT_TYPES, "opened changed completed uncompleted stopped resumed noted closed reopened migrated"),
        (get_args(Outcome), "performed dropped gave_up"),
        (get_args(TriggerKind), "warning violation success retracted"),
        (get_args(Status), "waiting running stopped met met_late overdue missed cancelled"),
        (get_args(RollUp), "compliant at_risk violated_open violated_closed"),
        (get_args(moving.State), "running stopping stopped ended"),
        (get_args(moving.RecordState), "waiting moved failed skipped"),
    ],
    ids=["events", "outcomes", "triggers", "statuses", "roll-ups", "migrations", "moves"],
)
def test_words_that_are_stored_are_understood_for_ever(words: tuple[str, ...], known: str) -> None:
    lost = set(known.split()) - set(words)
    assert not lost, f"{', '.join(sorted(lost))} can no longer be read, and lies in the histories of open cases."
    assert set(words) == set(known.split()), "a new word: add it here, for it is stored from now on."
