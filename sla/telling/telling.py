"""`story`: a dossier told as of an instant."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sla.account import Account
from sla.dossier import Dossier
from sla.evaluation.accounting import account_under
from sla.events import Opened
from sla.story import Story
from sla.telling.acts import by_action
from sla.telling.chapters import chapter
from sla.telling.verdicts import overall


def story(dossier: Dossier, zone: ZoneInfo, at: datetime | None = None) -> Story:
    """What became of a record, as known at `at` (default: when the dossier was taken), in local times of `zone`."""
    account = account_under(dossier.law(), dossier.log, at or dossier.taken_at)
    timeline = account.timeline
    deeds = by_action([deed for deed in dossier.deeds if deed.at is None or deed.at <= timeline.as_of])
    chapters = tuple(chapter(account, one, deeds, zone) for one in account.occurrences)
    return Story(
        record=dossier.record,
        process=timeline.process,
        version=_version(dossier, account),
        status=timeline.status,
        as_of=timeline.as_of,
        timezone=zone.key,
        opened_at=next((one.at for one in dossier.log if isinstance(one, Opened)), None),
        closed_at=None,
        verdict=overall(timeline.status, chapters),
        entry=(),
        chapters=chapters,
        closing=(),
    )


def _version(dossier: Dossier, account: Account) -> int:
    moved = account.timeline.moved_to
    return dossier.opened_under.version if moved is None else moved.version
