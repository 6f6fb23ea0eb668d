"""The track of an occurrence: its life, its open time, its stops, and the marks on it and below it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sla.duration import spoken
from sla.instants import to_s, to_text
from sla.story import Chapter
from sla.telling.hand import Hand
from starter.pictures.lanes import Cluster, instant_of
from starter.pictures.marks import FATES, LATE_S, MARKS, SPOKEN, TRIGGERS, MarkKind, deed
from starter.pictures.rows import called, is_open, marks_of
from starter.pictures.scale import Scale
from starter.pictures.svg import at, group, named, path, tag, words

TRACK: Final = 18.0
"""How high a track is."""
LANE: Final = 15.0
"""How high a row of actions below it is."""
_MANY: Final = 60
_TOUCHING: Final = 0.6
"""Pixels between spans that nobody could see."""

Pixels = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Track:
    """Draws occurrences around a height `y`. `hatch` is the id of the pattern of stops."""

    scale: Scale
    zone: ZoneInfo
    as_of: datetime
    hatch: str

    def drawn(self, one: Chapter, y: float) -> Iterator[str]:
        """An occurrence with its marks, so that none of them is covered."""
        yield from self._life(one, y)
        yield from self._spans((one,), y)
        yield from self._stops(one, y)
        for kind, instant in self.marks(one):
            title = named("title", f"{called(one)}: {SPOKEN[kind]} {self._local(instant)}")
            place = at(self.scale.x(instant), y)
            yield group((title, MARKS[kind]), class_=f"mark {kind}", data_at=to_text(instant), transform=place)

    def marks(self, one: Chapter) -> Iterator[tuple[MarkKind, datetime]]:
        """What is drawn on it; a target that lies beyond the picture is at its edge, and looks so."""
        for kind, instant in marks_of(one):
            yield ("beyond" if kind == "target" and to_s(instant) > self.scale.until_s else kind), instant

    def series(self, chapters: Sequence[Chapter], y: float) -> Iterator[str]:
        """Many occurrences in one row: their spans, where they meet, and how they went; no more than can be seen."""
        yield from self._spans(chapters, y)
        for one in chapters:
            yield from self._stops(one, y)
        starts = _apart((self.scale.x(one.started_at) for one in chapters if one.started_at is not None), 3.0)
        yield path("".join(f"M{x:.1f} {y - TRACK / 2:.1f}v{TRACK:.0f}" for x in starts) or "M0 0", class_="rule")
        levels: dict[MarkKind, float] = {"violated": y - TRACK / 2, "completed": y + TRACK / 2}
        for kind, level in levels.items():
            instants = sorted(instant for one in chapters for found, instant in marks_of(one) if found == kind)
            shown = list(_apart((self.scale.x(instant) for instant in instants), 9.0))
            yield from (group((MARKS[kind],), class_="mark", transform=f"{at(x, level)} scale(.75)") for x in shown)

    def _life(self, one: Chapter, y: float) -> Iterator[str]:
        """From its start to its end; dotted where it lies ahead."""
        if one.started_at is None:
            return
        ends = one.ended_at or one.completed_at or (self.as_of if is_open(one) else one.started_at)
        begun, ended = self.scale.x(one.started_at), self.scale.x(max(ends, one.started_at))
        yield path(f"M{begun:.1f} {y:.1f}H{ended:.1f}", class_="life")
        if one.ended_at is None and one.completed_at is None and one.target_at is not None and one.target_at > ends:
            yield path(f"M{ended:.1f} {y:.1f}H{self.scale.x(one.target_at):.1f}", class_="ahead")

    def _spans(self, chapters: Sequence[Chapter], y: float) -> Iterator[str]:
        """Open time; what came after the violation differs, and what lies ahead, up to the target."""
        spent: list[Pixels] = []
        over: list[Pixels] = []
        for one in chapters:
            for span in one.open_spans:
                edge = min(max(one.violated_at or span.until_at, span.from_at), span.until_at)
                spent.append((self.scale.x(span.from_at), self.scale.x(edge)))
                over.append((self.scale.x(edge), self.scale.x(span.until_at)))
        ahead = [
            (self.scale.x(span.from_at), self.scale.x(span.until_at))
            for one in chapters if one.status != "met" for span in one.spans_ahead
        ]  # fmt: skip
        for look, spans in (("open", spent), ("over", over), ("later", ahead)):
            outline = _boxes(_seen(span for span in spans if span[0] < span[1]), y)
            if outline:
                yield path(outline, class_=look)

    def _stops(self, one: Chapter, y: float) -> Iterator[str]:
        """When its clock was stopped; of very many stops only where they can be seen."""
        ends = one.ended_at or self.as_of
        if len(one.stops) > _MANY:
            spans = _seen((self.scale.x(stop.from_at), self.scale.x(stop.until_at or ends)) for stop in one.stops)
            yield path(_boxes(spans, y), class_="stop", fill=f"url(#{self.hatch})")
            return
        for stop in one.stops:
            until = stop.until_at or ends
            left, right = self.scale.x(stop.from_at), self.scale.x(until)
            told = (
                f"{called(one)}: the clock was stopped from {self._local(stop.from_at)} to {self._local(until)}: {stop.why}"
            )
            yield tag(
                "rect",
                named("title", told),
                x=left, y=y - TRACK / 2, width=max(1.0, right - left), height=TRACK,
                fill=f"url(#{self.hatch})", class_="stop", data_from=to_text(stop.from_at), data_until=to_text(until),
            )  # fmt: skip

    def deeds(self, found: Sequence[Cluster], y: float) -> Iterator[str]:
        """Actions below the track; of one that was late, from when it was due."""
        for one in found:
            level = y + TRACK / 2 + 11 + LANE * one.lane
            children = [named("title", self._told(one)), deed(one.trigger, one.fate)]
            if len(one.acts) > 1:
                children.append(words(f"×{len(one.acts)}", x=8, y=4, class_="soft tiny"))
            dots = group(children, class_=f"act {one.trigger}", data_at=to_text(one.at), transform=at(one.x, level))
            due = self.scale.x(min(act.due_at for act in one.acts))
            if one.fate == "late" and one.x - due > 7:
                tail = path(f"M{due:.1f} {level - 4:.1f}v8M{due:.1f} {level:.1f}H{one.x - 6:.1f}", class_="stroke")
                dots = group((tail,), class_=one.trigger) + dots
            yield dots

    def _told(self, one: Cluster) -> str:
        told = [
            f"{act.action} ({TRIGGERS[act.trigger]}), {FATES[one.fate]}: {self._local(instant_of(act))}"
            for act in one.acts[:5]
        ]
        late = max((act.late_s or 0 for act in one.acts), default=0)
        if late >= LATE_S:
            told.append(f"{spoken(late)} after it was due")
        return "; ".join(told) + ("; …" if len(one.acts) > 5 else "")

    def _local(self, instant: datetime) -> str:
        return Hand(self.zone).when(instant)


def _boxes(spans: Iterable[Pixels], y: float) -> str:
    """The outlines of spans on a track, as the steps of a path."""
    return "".join(f"M{left:.1f} {y - TRACK / 2:.1f}H{right:.1f}v{TRACK:.0f}H{left:.1f}Z" for left, right in spans)


def _seen(spans: Iterable[Pixels]) -> Iterator[Pixels]:
    """Spans as they can be seen: what lies nearer than that is one, so that there are no more than pixels."""
    begun: Pixels | None = None
    for left, right in spans:
        if begun is not None and left - begun[1] < _TOUCHING:
            begun = begun[0], max(begun[1], right)
            continue
        if begun is not None:
            yield begun
        begun = left, right
    if begun is not None:
        yield begun


def _apart(places: Iterable[float], least: float) -> Iterator[float]:
    """Places of which none is nearer to the one before than that."""
    before = float("-inf")
    for x in places:
        if x - before >= least:
            before = x
            yield x
