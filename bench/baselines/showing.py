"""Search attributes as ours keeps them, for hand-written cases that are to show as much: what changed, in one command."""

from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

KEYS: dict[str, SearchAttributeKey[Any]] = {
    "SlaAccount": SearchAttributeKey.for_keyword("SlaAccount"),
    "SlaStatus": SearchAttributeKey.for_keyword("SlaStatus"),
    "SlaNextDeadline": SearchAttributeKey.for_datetime("SlaNextDeadline"),
    "SlaOwnerKind": SearchAttributeKey.for_keyword("SlaOwnerKind"),
}


class Showing:
    """What is shown of one case."""

    def __init__(self) -> None:
        self._held: dict[str, object] = dict.fromkeys(KEYS)

    def show(self, *, account: str, status: str, next_deadline: datetime | None) -> None:
        """Set right what changed; nothing is sent if nothing did."""
        wanted: dict[str, object] = {
            "SlaAccount": account,
            "SlaStatus": status,
            "SlaNextDeadline": next_deadline,
            "SlaOwnerKind": "person",
        }
        changes = [_update(KEYS[name], value) for name, value in wanted.items() if value != self._held[name]]
        if changes:
            workflow.upsert_search_attributes(changes)
        self._held = wanted


def _update(key: SearchAttributeKey[Any], value: object) -> SearchAttributeUpdate[Any]:
    return key.value_unset() if value is None else key.value_set(value)
