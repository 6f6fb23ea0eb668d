"""`story`: a dossier told as of an instant."""

from zoneinfo import ZoneInfo

from sla.account import Account
from sla.dossier import Dossier
from sla.engine import account_under
from sla.opening import opened_at
from sla.story import Story
from sla.telling.acts import by_action
from sla.telling.chapters import chapter
from sla.telling.entry import closed_at, closing, entry
from sla.telling.hand import Hand
from sla.telling.verdicts import overall


def story(dossier: Dossier, zone: ZoneInfo) -> Story:
    """What became of a record, as of when the dossier was taken, in local times of `zone`.

    Of another instant tells the dossier that `sla.hindsight` makes of it.
    """
    account = account_under(dossier.law(), dossier.log, dossier.taken_at)
    timeline, hand, effects = account.timeline, Hand(zone, record=dossier.record), account.effects()
    deeds = by_action(dossier.deeds)
    chapters = tuple(chapter(one, account, effects.get(one.name, ()), deeds, hand) for one in account.occurrences)
    opened, left = account.opened, closed_at(account)
    return Story(
        record=dossier.record,
        process=timeline.process,
        version=_version(dossier, account),
        status=timeline.status,
        as_of=timeline.as_of,
        timezone=zone.key,
        opened_at=None if opened is None else opened_at(opened.fields, opened.at),
        closed_at=None if left is None else left.at,
        verdict=overall(timeline.status, chapters),
        entry=entry(dossier, account, hand),
        chapters=chapters,
        closing=closing(account, deeds, hand),
    )


def _version(dossier: Dossier, account: Account) -> int:
    moved = account.timeline.moved_to
    return dossier.opened_under.version if moved is None else moved.version
