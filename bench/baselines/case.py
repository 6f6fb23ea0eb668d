"""What the hand-written cases share: three milestones with a limit each, told at the start, and what is due when.

Each milestone has a warning at 75 % of its limit, which mails, and a violation at the limit, which mails and reassigns:
the same as `bench.contract` spells for ours. The payloads of news and actions are ours (`sla.messages`), so that only
the designs differ. Passed through the sandbox, as ours are.
"""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel
from temporalio import workflow

from sla import messages
from sla.events import AnyEvent
from sla.messages import Performed, PerformInput, ProcessRef, World

MILESTONES = ("First Response", "Diagnosis", "Resolution")
RECORD = "record"
"""The activity of a design that keeps a table."""
WARNING: tuple[tuple[str, World], ...] = (("email", "mail"),)
VIOLATION: tuple[tuple[str, World], ...] = (("email", "mail"), ("reassign", "desk"))


class BareInput(BaseModel):
    """A case. `limits_s`: each milestone's, in seconds since the opening; `shown`: whether it keeps search attributes."""

    record: str
    ref: ProcessRef
    limits_s: list[int]
    shown: bool = False


class Recorded(BaseModel):
    """A line for the table of a design that keeps one: news, or the name of a trigger."""

    record: str
    what: str
    event: AnyEvent | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing to do: an activity `action.<kind>` on the task queue of its world."""

    kind: str
    world: World
    told: PerformInput


@dataclass(frozen=True, kw_only=True)
class Step:
    """What is due `after_s` seconds, unless the milestone was reached by then."""

    after_s: int
    milestone: str
    violation: bool
    name: str
    actions: tuple[Action, ...]


def steps(case: BareInput) -> list[Step]:
    """Everything that a case may have to do, the first first."""
    found = []
    for milestone, limit_s in zip(MILESTONES, case.limits_s, strict=True):
        found.append(_step(case, milestone, -(-3 * limit_s // 4), violation=False))
        found.append(_step(case, milestone, limit_s, violation=True))
    return sorted(found, key=lambda step: step.after_s)


async def perform(action: Action) -> None:
    """Have it done, to its end; within a workflow."""
    await workflow.execute_activity(
        messages.ACTION_PREFIX + action.kind,
        action.told,
        result_type=Performed,
        activity_id=action.told.key,
        task_queue=messages.task_queue(workflow.info().task_queue.removesuffix("-cases"), action.world),
        start_to_close_timeout=timedelta(minutes=2),
    )


def _step(case: BareInput, milestone: str, after_s: int, *, violation: bool) -> Step:
    trigger = "violation-1" if violation else "warning-1"
    kinds = VIOLATION if violation else WARNING
    actions = tuple(
        Action(
            kind=kind,
            world=world,
            told=PerformInput(record=case.record, ref=case.ref, key=f"{case.record}/{milestone}#1/1/{trigger}/{number}"),
        )
        for number, (kind, world) in enumerate(kinds, 1)
    )
    name = f"{milestone}/{trigger}"
    return Step(after_s=after_s, milestone=milestone, violation=violation, name=name, actions=actions)
