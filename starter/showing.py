"""What the store holds, as the doors show it."""

from collections.abc import Sequence

from sla.events import Event
from sla.timeline import Effect
from starter.views import EffectView, EventView, RecordView
from store.views import EffectState, StoredRecord


def record_view(stored: StoredRecord) -> RecordView:
    """A record as lists show it."""
    return RecordView(
        record=stored.id,
        type=stored.type,
        process=stored.ref.process,
        version=stored.ref.version,
        status=stored.status,
        account=stored.account,
        owner=stored.owner,
        queue=stored.queue,
        priority=stored.fields.get("priority"),
        subject=stored.fields.get("subject"),
        opened_at=stored.opened_at,
        next_deadline=stored.next_deadline,
        out=stored.out,
        entitlement=stored.entitlement,
    )


def effect_view(effect: Effect, state: EffectState | None) -> EffectView:
    """An action, with how it went."""
    line = state.line if state else None
    return EffectView(
        effect=effect,
        outcome=line.outcome if line else None,
        performed_at=line.at if line else None,
        reason=line.reason if line else None,
        attempts=state.attempts if state else 0,
        problem=state.problem if state else None,
    )


def event_views(log: Sequence[Event]) -> list[EventView]:
    """What happened to a record, numbered in order of arrival."""
    told = [event.model_dump(mode="json") | {"event": event.id, "carries": event.facts()} for event in log]
    return [EventView.model_validate(one | {"number": number}) for number, one in enumerate(told, 1)]
