"""A history on its way into the archive, a page at a time: what is in memory is one page, and what is compressed so far."""

import hashlib
import zlib
from collections.abc import Sequence

from sla.histories import JsonObject, canonical


class Packing:
    """Makes of events, as they come, the canonical text of `{"events": […]}`: its digest, its size, and it, compressed."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._deflating = zlib.compressobj(9)
        self._done: list[bytes] = []
        self.size = self.events = 0
        self.first: JsonObject = {}
        self.last: JsonObject = {}
        self._add('{"events":[')

    def add(self, events: Sequence[JsonObject]) -> None:
        """The next events."""
        for event in events:
            self._add(("," if self.events else "") + canonical(event))
            self.first, self.last = self.first or event, event
            self.events += 1

    def packed(self) -> tuple[str, bytes]:
        """The digest, and the body. Nothing can be added afterwards."""
        self._add("]}")
        return self._digest.hexdigest(), b"".join([*self._done, self._deflating.flush()])

    def _add(self, text: str) -> None:
        told = text.encode()
        self.size += len(told)
        self._digest.update(told)
        self._done.append(self._deflating.compress(told))


def before(first: JsonObject) -> str | None:
    """The run that this one continues, out of its first event."""
    began: JsonObject = first.get("workflowExecutionStartedEventAttributes", {})
    return began.get("continuedExecutionRunId") or None


def after(last: JsonObject) -> str | None:
    """The run that continues this one, out of its last event."""
    ended: JsonObject = next((value for name, value in last.items() if name.endswith("EventAttributes")), {})
    found: str = ended.get("newExecutionRunId", "")
    return found or None
