"""Events as the store wrote them itself, read without being checked again: for whoever reads very many.

`read_event` checked each before it was kept, so here only the instants are read. Whatever looks otherwise than this release
writes it (an older body that lacks a key, say) is read by `read_event`, as everywhere else.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, get_args

from pydantic import BaseModel

from sla.events import AnyEvent, Event, read_event

_MODELS: Final[Mapping[str, type[Event]]] = {
    model.model_fields["type"].default: model for model in get_args(get_args(AnyEvent)[0])
}
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {kind: tuple(model.model_fields) for kind, model in _MODELS.items()}
_NAMES: Final[Mapping[str, frozenset[str]]] = {kind: frozenset(keys) for kind, keys in _KEYS.items()}

_new = object.__new__
# The slots of every pydantic model, written past the frozen ones' own `__setattr__`, as in `sla.timeline`.
_set_values, _set_names, _set_extra, _set_private = (
    BaseModel.__dict__[name].__set__
    for name in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)


def kept_event(body: dict[str, Any], *, where: str) -> Event:
    """The event of a body that the store wrote. Raises UnreadableEvent naming `where`, which must never be."""
    kind = body.get("type", "")
    keys = _KEYS.get(kind)
    if keys is None:
        return read_event(body, where=where)
    try:
        values = {name: body[name] for name in keys}
        at = values["at"] = datetime.fromisoformat(body["at"])
        told = body["recorded_at"]
        recorded_at = values["recorded_at"] = at if told == body["at"] else datetime.fromisoformat(told)
    except (KeyError, ValueError, TypeError):
        return read_event(body, where=where)
    if at.tzinfo is not UTC or recorded_at.tzinfo is not UTC:
        return read_event(body, where=where)
    names = _NAMES[kind]
    event: Event = _new(_MODELS[kind])
    _set_values(event, values)
    _set_names(event, set(body))
    _set_extra(event, {} if len(body) == len(keys) else {name: body[name] for name in body if name not in names})
    _set_private(event, None)
    return event
