"""Days unlike others, as bands behind a timeline: holidays, special hours, changes of the clocks; why time stands empty."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from starter.pictures.rows import Row
from starter.pictures.scale import Scale
from starter.pictures.svg import named, tag

_SEEN: Final = 1.0
"""A band of fewer pixels is none."""


def unlike_days(rows: Sequence[Row], scale: Scale, top: float, bottom: float) -> Iterator[str]:
    """A band for each such date that lies on the line, in the zone of its calendar."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in (one for row in rows for one in row.chapters):
        for day in one.days:
            told = found.setdefault((day.on, one.timezone), [])
            if day.what not in told:
                told.append(day.what)
    for (on, zone), told in sorted(found.items()):
        begin = datetime.combine(date.fromisoformat(on), time(), tzinfo=ZoneInfo(zone))
        left, right = scale.x(begin), scale.x(begin + timedelta(days=1))  # of that zone's clocks
        if right - left >= _SEEN:
            title = named("title", f"{on}: {'; '.join(told[:3])}")
            place = {"x": left, "y": top, "width": right - left, "height": bottom - top}
            yield tag("rect", title, **place, class_="unlike", data_on=on)
