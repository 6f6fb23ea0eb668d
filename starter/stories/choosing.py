"""Which occurrences are told in full where there are too many: what is open, what was missed, and the latest."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sla.story import Chapter, Story
from sla.timeline import Status

_OPEN: frozenset[Status] = frozenset({"running", "stopped", "overdue"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """Those told in full, in the story's order, and how many others there are."""

    chapters: tuple[Chapter, ...]
    others: int


@dataclass(frozen=True, slots=True)
class Series:
    """All occurrences of one milestone, by status: the most frequent first."""

    milestone: str
    occurrences: int
    counts: tuple[tuple[Status, int], ...]
    latest: Chapter


def in_full(story: Story, most: int) -> Chosen:
    """At most `most` of the occurrences."""
    count = len(story.chapters)
    ranked = sorted(range(count), key=lambda place: (_weight(story.chapters[place]), place), reverse=True)
    places = sorted(ranked[:most])
    return Chosen(tuple(story.chapters[place] for place in places), count - len(places))


def _weight(one: Chapter) -> int:
    return 2 if one.status in _OPEN else 1 if one.violated_at is not None else 0


def series_of(chapters: Sequence[Chapter]) -> list[Series]:
    """The milestones, each with all its occurrences counted."""
    by_name: dict[str, list[Chapter]] = {}
    for one in chapters:
        by_name.setdefault(one.milestone, []).append(one)
    return [
        Series(name, len(found), tuple(Counter(one.status for one in found).most_common()), found[-1])
        for name, found in by_name.items()
    ]
