"""`story`: a dossier told as of an instant."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sla.account import Account
from sla.dossier import Dossier
from sla.engine import account_under
from sla.hindsight import deed_then
from sla.story import Story
from sla.telling.acts import by_action
from sla.telling.chapters import chapter
from sla.telling.entry import closed_at, closing, entry
from sla.telling.hand import Hand
from sla.telling.verdicts import overall


def story(dossier: Dossier, zone: ZoneInfo, at: datetime | None = None) -> Story:
    """What became of a record, as known at `at` (default: when the dossier was taken), in local times of `zone`."""
    account = account_under(dossier.law(), dossier.log, at or dossier.taken_at)
    done = dossier.deeds if at is None else [deed for one in dossier.deeds if (deed := deed_then(one, at)) is not None]
    timeline, hand, effects = account.timeline, Hand(zone), account.effects()
    deeds = by_action(done)
    chapters = tuple(chapter(one, effects.get(one.name, ()), deeds, timeline.as_of, zone) for one in account.occurrences)
    opened, left = account.opened, closed_at(account)
    return Story(
        record=dossier.record,
        process=timeline.process,
        version=_version(dossier, account),
        status=timeline.status,
        as_of=timeline.as_of,
        timezone=zone.key,
        opened_at=None if opened is None else opened.at,
        closed_at=None if left is None else left.at,
        verdict=overall(timeline.status, chapters),
        entry=entry(dossier, account, hand),
        chapters=chapters,
        closing=closing(account, deeds, hand),
    )


def _version(dossier: Dossier, account: Account) -> int:
    moved = account.timeline.moved_to
    return dossier.opened_under.version if moved is None else moved.version
