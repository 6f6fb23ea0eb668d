"""How records would fare under another version: each is evaluated as it is and as it would be, some hundreds at a time."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, get_args

from activities.ports import Definitions
from activities.situation import law_of, laws_of
from sla.calendar import BusinessHours
from sla.evaluation.following import Followed, Laws
from sla.events import Event, Version
from sla.messages import ProcessRef
from sla.migration import MovePreview, What, preview
from sla.process.model import Process
from starter.setup.views.migrations import Fate, ForeseenMove, MigrationPreview
from store.move_lists import MoveLists

_FATES: Final[tuple[Fate, ...]] = get_args(Fate)
_GRAVEST: Final[Mapping[What, Fate]] = {
    "newly_violated": "newly_violated",
    "newly_cured": "newly_cured",
    "target_moved": "target_moved",
    "begun": "changed",
    "cancelled": "changed",
    "changed": "changed",
}
"""What becomes of an occurrence, and of its record if nothing graver does; the gravest first."""


def fate_of(foreseen: MovePreview) -> Fate:
    """The gravest that the move does to a record."""
    if foreseen.refused is not None:
        return "refused"
    found: Fate = next((fate for what, fate in _GRAVEST.items() if foreseen.any(what)), "unchanged")
    return "changed" if found == "unchanged" and foreseen.sentences else found


class Foresight:
    """The future of records as of one instant. Definitions are read once for all of them."""

    def __init__(self, lists: MoveLists, definitions: Definitions, to: ProcessRef, now: datetime) -> None:
        self._lists = lists
        self._definitions = _Kept(definitions)
        self._to = to
        self._now = now

    async def of(self, page: Sequence[str]) -> list[ForeseenMove]:
        """How each of these would fare. Between one record and the next others have their turn."""
        law = await law_of(self._definitions, self._to)
        found = []
        for ref, log in await self._lists.logs(page):
            found.append(self._foreseen(await laws_of(self._definitions, ref, log), log, law))
            await asyncio.sleep(0)
        return found

    def preview(self, process: str, found: Sequence[ForeseenMove]) -> MigrationPreview:
        """All of them together, the gravest first."""
        counted = Counter(one.fate for one in found)
        return MigrationPreview(
            process=process,
            to_process=self._to.process,
            to_version=self._to.version,
            as_of=self._now,
            counts={fate: counted[fate] for fate in _FATES},
            actions=sum(one.actions for one in found),
            records=sorted(found, key=lambda one: (_FATES.index(one.fate), one.record)),
        )

    def _foreseen(self, laws: Laws, log: Sequence[Event], law: Followed) -> ForeseenMove:
        found = preview(laws, log, self._now, to=_version(self._to), law=law)
        return ForeseenMove(
            record=found.record,
            fate=fate_of(found),
            status=found.status_before,
            new_status=found.status_after,
            actions=found.actions,
            changes=found.sentences if found.refused is None else (found.refused,),
        )


class _Kept:
    """Definitions that are looked up once for all records."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._calendars: dict[ProcessRef, Mapping[str, BusinessHours]] = {}
        self._default_hours: dict[ProcessRef, BusinessHours] = {}

    async def process(self, ref: ProcessRef) -> Process:
        return await self._definitions.process(ref)

    async def calendars(self, ref: ProcessRef) -> Mapping[str, BusinessHours]:
        if ref not in self._calendars:
            self._calendars[ref] = await self._definitions.calendars(ref)
        return self._calendars[ref]

    async def default_hours(self, ref: ProcessRef) -> BusinessHours:
        if ref not in self._default_hours:
            self._default_hours[ref] = await self._definitions.default_hours(ref)
        return self._default_hours[ref]


def _version(ref: ProcessRef) -> Version:
    return Version(ref.process, ref.version, ref.revision)
