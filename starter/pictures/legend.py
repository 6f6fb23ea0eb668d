"""What the marks mean: only those that are in the picture, from left to right and line by line."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from sla.story import Chapter
from starter.pictures.marks import FATES, MARKS, SPOKEN, TRIGGERS, deed, fate_of
from starter.pictures.rows import Row, is_open, marks_of
from starter.pictures.svg import at, group, path, tag, width_of, words
from starter.pictures.tracks import Track

_LINE, _SIZE, _GAP, _SYMBOL = 22.0, 11, 18.0, 16.0

_TINTED: Final[dict[str, Callable[[Chapter], bool]]] = {
    "open": lambda one: bool(one.open_spans),
    "over": lambda one: one.violated_at is not None and any(span.until_at > one.violated_at for span in one.open_spans),
    "later": lambda one: bool(one.spans_ahead) and one.status != "met",
}
_TINTS: Final = {"open": "open time, counted", "over": "open time after the target", "later": "open time ahead"}


def legend(rows: Sequence[Row], track: Track, *, width: int, top: float, left: float) -> tuple[str, float]:
    """The legend as a group, and where the picture ends below it."""
    x, y, drawn = left, top, []
    for symbol, said in _entries(rows, track):
        taken = _SYMBOL + 8 + width_of(said, _SIZE)
        if x > left and x + taken > width - left:
            x, y = left, y + _LINE
        drawn.append(
            group((symbol, words(said, x=_SYMBOL / 2 + 8, y=4, class_="soft small")), transform=at(x + _SYMBOL / 2, y))
        )
        x += taken + _GAP
    return group(drawn, class_="legend"), y + _LINE - 4


def _entries(rows: Sequence[Row], track: Track) -> Iterator[tuple[str, str]]:
    chapters = [one for row in rows for one in row.chapters]
    for look, there in _TINTED.items():
        if any(map(there, chapters)):
            yield tag("rect", x=-8, y=-6, width=16, height=12, class_=look), _TINTS[look]
    if any(one.stops for one in chapters):
        yield path("M-6 6L6 -6M-8 0L0 -8M0 8L8 0", class_="hatch"), "clock stopped"
    if any(one.days for one in chapters):
        yield (
            tag("rect", x=-8, y=-8, width=16, height=16, class_="unlike outlined"),
            "day unlike others: holiday, clock change",
        )
    plain = [row.chapters[0] for row in rows if not row.is_series]
    on_track = {kind for one in plain for kind, _ in track.marks(one)}
    on_track |= {kind for one in chapters for kind, _ in marks_of(one) if kind in ("violated", "completed")}
    for kind, symbol in MARKS.items():
        if kind in on_track:
            yield group((symbol,), transform="translate(12 0) scale(.8)" if kind == "beyond" else "scale(.8)"), SPOKEN[kind]
    acts = [act for one in plain for act in one.acts]
    triggers, fates = {act.trigger for act in acts}, {fate_of(act) for act in acts}
    for trigger, said in TRIGGERS.items():
        if trigger in triggers:
            yield group((deed(trigger, "done"),), class_=trigger), f"action: {said}"
    for fate, said in FATES.items():
        if fate in fates and fate != "done":
            yield group((deed("any", fate),), class_="any"), said
    if any(is_open(one) for one in chapters):
        yield path("M0 -7V7", class_="now"), "as of when this is told"
