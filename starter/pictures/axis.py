"""The axis of local time below a picture, and the lines that go up from it."""

from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from starter.pictures.scale import Scale, bands, ticks
from starter.pictures.svg import STRONG, path, width_of, words

HEIGHT: Final = 44.0
"""What the axis takes below the picture."""
_SMALL, _EDGE = 11, 4.0


def grid(scale: Scale, zone: ZoneInfo, top: float, bottom: float) -> Iterator[str]:
    """A line for each division, stronger where a date, a month, a year begins."""
    steps = "".join(f"M{scale.x(tick.at):.1f} {top:.1f}V{bottom:.1f}" for tick in ticks(scale, zone))
    edges = "".join(f"M{scale.x(band.from_at):.1f} {top:.1f}V{bottom:.1f}" for band in bands(scale, zone)[1:])
    if steps:
        yield path(steps, class_="grid")
    if edges:
        yield path(edges, class_="gridstrong")


def axis(scale: Scale, zone: ZoneInfo, top: float) -> Iterator[str]:
    """The line itself with its times, and below them the dates that they belong to."""
    yield path(f"M{scale.left:.1f} {top:.1f}H{scale.right:.1f}", class_="rule")
    marked = ticks(scale, zone)
    yield path("".join(f"M{scale.x(tick.at):.1f} {top:.1f}v5" for tick in marked) or "M0 0", class_="rule")
    for tick in marked:
        x, half = scale.x(tick.at), width_of(tick.label, _SMALL) / 2
        if scale.left <= x - half and x + half <= scale.right + _EDGE:
            yield words(tick.label, x=x, y=top + 17, text_anchor="middle", class_="soft small")
    for band in bands(scale, zone):
        left, right = scale.x(band.from_at), scale.x(band.until_at)
        if left > scale.left:
            yield path(f"M{left:.1f} {top + 5:.1f}V{top + 36:.1f}", class_="rule")
        label = next((one for one in band.labels if width_of(one, _SMALL) * STRONG + 2 * _EDGE <= right - left), None)
        if label is not None:
            yield words(label, x=left + _EDGE, y=top + 33, class_="small strong")
