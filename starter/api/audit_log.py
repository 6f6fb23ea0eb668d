"""The audit log: filtered, and verified."""

from typing import Annotated

from fastapi import Query

from sla.instants import ToldInstant
from starter.api.asking import AskedDesk, asks, routes
from starter.api.bodies import Limit, Version, Word
from starter.setup.views.audit_log import AuditPage, AuditVerdict

router = routes("Audit log", "/audit-log")

_TO_STAR = "as a whole, or up to a `*` at its end"


@router.get("", **asks("audit_log.lines", "audit.read"))
async def lines(
    desk: AskedDesk,
    *,
    who: Annotated[Word | None, Query(description=_TO_STAR)] = None,
    verb: Annotated[Word | None, Query(description=_TO_STAR, examples=["catalogue.*"])] = None,
    subject: Annotated[Word | None, Query(description=_TO_STAR)] = None,
    since: Annotated[ToldInstant | None, Query()] = None,
    until: Annotated[ToldInstant | None, Query(description="not included")] = None,
    request_id: Annotated[Word | None, Query()] = None,
    limit: Annotated[Limit, Query()] = 100,
    before: Annotated[Version | None, Query(description="`next` of the page before")] = None,
) -> AuditPage:
    """Who changed what, when, from what to what; the latest first."""
    return await desk.audit_log.lines(
        who=who,
        verb=verb,
        subject=subject,
        since=since,
        until=until,
        request_id=request_id,
        limit=limit,
        before=before,
    )


@router.get("/verify", **asks("audit_log.verify", "audit.read"))
async def verify(
    desk: AskedDesk, kept: Annotated[Word | None, Query(description="the `head` of an earlier verification")] = None
) -> AuditVerdict:
    """Whether every line is as it was written, and none is gone."""
    return await desk.audit_log.verify(kept)
