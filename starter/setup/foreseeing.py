"""How records would fare under another version: each is evaluated as it is and as it would be, some hundreds at a time."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, get_args

from sla.evaluation.following import Followed, Laws
from sla.events import Event, Migrated, Version
from sla.messages import ProcessRef
from sla.migration import MovePreview, What, preview
from starter.setup.views.migrations import Fate, ForeseenMove, MigrationPreview
from store.definitions import StoredDefinitions
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

    def __init__(self, lists: MoveLists, definitions: StoredDefinitions, to: ProcessRef, now: datetime) -> None:
        self._lists = lists
        self._definitions = definitions
        self._to = to
        self._now = now
        self._followed: dict[Version, Followed] = {}

    async def of(self, page: Sequence[str]) -> list[ForeseenMove]:
        """How each of these would fare. The reckoning is done aside, so that others are served meanwhile."""
        law = await self._law(_version(self._to))
        told = [(await self._laws(ref, log), log) for ref, log in await self._lists.logs(page)]
        return await asyncio.to_thread(lambda: [self._foreseen(laws, log, law) for laws, log in told])

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

    async def _laws(self, ref: ProcessRef, log: Sequence[Event]) -> Laws:
        """The law that a record was opened under, and those that it has moved to."""
        name, versions = ref.process, {}
        for event in log:
            if isinstance(event, Migrated):
                name = event.process or name
                version = Version(name, event.version, event.revision)
                versions[version] = await self._law(version)
        return Laws(first=await self._law(_version(ref)), versions=versions)

    async def _law(self, version: Version) -> Followed:
        if version not in self._followed:
            ref = ProcessRef(process=version.process, version=version.version, revision=version.revision)
            self._followed[version] = Followed(
                process=await self._definitions.process(ref),
                calendars=await self._definitions.calendars(ref),
                default_hours=await self._definitions.default_hours(ref),
            )
        return self._followed[version]


def _version(ref: ProcessRef) -> Version:
    return Version(ref.process, ref.version, ref.revision)
