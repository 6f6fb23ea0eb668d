"""A story as one HTML page that needs nothing else: no script, no font, no picture from elsewhere, no network.

What others wrote is text in it and nothing more. Its style is named by its digest in the policy, so that no other counts.
"""

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sla.instants import to_text
from sla.story import Act, Chapter, Day, Stop, Story
from starter.pictures.look import FONT, style
from starter.pictures.rows import WORDS, called
from starter.pictures.timeline import NARROW, WIDE, picture
from starter.stories import setting
from starter.stories.choosing import in_full, series_of
from starter.stories.folding import Table, folded
from starter.stories.setting import Line

CHAPTERS: Final = 40
"""So many occurrences are told in full."""
SENTENCES: Final = 240
"""So many sentences at most are said of an occurrence."""
ROWS: Final = 60
"""So many stops, days and actions of an occurrence are listed."""
_LOOKS: Final[dict[str, str]] = {
    **{status: look for status, (_, look) in WORDS.items()},
    "compliant": "good", "at_risk": "warn", "violated_open": "bad", "violated_closed": "bad",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An occurrence as the page shows it."""

    of: Chapter
    name: str
    verdict: str
    lines: list[Line]
    counted: Table
    ahead: Table
    ahead_is: str
    target: str
    completed: str
    limit: str
    used: str
    stopped: str
    margin: str
    days: tuple[Day, ...]
    stops: tuple[Stop, ...]
    acts: tuple[Act, ...]
    more_days: int
    more_stops: int
    more_acts: int


def page(story: Story) -> str:
    """The page."""
    zone = ZoneInfo(story.timezone)
    chosen = in_full(story, CHAPTERS)
    told = [_told(one, zone) for one in chosen.chapters]
    return _environment(zone.key).get_template("story.html.j2").render(
        story=story,
        record=setting.readable(story.record),
        word=story.status.replace("_", " "),
        verdict=setting.shortened(story.verdict),
        about=setting.about(story, zone),
        wide=Markup(picture(story, width=WIDE, prefix="wide")),  # noqa: S704 - it escapes what it is given
        narrow=Markup(picture(story, width=NARROW, prefix="narrow")),  # noqa: S704 - as above
        glance=[] if chosen.others else told,
        series=series_of(story.chapters),
        entry=setting.lines_of(story.entry, zone, SENTENCES),
        chapters=told,
        others=chosen.others,
        closing=setting.lines_of(story.closing, zone, SENTENCES),
        css=Markup(_css()),  # noqa: S704 - ours
        policy=policy(),
        looks=_LOOKS,
        triggers=setting.TRIGGERS,
    )  # fmt: skip


def policy(*more: str) -> str:
    """The Content-Security-Policy of the page: its own style, and nothing else. A header can say more than a page can."""
    digest = b64encode(sha256(_css().encode()).digest()).decode()
    return "; ".join(("default-src 'none'", f"style-src 'sha256-{digest}'", "base-uri 'none'", "form-action 'none'", *more))


def _told(one: Chapter, zone: ZoneInfo) -> _Told:
    return _Told(
        of=one,
        name=setting.readable(called(one)),
        verdict=setting.begun(setting.readable(one.verdict)),
        lines=setting.lines_of(one.sentences, zone, SENTENCES),
        counted=folded(one.open_spans, zone),
        ahead=folded(one.spans_ahead, zone),
        ahead_is=setting.ahead(one),
        target=setting.moment(one.target_at, zone),
        completed=setting.moment(one.completed_at, zone),
        limit=setting.figure(one.limit_s),
        used=setting.figure(setting.used_s(one)),
        stopped=setting.figure(one.stopped_s),
        margin=setting.margin(one),
        days=one.days[:ROWS],
        stops=one.stops[:ROWS],
        acts=one.acts[:ROWS],
        more_days=max(0, len(one.days) - ROWS),
        more_stops=max(0, len(one.stops) - ROWS),
        more_acts=max(0, len(one.acts) - ROWS),
    )


@cache
def _css() -> str:
    rules = Environment(loader=PackageLoader("starter.stories", ""), autoescape=False).get_template("story.css.j2").render()  # noqa: S701 - holds no value
    return style() + " ".join(rules.replace("FONT", FONT).split())


@cache
def _environment(zone_name: str) -> Environment:
    zone = ZoneInfo(zone_name)
    made = Environment(loader=PackageLoader("starter.stories", ""), autoescape=True, undefined=StrictUndefined)
    filters: dict[str, Any] = {
        "iso": to_text,
        "moment": lambda at: setting.moment(at, zone),
        "span": lambda one: setting.span(one.from_at, one.until_at, zone),
        "dates": lambda one: setting.dates(one.from_at, one.until_at, zone),
        "figure": setting.figure,
        "fate": lambda act: setting.fate(act, zone),
        "readable": setting.readable,
        "date": setting.day,
    }
    made.filters |= filters
    return made
