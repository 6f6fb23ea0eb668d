"""Which parts of an action were accepted, kept in the ledger as lines below the action's own: `<key>/to/<part>`."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from activities.ports import Ledger, LedgerLine


class LedgerProgress:
    """The progress of one action. A part's name may be personal, so it is kept as a digest."""

    def __init__(self, ledger: Ledger, *, record: str, kind: str, key: str, at: datetime) -> None:
        self._ledger = ledger
        self._record = record
        self._kind = kind
        self._key = key
        self._at = at
        self.accepted = False
        """Whether any part is known to have been, now or in an earlier attempt."""

    async def has(self, part: str) -> bool:
        """Whether this part was accepted."""
        there = await self._ledger.find(self._line(part)) is not None
        self.accepted |= there
        return there

    async def add(self, part: str, detail: Mapping[str, Any]) -> None:
        """Note that this part was accepted."""
        self.accepted = True
        line = LedgerLine(key=self._line(part), outcome="performed", at=self._at, detail=dict(detail))
        await self._ledger.write(self._record, self._kind, line)

    def _line(self, part: str) -> str:
        return f"{self._key}/to/{hashlib.sha256(part.encode()).hexdigest()[:16]}"
