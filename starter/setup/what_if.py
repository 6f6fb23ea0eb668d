"""What would have become of records under another process: of one, or of all on record. Nothing is changed."""

import asyncio
from collections.abc import Mapping
from typing import Final

from sla.calendar import BusinessHours
from sla.process.model import Process
from sla.whatif import WhatIf
from starter.checks import Limits, hours_of
from starter.definitions import Found
from starter.new_laws import new_law, what_if_of
from starter.recorded import Advance, Bounds, Task, weigh
from starter.setup.context import LATEST, Context
from starter.setup.evidence import EvidenceDesk
from starter.setup.views.what_if import SimulationView
from starter.weighing import Asked

Hours = Mapping[str, BusinessHours]


class WhatIfDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._evidence = EvidenceDesk(context)
        self._limits: Final = Limits.of(context.settings)

    async def record(self, record: str, process: Found[Process], calendars: Hours) -> WhatIf:
        """One record as it is, and as it would be under the process. Calendars not given are its own, or the published.

        Raises UnknownRecord, OtherKindOfRecord, and what is wrong with the process.
        """
        published = await self._context.definitions.calendars(LATEST)
        dossier = await self._evidence.dossier(record)
        return await asyncio.to_thread(what_if_of, dossier, process, calendars, limits=self._limits, published=published)

    async def simulate(
        self,
        process: Found[Process],
        calendars: Hours,
        asked: Asked,
        *,
        sweep: str | None = None,
        default_hours: str | None = None,
        bounds: Bounds | None = None,
        jobs: int | None = None,
        advance: Advance | None = None,
    ) -> SimulationView:
        """All records that are meant, each as it is and as it would be under the process, or under each of a sweep.

        `default_hours` names a calendar; default: the installation's. `jobs` are processes side by side; default one for a
        core. Raises InvalidSweep, UnknownCalendar, and what is wrong with the process.
        """
        definitions, settings = self._context.definitions, self._context.settings
        known = {**await definitions.calendars(LATEST), **calendars}
        hours = await definitions.default_hours(LATEST)
        if default_hours is not None:
            hours = hours_of(default_hours, known, where="--default-hours")
        law, swept = new_law(process, known, limits=self._limits, default_hours=hours, swept=sweep)
        now = self._context.now()
        task = Task.of(settings.database_url, law, asked, now, settings.default_business_hours)
        found = await weigh(self._context.database, task, bounds=bounds, jobs=jobs, advance=advance)
        return SimulationView.of(
            found.tally,
            as_of=now,
            process=process.value.process,
            sweep=swept,
            compared=True,
            complete=found.complete,
        )
