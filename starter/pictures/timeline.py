"""A story as a picture: time from left to right, a row for each occurrence, open hours shaded, stops hatched.

All that is drawn is in the story, at its instant; nothing is reckoned here but places.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from sla.story import Story
from starter.pictures.axis import HEIGHT as AXIS
from starter.pictures.axis import axis, grid
from starter.pictures.days import unlike_days
from starter.pictures.lanes import Cluster, clusters, lanes_of
from starter.pictures.legend import legend
from starter.pictures.look import style
from starter.pictures.rows import Row, bounds_of, called, is_open, rows_of
from starter.pictures.scale import scale_of
from starter.pictures.svg import fitted, named, path, tag, words
from starter.pictures.tracks import LANE, TRACK, Track

WIDE, NARROW = 900, 380
_TOP, _EDGE = 22.0, 10.0
_LABEL: Final = 164.0
"""The column of names, where there is room for one; else they stand above the tracks."""


@dataclass(frozen=True, slots=True)
class _Placed:
    row: Row
    deeds: list[Cluster]
    top: float
    height: float
    above: float

    @property
    def middle(self) -> float:
        return self.top + self.above + 6 + TRACK / 2


def picture(story: Story, *, width: int = WIDE, prefix: str = "mp", alone: bool = False) -> str:
    """The picture of a story as an element `svg` of that width.

    `prefix` begins the ids in it, so that several can be on one page. One that stands `alone` brings its style along.
    """
    zone = ZoneInfo(story.timezone)
    rows = rows_of(story)
    left = _LABEL if width > 600 else _EDGE
    scale = scale_of(*bounds_of(story, rows), left, width - _EDGE - 4)
    track = Track(scale, zone, story.as_of, f"{prefix}-hatch")
    placed = list(_placed(rows, track, above=0.0 if width > 600 else 18.0))
    bottom = placed[-1].top + placed[-1].height if placed else _TOP + 20
    drawn = [
        *unlike_days(rows, scale, _TOP - 4, bottom),
        *grid(scale, zone, _TOP - 4, bottom),
        *(mark for one in placed for mark in _row(one, track, left, width)),
        *_now(story, rows, scale.x(story.as_of), bottom),
        *axis(scale, zone, bottom),
    ]
    zone_name = words(
        fitted(f"times in {zone.key}", 11, 170), x=_EDGE, y=bottom + 17 if width > 600 else _TOP - 10, class_="soft small"
    )
    key, below = legend(rows, track, width=width, top=bottom + AXIS + 16, left=_EDGE)
    return tag(
        "svg",
        named("title", f"Timeline of {story.record}", id=f"{prefix}-title"),
        named("desc", _described(story), id=f"{prefix}-desc"),
        *([tag("style", style())] if alone else []),
        tag("defs", _hatch(f"{prefix}-hatch")),
        *([tag("rect", width=width, height=float(below), class_="ground")] if alone else []),
        zone_name,
        *drawn,
        key,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {below:.0f}" if alone else f"{_EDGE:.0f} 0 {width - 2 * _EDGE:.0f} {below:.0f}",
        **({"width": width, "height": round(below)} if alone else {}),
        role="img",
        class_="mp",
        aria_labelledby=f"{prefix}-title {prefix}-desc",
    )


def _placed(rows: Sequence[Row], track: Track, *, above: float) -> Iterator[_Placed]:
    top = _TOP
    for row in rows:
        deeds = [] if row.is_series else clusters((act for one in row.chapters for act in one.acts), track.scale)
        height = above + TRACK + 20 + LANE * max(1 if above == 0 else 0, lanes_of(deeds))
        yield _Placed(row, deeds, top, height, above)
        top += height


def _row(one: _Placed, track: Track, left: float, width: int) -> Iterator[str]:
    name, word = one.row.name, one.row.word
    yield path(f"M{_EDGE} {one.top + one.height:.1f}H{width - _EDGE}", class_="grid")
    if one.above:
        yield words(fitted(name, 12, 230), x=_EDGE, y=one.top + 15, class_="strong clear")
        yield words(
            fitted(word, 11, 120), x=width - _EDGE, y=one.top + 15, text_anchor="end", class_=f"small clear {one.row.look}"
        )
    else:
        yield words(fitted(name, 12, left - 2 * _EDGE), x=_EDGE, y=one.middle, class_="strong")
        yield words(fitted(word, 11, left - 2 * _EDGE), x=_EDGE, y=one.middle + 15, class_=f"small {one.row.look}")
    if one.row.is_series:
        yield from track.series(one.row.chapters, one.middle)
        return
    yield from track.drawn(one.row.chapters[0], one.middle)
    yield from track.deeds(one.deeds, one.middle)


def _now(story: Story, rows: Sequence[Row], x: float, bottom: float) -> Iterator[str]:
    """When the story is told, if something is still open then."""
    if any(is_open(one) for row in rows for one in row.chapters):
        yield path(f"M{x:.1f} {_TOP - 6}V{bottom:.1f}", class_="now")
        yield words("as of", x=x - 4, y=_TOP - 10, text_anchor="end", class_="nowword small")


def _hatch(name: str) -> str:
    lines = path("M0 0V6", class_="hatch")
    return tag("pattern", lines, id=name, width=5, height=6, patternUnits="userSpaceOnUse", patternTransform="rotate(45)")


def _described(story: Story) -> str:
    """The picture in words, for those who do not see it."""
    told = " ".join(f"{called(one)}: {one.verdict}" for one in story.chapters[:20])
    more = f" And {len(story.chapters) - 20} more occurrences." if len(story.chapters) > 20 else ""
    return f"{story.verdict} Times in {story.timezone}. {told}{more}"
