"""What the rows of a timeline show: each occurrence; or where these are too many, each milestone with all of its own."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sla.story import Chapter, Story
from sla.timeline import Status, numbered
from starter.pictures.marks import MarkKind

ROWS: Final = 14
"""Up to so many occurrences have a row of their own; one milestone's never overlap, so that they fit into one."""
MOST: Final = 30
"""So many rows at most; the rest is told in words."""

WORDS: Final[dict[Status, tuple[str, str]]] = {
    "waiting": ("not begun", "soft"), "running": ("running", "soft"), "stopped": ("stopped", "warn"),
    "met": ("met", "good"), "met_late": ("met late", "bad"), "overdue": ("overdue", "bad"), "missed": ("missed", "bad"),
    "cancelled": ("cancelled", "soft"),
}  # fmt: skip
"""A status in words, and the class that it is drawn in."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what it is called, what is said below, in which class, and the occurrences that it shows."""

    name: str
    word: str
    look: str
    chapters: tuple[Chapter, ...]

    @property
    def is_series(self) -> bool:
        """Whether it shows several occurrences, and so less of each."""
        return len(self.chapters) > 1


def rows_of(story: Story) -> list[Row]:
    """The rows of a story, in its order."""
    if len(story.chapters) <= ROWS:
        return [Row(called(one), *WORDS[one.status], (one,)) for one in story.chapters]
    by_name: dict[str, list[Chapter]] = {}
    for one in story.chapters:
        by_name.setdefault(one.milestone, []).append(one)
    return [Row(name, *_counted(chapters), tuple(chapters)) for name, chapters in by_name.items()][:MOST]


def called(one: Chapter) -> str:
    """A milestone with the number of its occurrence, from the second on."""
    return numbered(one.milestone, one.occurrence)


def _counted(chapters: Sequence[Chapter]) -> tuple[str, str]:
    if len(chapters) == 1:
        return WORDS[chapters[0].status]
    counts = Counter(one.status for one in chapters)
    told = ", ".join(f"{number} {WORDS[status][0]}" for status, number in counts.most_common())
    looks = {WORDS[status][1] for status in counts}
    return told, next((look for look in ("bad", "warn", "good") if look in looks), "soft")


def marks_of(one: Chapter) -> Iterator[tuple[MarkKind, datetime]]:
    """What is drawn on the track of an occurrence, from below to above."""
    if one.started_at is not None:
        yield "started", one.started_at
    if one.ended_at is not None and one.completed_at is None:
        yield "ended", one.ended_at
    if one.target_at is not None and one.status != "cancelled":  # which has none any more
        yield "target", one.target_at
    if one.violated_at is not None:
        yield "violated", one.violated_at
    if one.completed_at is not None:
        yield "completed", one.completed_at


def is_open(one: Chapter) -> bool:
    """Whether its clock still counts."""
    return one.status in ("running", "stopped", "overdue")


def bounds_of(story: Story, rows: Sequence[Row]) -> tuple[datetime, datetime]:
    """The first and the last instant that there is something to see of.

    The target of what was completed long before it is not looked for: it would make all that happened small.
    """
    chapters = [one for row in rows for one in row.chapters]
    seen = [at for one in chapters for kind, at in marks_of(one) if kind != "target" or is_open(one)]
    seen += [at for one in chapters for stop in one.stops for at in (stop.from_at, stop.until_at) if at is not None]
    seen += [at for one in chapters for act in one.acts for at in (act.due_at, act.done_at) if at is not None]
    seen += [at for at in (story.opened_at, story.closed_at) if at is not None]
    if any(is_open(one) for one in chapters) or not seen:
        seen.append(story.as_of)
    first, last = min(seen), max(seen)
    targets = [at for one in chapters for kind, at in marks_of(one) if kind == "target" and at - last <= last - first]
    return min([first, *targets]), max([last, *targets])
