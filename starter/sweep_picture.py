"""Compliance against promise as a picture: one SVG file that needs nothing else, light and dark, on a screen and on paper.

Values are set apart by their size where they have one (a limit of 4 h lies as far from 2 h as 2 h from 1 h: the axis is
logarithmic, as promises are) unless they would crowd each other, else evenly. Pure: a view in, text out.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from starter.setup.views.what_if import PromiseView, SimulationView

NEXT: Final = 62
"""How far apart two values are at least whose words are both shown."""

WIDTH: Final = 760
HEIGHT: Final = 430
LEFT, RIGHT, TOP, BOTTOM = 64, 724, 92, 340

_STYLE: Final = """
  svg { color-scheme: light dark; --ground: #ffffff; --ink: #1f2328; --soft: #59636e; --rule: #d9dee3; --line: #0a5cad;
    --area: #0a5cad1a; --was: #b35900; }
  @media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --ink: #e6edf3; --soft: #9aa4af; --rule: #2b323b;
    --line: #6cb6ff; --area: #6cb6ff26; --was: #f0a050; } }
  @media print { svg { --ground: #ffffff; --ink: #000000; --soft: #333333; --rule: #bbbbbb; --line: #003f7d;
    --area: none; --was: #7a3d00; } }
  text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: var(--ink); }
  .title { font-size: 17px; font-weight: 600; }
  .soft { fill: var(--soft); }
  .value { font-weight: 600; text-anchor: middle; paint-order: stroke; stroke: var(--ground); stroke-width: 4px; }
  .small { font-size: 11px; }
  .ground { fill: var(--ground); }
  .rule { stroke: var(--rule); }
  .axis { stroke: var(--soft); }
  .line { fill: none; stroke: var(--line); stroke-width: 2.5; stroke-linejoin: round; }
  .area { fill: var(--area); }
  .dot { fill: var(--ground); stroke: var(--line); stroke-width: 2.5; }
  .was { stroke: var(--was); stroke-width: 1.5; stroke-dasharray: 6 4; }
  .wasword { fill: var(--was); }
"""


class _Point(NamedTuple):
    """A promise in the picture. `share` is None where nothing was decided."""

    x: float
    label: str
    share: float | None
    met: int
    decided: int


def sweep_picture(view: SimulationView) -> str:
    """The picture of a sweep. Raises ValueError for a simulation that is none."""
    if view.milestone is None or view.swept is None:
        raise ValueError("only a sweep can be drawn")
    points = list(_points(view.promises, view.milestone))
    known = [point for point in points if point.share is not None]
    weighed = view.seen - view.left_out
    parts = [
        *_head(view, weighed),
        *_grid(),
        *_was(view),
        *_curve(known),
        *(mark for point, shown in zip(points, _shown(points), strict=True) for mark in _marks(point, shown=shown)),
        *_foot(view),
    ]
    body = "\n".join(f"  {part}" for part in parts)
    name = escape(_words(view, known))
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="said">'
    return f'{head}\n  <title id="said">{name}</title>\n  <style>{_STYLE}  </style>\n{body}\n</svg>\n'


def _words(view: SimulationView, known: Sequence[_Point]) -> str:
    """The picture for those who hear it."""
    told = ", ".join(f"{point.label}: {_percent(point.share)}" for point in known)
    return f"{view.milestone} kept on time, by {view.swept}: {told}"


# ---------------------------------------------------------------------- places


def _points(promises: Sequence[PromiseView], milestone: str) -> Iterator[_Point]:
    places = _places(promises)
    for promise, place in zip(promises, places, strict=True):
        kept = promise.after.milestone(milestone)
        met, decided = (0, 0) if kept is None else (kept.met, kept.met + kept.missed)
        share = None if kept is None else kept.compliance
        yield _Point(LEFT + 30 + place * (RIGHT - LEFT - 60), str(promise.promise), share, met, decided)


def _places(promises: Sequence[PromiseView]) -> list[float]:
    """From 0 to 1: by the logarithm of their sizes if these tell them apart, else evenly."""
    last = max(1, len(promises) - 1)
    evenly = [place / last if len(promises) > 1 else 0.5 for place in range(len(promises))]
    sizes = [one.size for one in promises if one.size]
    if len(sizes) < len(promises) or sizes != sorted(sizes) or sizes[0] == sizes[-1]:
        return evenly
    low, high = math.log(sizes[0]), math.log(sizes[-1])
    apart = [(math.log(size) - low) / (high - low) for size in sizes]
    crowded = min(b - a for a, b in pairwise(apart)) < NEXT / (RIGHT - LEFT - 60)
    return evenly if crowded else apart


def _y(share: float) -> float:
    return BOTTOM - share * (BOTTOM - TOP)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


# ---------------------------------------------------------------------- parts


def _head(view: SimulationView, weighed: int) -> Iterator[str]:
    yield f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>'
    yield f'<text class="title" x="{LEFT}" y="32">{escape(str(view.milestone))}: kept on time, by what is promised</text>'
    told = f"{weighed:,} records under {view.process}, as of {view.as_of:%Y-%m-%d}; met of those decided"
    yield f'<text class="soft" x="{LEFT}" y="54">{escape(told)}</text>'


def _grid() -> Iterator[str]:
    for quarter in range(5):
        y, kind = _y(quarter / 4), "rule" if quarter else "axis"
        yield f'<line class="{kind}" x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}"/>'
        yield f'<text class="soft" x="{LEFT - 10}" y="{y + 4.5:.1f}" text-anchor="end">{25 * quarter} %</text>'


def _was(view: SimulationView) -> Iterator[str]:
    """Where it is today, right across."""
    kept = None if view.before is None else view.before.milestone(str(view.milestone))
    if kept is None or kept.compliance is None:
        return
    y = _y(kept.compliance)
    yield f'<line class="was" x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}"/>'
    place = f'x="{RIGHT}" y="{y + 14:.1f}" text-anchor="end"'
    yield f'<text class="wasword small" {place}>as it is: {_percent(kept.compliance)}</text>'


def _curve(known: Sequence[_Point]) -> Iterator[str]:
    if len(known) < 2:
        return
    path = " ".join(f"{point.x:.1f},{_y(point.share or 0):.1f}" for point in known)
    yield f'<polygon class="area" points="{known[0].x:.1f},{BOTTOM} {path} {known[-1].x:.1f},{BOTTOM}"/>'
    yield f'<polyline class="line" points="{path}"/>'


def _shown(points: Sequence[_Point]) -> Iterator[bool]:
    """Whether each point's words have room: of crowded ones only some do, the first and the last always."""
    last: float | None = None
    for point in points:
        room = last is None or point is points[-1] or (point.x - last >= NEXT and points[-1].x - point.x >= NEXT)
        if room:
            last = point.x
        yield room


def _marks(point: _Point, *, shown: bool) -> Iterator[str]:
    yield f'<line class="axis" x1="{point.x:.1f}" y1="{BOTTOM}" x2="{point.x:.1f}" y2="{BOTTOM + 6}"/>'
    if shown:
        yield f'<text x="{point.x:.1f}" y="{BOTTOM + 22}" text-anchor="middle">{escape(point.label)}</text>'
    if point.share is None:
        return
    y = _y(point.share)
    yield f'<circle class="dot" cx="{point.x:.1f}" cy="{y:.1f}" r="4.5"/>'
    if not shown:
        return
    yield f'<text class="value" x="{point.x:.1f}" y="{y - 12:.1f}">{_percent(point.share)}</text>'
    counted = f"{point.met:,} of {point.decided:,}"
    yield f'<text class="soft small" x="{point.x:.1f}" y="{BOTTOM + 39}" text-anchor="middle">{counted}</text>'


def _foot(view: SimulationView) -> Iterator[str]:
    swept = str(view.swept)
    share = " (of the limit)" if swept.endswith("].at") else " (of today's limits)"  # a warning's, or the limits themselves
    unit = {"s": " (open time)", "%": share}.get(view.unit or "", "")
    middle = (LEFT + RIGHT) / 2
    yield f'<text class="soft" x="{middle}" y="{BOTTOM + 66}" text-anchor="middle">{escape(swept)}{unit}</text>'
    turned = f'transform="translate(18 {(TOP + BOTTOM) / 2:.0f}) rotate(-90)"'
    yield f'<text class="soft" {turned} text-anchor="middle">on time</text>'
