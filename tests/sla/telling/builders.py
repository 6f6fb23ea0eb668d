"""A dossier of a story in local time, and what is told of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sla.dossier import Dossier, LawKept
from sla.evaluation.following import Followed, Laws
from sla.events import Event, Version
from sla.messages import ProcessRef
from sla.story import Chapter, Story
from sla.telling import story
from tests.sla.builders import FIRST, ZONE, instant
from tests.sla.builders import Story as Case


def kept(laws: Laws) -> tuple[LawKept, ...]:
    """The laws as a dossier holds them; the first is version 1."""
    first = Version(laws.first.process.process, 1)
    by_version: Mapping[Version, Followed] = {first: laws.first, **(laws.versions or {})}
    return tuple(
        LawKept(
            ref=ProcessRef(**version._asdict()),
            process=law.process,
            calendars=dict(law.calendars),
            default_hours=law.default_hours,
        )
        for version, law in by_version.items()
    )


def a_dossier(laws: Laws, events: tuple[Event, ...], taken_at: datetime, **more: Any) -> Dossier:
    """Everything about the record of these events."""
    record, opened_under = events[0].record, ProcessRef(process=laws.first.process.process, version=1, revision=0)
    return Dossier(
        record=record, taken_at=taken_at, engine="0", opened_under=opened_under, laws=kept(laws), log=events, **more
    )


def told(case: Case, at: str, *, zone: ZoneInfo = ZONE, **more: Any) -> Story:
    """The story of a case, as of a local time."""
    return story(a_dossier(case.laws, case.events, instant(at), **more), zone)


def chapter(whole: Story, milestone: str = FIRST, occurrence: int = 1) -> Chapter:
    """One occurrence of it."""
    return next(one for one in whole.chapters if (one.milestone, one.occurrence) == (milestone, occurrence))


def sentences(whole: Story, milestone: str = FIRST, occurrence: int = 1) -> list[str]:
    """What is said of one occurrence."""
    return [one.text for one in chapter(whole, milestone, occurrence).sentences]
