"""What an outcome rests on: a record's dossier, for whoever explains it, replays it, or asks "what if"."""

import asyncio
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Final
from zoneinfo import ZoneInfo

from activities.situation import law_of, laws_of
from sla.dossier import ChoiceKept, Dossier, TaskKept, law_kept
from sla.histories import History
from sla.messages import ProcessRef
from sla.story import Story
from starter.bundles import bundle_of, written
from starter.histories import Histories
from starter.recording import Recording
from starter.setup.context import Context
from starter.showing import event_views
from starter.stories.telling import told
from starter.views import EventView
from store.entitlements import StoredEntitlements

ENGINE: Final = version("milepost")


class EvidenceDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._entitlements = StoredEntitlements(context.database)
        self._histories = Histories(context.database, context.cases.connected)

    async def histories(self, record: str) -> list[History]:
        """The runs of the record's workflow with their histories, from the archive or else from Temporal, in order of time.

        Raises UnknownRecord, and as `Histories.of`.
        """
        await self._context.records.get(record)
        return await self._histories.of(record)

    async def bundle(self, record: str) -> bytes:
        """All about the record in one file (`starter.bundles`). Raises as `histories`; the audit log has its digest."""
        dossier = await self.dossier(record)
        runs = await self.histories(record)
        data = written(bundle_of(dossier, runs))
        told = {"sha256": sha256(data).hexdigest(), "runs": len(runs), "bytes": len(data)}
        await Recording(self._context).line("evidence.bundle", record, told)
        return data

    async def story(self, record: str, zone: ZoneInfo | None = None, at: datetime | None = None) -> Story:
        """What became of the record and why, now or as of then; in local times of a zone, by default its business hours'.

        Raises UnknownRecord, NoSuchMoment.
        """
        return await asyncio.to_thread(told, await self.dossier(record), zone, at)  # months of news take their time

    async def events(self, record: str) -> list[EventView]:
        """What happened to the record, numbered in order of arrival. Raises UnknownRecord."""
        await self._context.records.get(record)
        return event_views(await self._context.records.log(record))

    async def dossier(self, record: str) -> Dossier:
        """Everything that the record's outcome rests on, as of now. Raises UnknownRecord.

        A case goes on while it is read. What was done is read before the news, which is stored before anything is done about
        it: so nothing is in the dossier that the log does not know the reason of.
        """
        records, definitions = self._context.records, self._context.definitions
        stored = await records.get(record)
        deeds, tasks = tuple(await records.deeds(record)), await records.tasks(record)
        log = tuple(await records.log(record))
        laws = await laws_of(definitions, stored.opened_under, log)
        refs = [stored.opened_under, *(ProcessRef(**one._asdict()) for one in laws.versions or {})]
        choice = await self._entitlements.choice_of(record)
        return Dossier(
            record=record,
            taken_at=max(self._context.now(), stored.as_of or self._context.now()),
            engine=ENGINE,
            opened_under=stored.opened_under,
            laws=tuple([law_kept(ref, await law_of(definitions, ref), log) for ref in refs]),
            log=log,
            deeds=deeds,
            tasks=tuple(
                TaskKept(key=one.key, to=one.to, subject=one.subject, due_at=one.due_at, opened_at=one.opened_at)
                for one in tasks
            ),
            choice=None
            if choice is None
            else ChoiceKept(
                at=choice.at,
                chosen=choice.chosen,
                why=choice.why,
                rejected=dict(choice.rejected),
                process_by=choice.process_by,
            ),
        )
