"""A dossier told for whoever asks: as of when they ask about, in the zone that they want, else in the case's own."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sla.dossier import Dossier
from sla.hindsight import look_back
from sla.story import Story
from sla.telling import story
from starter.stories.zones import zone_of


def told(dossier: Dossier, zone: ZoneInfo | None = None, at: datetime | None = None) -> Story:
    """The story of a record: as of when the dossier was taken, or of what was true at `at`. Raises NoSuchMoment."""
    then = dossier if at is None else look_back(dossier, at=at).dossier
    return story(then, zone or zone_of(dossier))
