"""Who changed what, when, from what to what."""

from datetime import datetime
from typing import Final

from sla.audit_chain import Head
from sla.setup_errors import InvalidQuery
from starter.setup.context import Context
from starter.setup.views.audit_log import AuditBreak, AuditLine, AuditPage, AuditVerdict
from store.audit import AuditQuery, StoredAuditLog

PAGE_AT_MOST: Final = 1000


class AuditLogDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._log = StoredAuditLog(context.database)

    async def lines(
        self,
        *,
        who: str | None = None,
        verb: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        request_id: str | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> AuditPage:
        """The latest lines first. Texts are compared as a whole, or up to a `*` at their end; `until` is not included.

        `before`: only lines whose number is smaller. Raises InvalidQuery for a `limit` beyond 1 to 1000.
        """
        if not 1 <= limit <= PAGE_AT_MOST:
            raise InvalidQuery(field="limit", problem=f"is from 1 to {PAGE_AT_MOST}")
        query = AuditQuery(who=who, verb=verb, subject=subject, since=since, until=until, request_id=request_id)
        rows = await self._log.lines(query, limit=limit + 1, before=before)
        lines = [AuditLine(**{name: row[name] for name in AuditLine.model_fields}) for row in rows[:limit]]
        return AuditPage(lines=lines, next=lines[-1].number if len(rows) > limit else None)

    async def verify(self, kept: str | None = None) -> AuditVerdict:
        """Look at every line and at its place among the others.

        `kept` is the `head` of an earlier verification, which was kept elsewhere. Raises InvalidQuery if it is none.
        """
        try:
            head = None if kept is None else Head.parse(kept)
        except ValueError as problem:
            raise InvalidQuery(field="kept", problem=str(problem)) from None
        walk = await self._log.verify(head)
        return AuditVerdict(
            sound=not walk.broken,
            lines=walk.lines,
            head=str(walk.at),
            broken=walk.broken,
            redacted=walk.redacted,
            breaks=[AuditBreak(number=one.number, problem=one.problem) for one in walk.breaks],
        )
