"""The catalogue as a whole: audited, compared, consolidated."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from sla.governance.finding import Severity
from starter.api.asking import AskedDesk, asks, routes
from starter.api.bodies import DIGITS, Body, Word
from starter.setup.views.governance import AuditQuery, ComparisonView, Consolidation, FindingView

router = routes("Governance", "/governance")


Days = Annotated[int, Field(ge=1, le=3650), DIGITS]
DaysAhead = Annotated[int, Field(ge=0, le=3650), DIGITS]
Percent = Annotated[int, Field(ge=0, le=99), DIGITS]


class Compared(Body):
    """Processes to put side by side."""

    names: list[Word] = Field(min_length=2, max_length=50, examples=[["Premium Support SLA", "Standard Support SLA"]])


class Consolidated(Body):
    """Processes that another is to take over."""

    keep: Word = Field(examples=["Premium Support SLA"])
    sources: list[Word] = Field(min_length=1, max_length=1000, examples=[["Gold Support", "Gold Support (old)"]])
    move_records: bool = Field(default=False, description="move their open records, too")
    dry_run: bool = Field(default=False, description="only say what it would come to")


@router.get("/audit", **asks("governance.audit", "governance.read"))
async def audit(
    desk: AskedDesk,
    idle_days: Annotated[Days, Query(description="after how many days without a case a process is named")] = 90,
    holidays_days: Annotated[DaysAhead, Query(description="how many days ahead a calendar is named")] = 60,
    near_percent: Annotated[Percent, Query(description="how far apart near limits may be")] = 10,
    severity: Annotated[Severity, Query(description="only findings that are at least so grave")] = "note",
) -> list[FindingView]:
    """What is to be seen to in the whole catalogue, the gravest first."""
    query = AuditQuery(idle_days=idle_days, holidays_days=holidays_days, near_percent=near_percent, severity=severity)
    return await desk.governance.audit(query)


@router.post("/compare", **asks("governance.compare", "governance.read"))
async def compare(desk: AskedDesk, given: Compared) -> ComparisonView:
    """Processes side by side; nothing is changed."""
    return await desk.governance.compare(given.names)


@router.post("/consolidate", **asks("governance.consolidate", "governance.write"))
async def consolidate(desk: AskedDesk, given: Consolidated) -> Consolidation:
    """Let one process take over others: their entitlements, and their open records if asked; then they are retired."""
    return await desk.governance.consolidate(
        given.keep, given.sources, move_records=given.move_records, dry_run=given.dry_run
    )
