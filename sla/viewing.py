"""A case as people and search see it, and what is different about it now, in sentences. Pure."""

from collections.abc import Iterator
from datetime import datetime

from sla.messages import CaseView, MilestoneView, ProcessRef
from sla.timeline import Occurrence, Timeline, numbered


def view_of(timeline: Timeline) -> CaseView:
    """A case as people and search see it."""
    account, moved_to = timeline.fields.get("account"), timeline.moved_to
    return CaseView(
        status=timeline.status,
        milestones=[_milestone(occurrence) for occurrence in timeline.milestones],
        next_deadline=min((o.target_at for o in timeline.milestones if awaited(o) and o.target_at), default=None),
        account=account if isinstance(account, str) else None,
        owner_kind="person" if timeline.fields.get("owner") else "queue" if timeline.fields.get("queue") else "nobody",
        followed=None if moved_to is None else ProcessRef(**moved_to._asdict()),
    )


def awaited(occurrence: Occurrence) -> bool:
    """Whether its target lies ahead: it is open, and not violated."""
    return occurrence.status in ("running", "stopped") and not occurrence.violated


def _milestone(occurrence: Occurrence) -> MilestoneView:
    return MilestoneView(
        milestone=occurrence.milestone,
        occurrence=occurrence.occurrence,
        status=occurrence.status,
        target_at=occurrence.target_at,
        violated=occurrence.violated,
    )


def changes_of(shown: CaseView | None, view: CaseView, timeline: Timeline) -> Iterator[str]:
    """What is different now, a sentence for each milestone: `First Response: running → met`."""
    before = {} if shown is None else {(m.milestone, m.occurrence): m for m in shown.milestones}
    for now, occurrence in zip(view.milestones, timeline.milestones, strict=True):
        was = before.pop((now.milestone, now.occurrence), None)
        if parts := list(_differences(was, now, occurrence)):
            yield f"{_name(now)}: {', '.join(parts)}"
    yield from (f"{_name(gone)}: no longer foreseen" for gone in before.values())
    if shown is not None and view.followed is not None and view.followed != shown.followed:
        yield f"it follows version {view.followed.version} of '{view.followed.process}' now"


def _differences(was: MilestoneView | None, now: MilestoneView, occurrence: Occurrence) -> Iterator[str]:
    if was is None:
        yield _words(now.status)
    elif was.status != now.status:
        yield f"{_words(was.status)} → {_words(now.status)}"
    if now.violated and not (was and was.violated):
        yield "violated" if occurrence.violated_at is None else f"violated at {clock(occurrence.violated_at)}"
    if was and was.violated and not now.violated:
        yield "the violation is withdrawn"
    if was is None and now.target_at is not None:
        yield f"target {clock(now.target_at)}"
    elif was is not None and was.target_at != now.target_at:
        yield f"target {clock(was.target_at)} → {clock(now.target_at)}"


def _name(milestone: MilestoneView) -> str:
    return numbered(milestone.milestone, milestone.occurrence)


def _words(status: str) -> str:
    return status.replace("_", " ")


def clock(at: datetime | None) -> str:
    """An instant for people: `2026-03-02 10:00 UTC`, with its seconds if it has any."""
    return "none" if at is None else f"{at:%Y-%m-%d %H:%M}{f':{at:%S}' if at.second else ''} UTC"
