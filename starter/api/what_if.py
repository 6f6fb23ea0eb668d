"""What would have become of records under another process: of one, or of all on record. Nothing is changed.

A simulation is bounded in records and in time, so that nobody keeps the others waiting; the command line knows no bounds.
"""

from typing import Annotated, Any, Final

from pydantic import Field

from sla.calendar import BusinessHours
from sla.documents import validate_document
from sla.process.model import Process
from sla.setup_errors import InvalidQuery
from sla.whatif import WhatIf
from starter.api.asking import AskedDesk, Shared, asks, routes
from starter.api.bodies import WHOLE, Body, FieldValue, RecordId, Word
from starter.api.definitions import document_of
from starter.definitions import Found
from starter.recorded import Bounds
from starter.setup.views.what_if import SimulationView
from starter.weighing import Asked, since

records = routes("Records", "/records")
simulations = routes("Governance", "/simulations")
ROUTERS: Final = (records, simulations)

SECONDS: Final = 20.0
"""After so many a simulation answers with what it has."""
MOST: Final = 20_000

_PROCESS: Final[dict[str, Any]] = {
    "process": "Support, faster",
    "milestones": [{"milestone": "First Response", "within": "45m"}],
}


class Proposed(Body):
    """A process, and its business hours as far as they are not published, as their files would spell them."""

    process: dict[str, Any] = Field(examples=[_PROCESS])
    calendars: list[dict[str, Any]] = Field(default_factory=list, max_length=50)

    def found(self) -> Found[Process]:
        """The process."""
        document = document_of(self.process, "process")
        return Found(value=validate_document(Process, document), document=document)

    def hours(self) -> dict[str, BusinessHours]:
        """The business hours by name."""
        given = (document_of(data, f"calendars[{place}]") for place, data in enumerate(self.calendars))
        return {hours.calendar: hours for hours in (validate_document(BusinessHours, document) for document in given)}


class Simulated(Proposed):
    """Which records to hold to it, and how to show what comes of that."""

    since: Word | None = Field(
        default=None, description="only what was opened since", examples=["90d", "2026-03-01T00:00:00Z"]
    )
    where: dict[str, FieldValue] = Field(
        default_factory=dict, description="only with these fields", examples=[{"priority": "P1"}]
    )
    under: Word | None = Field(default=None, description="only what follows the process of this name")
    by: list[Word] = Field(
        default_factory=list, max_length=5, description="break it down by these fields", examples=[["queue"]]
    )
    sweep: Annotated[str | None, Field(max_length=500, examples=["First Response.within=30m,45m,1h"])] = None
    records: Annotated[int, Field(ge=1, le=MOST, description="at most so many, those opened last"), WHOLE] = 5_000


@records.post("/{record}/what-if", **asks("what_if.record", "records.read"))
async def what_if(desk: AskedDesk, record: RecordId, proposed: Proposed) -> WhatIf:
    """One record as it is, beside what it would be under another process. Nothing is changed."""
    return await desk.what_if.record(record, proposed.found(), proposed.hours())


@simulations.post("", **asks("what_if.simulate", "records.read"))
async def simulate(desk: AskedDesk, shared: Shared, asked: Simulated) -> SimulationView:
    """What is on record, as it is and under another process, added up; `complete` says whether all of it was looked at."""
    try:
        opened_from = None if asked.since is None else since(asked.since, shared.context.now())
    except ValueError as problem:
        raise InvalidQuery(field="since", problem=str(problem)) from None
    return await desk.what_if.simulate(
        asked.found(),
        asked.hours(),
        Asked(where=asked.where, by=tuple(asked.by), under=asked.under, opened_from=opened_from),
        sweep=asked.sweep,
        bounds=Bounds(records=asked.records, seconds=SECONDS),
    )
