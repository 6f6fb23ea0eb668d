"""What an outcome rests on: a record's dossier, for whoever explains it, replays it, or asks "what if"."""

from importlib.metadata import version
from typing import Final

from activities.situation import law_of, laws_of
from sla.dossier import ChoiceKept, Dossier, TaskKept, law_kept
from sla.messages import ProcessRef
from starter.setup.context import Context
from store.entitlements import StoredEntitlements

ENGINE: Final = version("milepost")


class EvidenceDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._entitlements = StoredEntitlements(context.database)

    async def dossier(self, record: str) -> Dossier:
        """Everything that the record's outcome rests on, as of now. Raises UnknownRecord."""
        records, definitions = self._context.records, self._context.definitions
        stored = await records.get(record)
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
            deeds=tuple(await records.deeds(record)),
            tasks=tuple(
                TaskKept(key=one.key, to=one.to, subject=one.subject, due_at=one.due_at, opened_at=one.opened_at)
                for one in await records.tasks(record)
            ),
            choice=None
            if choice is None
            else ChoiceKept(at=choice.at, chosen=choice.chosen, why=choice.why, rejected=dict(choice.rejected)),
        )
