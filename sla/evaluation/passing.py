"""Passing what lies on an occurrence's schedule: warnings, the target, violations (SPEC 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sla.evaluation.run import Due, Run
from sla.evaluation.track import Track

if TYPE_CHECKING:
    from sla.evaluation.projection import Projection


def pass_all(record: Projection, track: Track, run: Run, *, until: int, completing: bool = False) -> None:
    """Pass everything scheduled up to and including `until`. Out of the process only the target passes, silently."""
    if record.out:
        _pass_target_only(run, until)
        return
    while run.schedule and run.schedule[0].at <= until:
        _pass_one(record, track, run, run.schedule.pop(0), completing=completing)


def roll(record: Projection, track: Track, run: Run) -> None:
    """End an unmet period at its target; what is due at that instant is still done, what would follow is dropped."""
    target = run.target
    assert target is not None  # noqa: S101 - a period is rolled when its target has passed
    pass_all(record, track, run, until=target)
    end_period(run, target)


def end_period(run: Run, at: int) -> None:
    """Close an unmet period: the next one takes its place."""
    run.end("rolled", at, "the next period began")


def _pass_target_only(run: Run, until: int) -> None:
    target = next((due for due in run.schedule if due.trigger is None and due.at <= until), None)
    if target is not None:
        run.schedule.remove(target)
        run.violated_at = target.at


def _pass_one(record: Projection, track: Track, run: Run, due: Due, *, completing: bool) -> None:
    if due.trigger is None:
        run.violated_at = due.at
        return
    skip = None
    if due.trigger.kind == "warning":
        skip = _too_late_to_warn(run, record.now_s, completing=completing) if due.at < record.now_s else None
        if skip is None and run.violated_at is not None:
            run.pending.remove(due.trigger)  # a violated occurrence warns no more, whatever its new limit
            return
        run.warned = run.warned or skip is None
    _fire(record, track, run, due, skip=skip)


def _too_late_to_warn(run: Run, now_s: int, *, completing: bool) -> str | None:
    target = next((due.at for due in run.schedule if due.trigger is None), run.violated_at)
    if target is not None and target <= now_s:  # at the very target it is violated in this instant
        return "past the target"
    return "already completed" if completing else None


def _fire(record: Projection, track: Track, run: Run, due: Due, *, skip: str | None) -> None:
    trigger = due.trigger
    assert trigger is not None  # noqa: S101 - the target itself has no actions
    run.pending.remove(trigger)
    record.fire(
        track.name,
        run,
        trigger.kind,
        trigger.position,
        trigger.actions,
        threshold=due.threshold,
        due=due.at,
        skip=skip,
    )
