"""What a delivery says, as events. Pure: the same delivery is the same events, with the same ids, however often it comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sla.errors import UnreadableEvent
from sla.events import read_event
from sla.hooks.model import Hook, Opening, Rule
from sla.hooks.paths import Delivery
from sla.hooks.sayings import From, Template, said
from sla.instants import to_plausible, to_text
from sla.process.conditions import Situation
from sla.setup_errors import UnmappablePayload

OPENED: Final = "opened"
"""The id of the event that opens a record, whichever delivery told of it: a record is opened once."""

_CARRIED: Final = ("milestone", "by", "kind", "reason")
_SOME_DAY: Final = "2000-01-01T00:00:00Z"  # for an event that has no instant of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What a delivery became. `opening` opens its record, should that not be known yet; it names a process, or does not.

    Events are as in a line of SPEC 7; one without `at` happened when it was learned.
    """

    record: str
    opening: dict[str, Any] | None
    process: str | None
    events: list[dict[str, Any]]


def events_of(hook: Hook, payload: Any, headers: Mapping[str, str]) -> Mapped | None:
    """The events of a delivery; None if no rule looks for what it says. Raises UnmappablePayload.

    `headers` are by their names in small letters.
    """
    delivery = Delivery(payload, headers)
    told = [rule for rule in hook.events if rule.when is None or rule.when.node.holds(Situation(delivery))]
    if not told:
        return None
    record = hook.record.text(delivery, hook.hook)
    basis = {"record": record}
    opening = None if hook.opening is None else _opening(hook, hook.opening, delivery, basis)
    events = [_event(hook, rule, delivery, basis) for rule in told if rule.type != OPENED]
    for event in [*([] if opening is None else [opening]), *events]:
        _check(hook, event)
    opens = opening is not None and any(rule.type == OPENED for rule in told)
    process = None if hook.opening is None else said(hook.opening.process, delivery, hook.hook)
    if process is not None and not isinstance(process, str):
        raise UnmappablePayload(hook=hook.hook, path="opening.process", problem="is not the name of a process")
    return Mapped(
        record=record,
        opening=opening,
        process=process,
        events=[opening, *events] if opens and opening is not None else events,
    )


def _opening(hook: Hook, opening: Opening, delivery: Delivery, basis: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: said(saying, delivery, hook.hook) for name, saying in opening.fields.items()}
    given = {name: value for name, value in fields.items() if value is not None}
    return {**basis, "id": OPENED, "type": OPENED, **_at(hook, opening.at, delivery), "fields": given}


def _event(hook: Hook, rule: Rule, delivery: Delivery, basis: Mapping[str, Any]) -> dict[str, Any]:
    event: dict[str, Any] = {name: said(saying, delivery, hook.hook) for name, saying in rule.data.items()}
    event |= {**basis, "id": f"{hook.id.text(delivery, hook.hook)}:{rule.label}", "type": rule.type}
    event |= _at(hook, rule.at if rule.at is not None else hook.at, delivery)
    if rule.set is not None:
        event["set"] = {name: said(saying, delivery, hook.hook) for name, saying in rule.set.items()}
    carried = {name: said(getattr(rule, name), delivery, hook.hook) for name in _CARRIED}
    return event | {name: value for name, value in carried.items() if value is not None}


def _at(hook: Hook, saying: Any, delivery: Delivery) -> dict[str, Any]:
    if (told := said(saying, delivery, hook.hook)) is None:
        return {}
    try:
        return {"at": to_text(to_plausible(told))}
    except ValueError as problem:
        raise UnmappablePayload(hook=hook.hook, path=_where(saying), problem=str(problem)) from None


def _where(saying: Any) -> str:
    if isinstance(saying, From):
        return saying.path.text
    return saying.source if isinstance(saying, Template) else "at"


def _check(hook: Hook, event: Mapping[str, Any]) -> None:
    """Whether it can be read as an event."""
    try:
        read_event({"at": _SOME_DAY, **event}, where="event")
    except UnreadableEvent as problem:
        told = str(problem.facts["problem"])
        field, colon, why = told.partition(": ")
        path = f"events[{event['type']}].{field}" if colon else f"events[{event['type']}]"
        raise UnmappablePayload(hook=hook.hook, path=path, problem=why if colon else told) from None
