"""Passing what lies ahead of an occurrence: warnings, the target, violations (SPEC 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sla.evaluation.plan import Rung, Trigger
from sla.evaluation.run import Run
from sla.evaluation.track import Track

if TYPE_CHECKING:
    from sla.evaluation.projection import Projection


def pass_all(record: Projection, track: Track, run: Run, *, until: int, completing: bool = False) -> None:
    """Pass everything up to and including `until`. Out of the process only the target passes, silently."""
    if record.out:
        if run.passes_at is not None and run.passes_at <= until:
            run.pass_target()
        return
    while (rung := run.next) is not None and run.next_at <= until:
        if rung.trigger is None:
            run.pass_target()
        else:
            _pass_trigger(record, track, run, rung, rung.trigger, completing=completing)


def roll(record: Projection, track: Track, run: Run) -> None:
    """End an unmet period at its target; what is due at that instant is still done, what would follow is dropped."""
    target = run.target
    assert target is not None  # noqa: S101 - a period is rolled when its target has passed
    pass_all(record, track, run, until=target)
    end_period(track, target)


def end_period(track: Track, at: int) -> None:
    """Close an unmet period: the next one takes its place."""
    track.end("rolled", at, "the next period began")


def _pass_trigger(record: Projection, track: Track, run: Run, rung: Rung, trigger: Trigger, *, completing: bool) -> None:
    due, skip = run.next_at, None
    if trigger.kind == "warning" and due < record.now_s:
        skip = _too_late_to_warn(run, record.now_s, completing=completing)
    # A violated occurrence warns no more, whatever its new limit.
    silent = trigger.kind == "warning" and skip is None and run.violated_at is not None
    run.pass_trigger(trigger)
    if silent:
        return
    run.warned = run.warned or (trigger.kind == "warning" and skip is None)
    record.outbox.fire(
        track.name, run, trigger.kind, trigger.position, trigger.actions, threshold=rung.threshold, due=due, skip=skip
    )


def _too_late_to_warn(run: Run, now_s: int, *, completing: bool) -> str | None:
    target = run.violated_at if run.passes_at is None else run.passes_at
    if target is not None and target <= now_s:  # at the very target it is violated in this instant
        return "past the target"
    return "already completed" if completing else None
