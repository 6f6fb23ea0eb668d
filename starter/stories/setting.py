"""How a story's sentences, instants and actions are set, on a terminal as on a page: in parts, in words, without colour."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sla.duration import spoken
from sla.instants import date_in_words
from sla.story import Act, Chapter, Sentence, Story
from sla.telling.fates import BEFORE_DUE
from sla.telling.hand import Hand
from starter.pictures.marks import FATES, Fate, fate_of

_TIME: Final = re.compile(r"(?:\w{3} \d{1,2} \w{3} \d{4} )?(\d\d:\d\d(?::\d\d)?(?: \S+)?): (.*)", re.DOTALL)
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]")

_SECOND: Final = timedelta(seconds=1)

TRIGGERS: Final = {"warning": "warning", "violation": "violation", "success": "success", "retracted": "retraction"}


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence in parts: its date if it is another than before, its time, and what is said; empty where there is none."""

    on: str
    time: str
    said: str


def lines_of(sentences: Sequence[Sentence], zone: ZoneInfo, most: int) -> list[Line]:
    """Sentences with their times set apart; of more than `most` the first and the last ones."""
    if len(sentences) <= most:
        return list(_lines(sentences, zone))
    first, last = sentences[: most - most // 3], sentences[-(most // 3) :]
    between = len(sentences) - len(first) - len(last)
    return [*_lines(first, zone), Line("", "", f"… {between} more sentences: --json has them all …"), *_lines(last, zone)]


def _lines(sentences: Iterable[Sentence], zone: ZoneInfo) -> Iterator[Line]:
    before = None
    for one in sentences:
        text = readable(one.text)
        found = _TIME.fullmatch(text) if one.at is not None else None
        if one.at is None or found is None:
            yield Line("", "", begun(text))
            continue
        on = one.at.astimezone(zone).date()
        yield Line("" if on == before else date_in_words(on), found[1], begun(found[2]))
        before = on


def begun(said: str) -> str:
    """As a sentence begins."""
    return said[:1].upper() + said[1:]


def readable(text: str) -> str:
    """Text of whoever wrote it, without what moves the cursor or turns the direction of what follows."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """An instant: `Mon 2 Mar 2026 10:00`; a dash for none."""
    return "–" if at is None else Hand(zone).when(at)


def day(on: str) -> str:
    """A date of the calendar: `Fri 3 Apr 2026`."""
    return date_in_words(date.fromisoformat(on))


def span(from_at: datetime, until_at: datetime | None, zone: ZoneInfo) -> str:
    """A span of time, its date said once: `Mon 2 Mar 2026 09:00 – 17:00`."""
    hand = Hand(zone)
    return f"{hand.when(from_at)} – {'still so' if until_at is None else hand.when(until_at)}"


def dates(from_at: datetime, until_at: datetime, zone: ZoneInfo) -> str:
    """The dates of spans that were folded: `Mon 2 Mar – Fri 6 Mar 2026`. An end at midnight is of the day that it ends."""
    first, last = from_at.astimezone(zone).date(), (until_at - _SECOND).astimezone(zone).date()
    if first == last:
        return date_in_words(first)
    begun = date_in_words(first)
    return f"{begun.removesuffix(f' {last.year}')} – {date_in_words(last)}"


def figure(seconds: int | None) -> str:
    """A figure: `1 h 30 min`; a dash where there is none."""
    return "–" if seconds is None else spoken(seconds)


def margin(one: Chapter) -> str:
    """What was left, or by how much it was missed: `+12 min`, `−3 min 12 s`."""
    if not one.margin_s:
        return "–" if one.margin_s is None else "0 s" if one.completed_at is not None else "none left"
    return f"{'−' if one.margin_s < 0 else '+'}{spoken(abs(one.margin_s))}"


def ahead(one: Chapter) -> str:
    """What the open time is that lies between now, or its end, and its target."""
    return "Open time that was left until its target" if one.status == "met" else "Open time ahead until its target"


def used_s(one: Chapter) -> int:
    """Open seconds that its clock counted."""
    return sum(found.open_s - found.stopped_s for found in one.open_spans)


def fate(act: Act, zone: ZoneInfo) -> tuple[str, str]:
    """What came of an action: in a word, and what there is to say besides."""
    hand, more = Hand(zone), []
    hand.when(act.due_at)  # a date that stands beside it is not said again
    if act.done_at is not None:
        early = f", {BEFORE_DUE}" if act.done_at < act.due_at else ""
        more.append(hand.when(act.done_at) + (f", {spoken(act.late_s)} after it was due" if act.late_s else early))
    if act.attempts:
        more.append(f"after {act.attempts} failed attempt{'' if act.attempts == 1 else 's'}")
    if act.reason and act.reason != "late":  # how late has been said
        more.append(hand.rewritten(readable(act.reason)))
    return _FATES[fate_of(act)], "; ".join(more)


_FATES: Final[dict[Fate, str]] = {**FATES, "late": "done"}  # how late is said beside it


def shortened(verdict: str, most: int = 420) -> str:
    """A verdict that can be read at the top: of many misses the first ones, each in full."""
    verdict = readable(verdict)
    if len(verdict) <= most:
        return verdict
    whole = verdict[:most].rpartition(". ")[0]
    return f"{whole}. And more, below." if whole else f"{verdict[:most]}…"


def about(story: Story, zone: ZoneInfo) -> list[tuple[str, str]]:
    """What else is to be known of the record, by what it is."""
    closed = [("Closed", moment(story.closed_at, zone))] if story.closed_at is not None else []
    return [
        ("Process", readable(f"{story.process}, version {story.version}")),
        ("Opened", moment(story.opened_at, zone)),
        *closed,
        ("As of", moment(story.as_of, zone)),
        ("Times in", story.timezone),
    ]
