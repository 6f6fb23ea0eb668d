"""All about one record, as the doors show it: as it is now, from the store, or as it was, from what is known by now."""

from collections.abc import Iterable, Iterator
from typing import Any

from activities.situation import laws_of
from sla.dossier import Deed, Dossier
from sla.engine import evaluate_under
from sla.events import Opened
from sla.hindsight import Hindsight
from sla.instants import to_instant, to_text
from sla.opening import opened_at
from sla.timeline import Effect, Timeline
from starter.setup.context import Context
from starter.setup.entitlements import choice_of
from starter.showing import effect_view, record_view
from starter.views import AsOfView, CaseFile, ChoiceView, DeedView, EffectView, RecordView, RejectedView, TaskView
from store.entitlements import StoredEntitlements
from store.records import is_action
from store.rows import holders, next_deadline


async def present(context: Context, record: str) -> CaseFile:
    """The record as of now. Raises UnknownRecord."""
    records, now = context.records, to_instant(context.clock())
    stored = await records.get(record)
    log = await records.log(record)
    laws = await laws_of(context.definitions, stored.opened_under, log)
    timeline = evaluate_under(laws, log, max(now, stored.as_of or now))
    states = {state.effect.key: state for state in await records.effects(record)}
    return CaseFile(
        record=record_view(stored).model_copy(update={"status": timeline.status}),
        timeline=timeline,
        entitlement=await choice_of(StoredEntitlements(context.database), record),
        effects=[effect_view(effect, states.get(effect.key)) for effect in timeline.effects],
        tasks=_tasks(await records.tasks(record)),
    )


def past(then: Hindsight, choice: ChoiceView | None = None) -> CaseFile:
    """The record as it was. `choice` is for who can ask the store; else it is told as the dossier has it."""
    dossier = then.dossier
    timeline = dossier.timeline()
    deeds = {deed.key: deed for deed in dossier.deeds}
    return CaseFile(
        record=_record(dossier, timeline),
        timeline=timeline,
        entitlement=choice or _choice(dossier),
        effects=[_effect(effect, deeds.get(effect.key)) for effect in timeline.effects],
        tasks=_tasks(dossier.tasks),
        as_of=_as_of(then, tuple(_besides(dossier, timeline))),
    )


def _record(dossier: Dossier, timeline: Timeline) -> RecordView:
    """As lists would have shown it; until its process starts it has the fields that it was opened with."""
    opened = next(event for event in dossier.log if isinstance(event, Opened))
    fields = timeline.fields or dict(opened.fields)
    follows = timeline.moved_to or dossier.opened_under
    found: dict[str, Any] = holders(fields)
    return RecordView(
        record=dossier.record,
        process=follows.process,
        version=follows.version,
        status=timeline.status,
        priority=fields.get("priority"),
        subject=fields.get("subject"),
        opened_at=opened_at(fields, opened.at),
        next_deadline=next_deadline(timeline.milestones),
        out=timeline.out,
        **found,
    )


def _choice(dossier: Dossier) -> ChoiceView | None:
    kept = dossier.choice
    if kept is None:
        return None
    rejected = tuple(RejectedView(entitlement=name, reason=why) for name, why in sorted(kept.rejected.items()))
    return ChoiceView(at=kept.at, chosen=kept.chosen, process=None, why=kept.why, rejected=rejected)


def _effect(effect: Effect, deed: Deed | None) -> EffectView:
    return EffectView(
        effect=effect,
        outcome=deed.outcome if deed else None,
        performed_at=deed.at if deed and deed.outcome else None,
        reason=deed.reason if deed else None,
        attempts=deed.attempts if deed else 0,
        problem=deed.problem if deed else None,
    )


def _tasks(tasks: Iterable[Any]) -> list[TaskView]:
    names = TaskView.model_fields
    return [TaskView(**{name: getattr(task, name) for name in names}) for task in tasks]


def _besides(dossier: Dossier, timeline: Timeline) -> Iterator[DeedView]:
    """What was performed that the timeline does not list, or lists as skipped."""
    listed = {effect.key for effect in timeline.effects if effect.status != "skipped"}
    for deed in dossier.deeds:
        if deed.outcome == "performed" and deed.at is not None and deed.key not in listed and is_action(deed.key):
            yield DeedView(key=deed.key, action=deed.kind, performed_at=deed.at)


def _as_of(then: Hindsight, besides: tuple[DeedView, ...]) -> AsOfView:
    facts = then.model_dump(exclude={"dossier"})
    return AsOfView(**facts, performed_besides=besides, words=_words(then))


def _words(then: Hindsight) -> str:
    """The whole of it in a sentence, for people; instants in UTC."""
    at, known_at = to_text(then.at), to_text(then.known_at)
    counted = f"{then.events} of {then.of_events} events"
    if then.last_event is not None:
        return f"As of {at}, just after event '{then.last_event}' was learned, by what was known then ({counted})."
    if then.at == then.known_at:
        return f"As of {at}, by what was known then ({counted})."
    if then.at < then.known_at:
        return f"As of {at}, by what was known at {known_at} ({counted}): late news counts as if it had come on time."
    return f"As of {at}, by what was known at {known_at} ({counted}): as if nothing had been learned since."
