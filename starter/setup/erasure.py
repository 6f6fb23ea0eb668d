"""Forgetting somebody: names and addresses are taken out everywhere, while figures and verdicts stay as they are."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from activities.situation import laws_of
from sla.engine import evaluate_under
from sla.erasure import rests_on, turned_by, verdict_digest
from sla.evaluation.following import Followed, Laws
from sla.events import Event, read_event
from sla.evidence_errors import InvalidErasure, RestsOnAName
from sla.forgetting import Erased, Names, hints_of, spellings_of
from sla.timeline import Timeline
from starter.setup.context import Context
from starter.setup.views.erasure import ErasureView
from store.erasing import Erasing, Looked, Proof, log_digest, look_ahead
from store.known_as import KnownAs, known_as

SALT_BYTES: Final = 16
SETTLED: Final = timedelta(hours=1)
"""A history that was fetched so long ago is in the archive by now, or never comes there."""
NEVER: Final = datetime.min.replace(tzinfo=UTC)

_ELSEWHERE: Final = (
    "Mails that were sent, bundles that were written and backups that were made are as they were.",
    "People files and helpdesks that still name them would tell it again: take it out there, too.",
)
_ON_DISK: Final = {
    True: "Others had the database's file in hand, so it was not written anew; old pages may hold it: sqlite3 FILE VACUUM",
    False: "PostgreSQL's files may hold old rows until: VACUUM FULL",
}


class _Undone(Exception):
    """Takes back what a rehearsal has done."""


Bodies = Sequence[Mapping[str, Any]]


class ErasureDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def forget(
        self,
        *,
        contact: str | None = None,
        addresses: Iterable[str] = (),
        also: Iterable[str] = (),
        dry_run: bool = False,
        draw: Callable[[int], bytes] = secrets.token_bytes,
    ) -> ErasureView:
        """Take a contact's name and addresses, and what else is given, out of everything: all of it or nothing.

        `also` are other names that they go by. With `dry_run` all of it is tried, and taken back. Raises UnknownContact,
        InvalidErasure, and RestsOnAName if a record would come to other figures or verdicts, or could in time.
        """
        database = self._context.database
        asked = (contact, [*addresses], [*also])
        async with database.reading() as connection:
            known = await known_as(connection, *asked)
        erased, names = self._names(known, draw)
        looked = await look_ahead(database, names, before=erased.at - SETTLED)
        try:
            async with database.transaction() as connection:
                if (now_known := await known_as(connection, *asked)) != known:  # named otherwise meanwhile: all of it again
                    erased, names = self._names(now_known, draw)
                    looked = Looked(NEVER)
                erased = erased.model_copy(update={"at": self._context.now()})
                erasing = Erasing(connection, names, contact=contact, at=erased.at, looked=looked)
                await erasing.begin()
                proofs = await self._forget(erasing)
                counts = await erasing.counts()
                number = None
                if proofs or erasing.found.places:
                    pseudonym = None if contact is None or names.text(contact) != contact else contact
                    number = await erasing.finish(self._context.actor, erased, proofs, pseudonym)
                if dry_run:
                    raise _Undone
        except _Undone:
            number = None
        remains = list(_ELSEWHERE)
        if number is not None and not await database.rewrite():
            remains.append(_ON_DISK[database.is_sqlite])
        found = erasing.found
        return ErasureView(
            erasure=number,
            dry_run=dry_run,
            places=dict(sorted(found.places.items())),
            records=len(proofs),
            stays=found.sentences(),
            remains=remains,
            **counts,
        )

    def _names(self, known: KnownAs, draw: Callable[[int], bytes]) -> tuple[Erased, Names]:
        salt = draw(SALT_BYTES).hex()
        try:
            spellings = spellings_of(salt, known.names, known.addresses)
        except ValueError as problem:
            raise InvalidErasure(problem=str(problem)) from None
        erased = Erased(at=self._context.now(), salt=salt, spellings=spellings)
        return erased, Names([erased], hints_of(known.names, known.addresses))

    async def _forget(self, erasing: Erasing) -> dict[str, Proof]:
        """Rewrite everything. Returns of each record that is touched what proves that its outcome is the same."""
        proofs = {}
        async for record, before, after in erasing.logs():
            laws = await self._laws(record, before)
            was, now = self._timeline(record, laws, before), self._timeline(record, laws, after)
            if verdict_digest(was) != verdict_digest(now):
                raise RestsOnAName(record=record, reason=rests_on(laws, before, after))
            if _goes_on(now) and (turned := turned_by(_followed(laws, now), before, after)):
                raise RestsOnAName(record=record, reason=f"{'; '.join(turned)}, if not now, then with what is still to come")
            proofs[record] = Proof(log_digest(before), log_digest(after), verdict_digest(now))
        await erasing.everything_else()
        for record in sorted(erasing.found.touched - proofs.keys()):
            log = await erasing.log(record)
            digest, laws = log_digest(log), await self._laws(record, log)
            proofs[record] = Proof(digest, digest, verdict_digest(self._timeline(record, laws, log)))
        return proofs

    async def _laws(self, record: str, log: Bodies) -> Laws:
        stored = await self._context.records.get(record)
        return await laws_of(self._context.definitions, stored.opened_under, _events(record, log))

    def _timeline(self, record: str, laws: Laws, log: Bodies) -> Timeline:
        events = _events(record, log)
        by_then = max([self._context.now(), *(event.recorded_at for event in events)])
        return evaluate_under(laws, events, by_then)


def _goes_on(timeline: Timeline) -> bool:
    """Whether the record's workflow runs: it goes on with the log as it was told. A next run begins with the store's."""
    return not timeline.out or timeline.next_wakeup is not None


def _followed(laws: Laws, timeline: Timeline) -> Followed:
    """The law that the record follows now."""
    moved_to = timeline.moved_to
    return laws.first if moved_to is None or laws.versions is None else laws.versions[moved_to]


def _events(record: str, log: Bodies) -> list[Event]:
    return [read_event(dict(body), where=f"log of {record}") for body in log]
