"""A chapter: one occurrence with its figures, spans, stops, days, actions and sentences."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sla.account import Account, Told
from sla.instants import from_s, to_s
from sla.spans import Span
from sla.story import Chapter, OpenSpan, Stop
from sla.telling.acts import Deeds, act, drafts
from sla.telling.hand import Hand, written
from sla.telling.open_time import open_spans, stopped_within, unlike_days
from sla.telling.turns import turns
from sla.telling.verdicts import margin_s, verdict


def chapter(account: Account, told: Told, deeds: Deeds, zone: ZoneInfo) -> Chapter:
    """One occurrence, told."""
    one, as_of = told.of, account.timeline.as_of
    start_s, end_s = _bounds(told, as_of)
    stops = [(to_s(halt.since), end_s if halt.until is None else to_s(halt.until)) for halt in told.halts]
    spans = tuple(_spans(told, start_s, end_s, stops))
    told_stops = tuple(_stops(told, stops))
    effects = account.effects_of(told)
    acts = tuple(act(effect, deeds) for effect in effects)
    margin = margin_s(one, spans)
    return Chapter(
        **{name: getattr(one, name) for name in _SAME},
        calendar=told.hours.calendar,
        timezone=told.hours.timezone,
        margin_s=margin,
        verdict=verdict(one, margin, told_stops, as_of, Hand(zone)),
        sentences=written([*turns(told), *drafts(effects, acts, one.limit_s)], zone),
        open_spans=spans,
        stops=told_stops,
        days=tuple(unlike_days(told.hours, start_s, end_s)),
        acts=acts,
    )


_SAME = (
    "milestone", "occurrence", "status", "started_at", "target_at", "completed_at", "violated_at", "ended_at", "limit_s",
    "elapsed_s", "stopped_s", "actual_s", "overdue_s", "remaining_s",
)  # fmt: skip
"""What a chapter has from the timeline as it is."""


def _bounds(told: Told, as_of: datetime) -> Span:
    """From when to when its clock counted, stops included; nothing before it began."""
    one = told.of
    if one.status == "waiting" or one.started_at is None:
        return 0, 0
    start_s = to_s(one.started_at)
    return start_s, max(start_s, to_s(one.ended_at or as_of))


def _spans(told: Told, start_s: int, end_s: int, stops: Sequence[Span]) -> list[OpenSpan]:
    return [
        OpenSpan(
            from_at=from_s(since),
            until_at=from_s(until),
            open_s=until - since,
            stopped_s=stopped_within((since, until), stops),
        )
        for since, until in open_spans(told.hours, start_s, end_s)
    ]


def _stops(told: Told, stops: Sequence[Span]) -> list[Stop]:
    return [
        Stop(
            from_at=halt.since,
            until_at=halt.until,
            why="the clock was stopped",
            open_s=told.hours.between_s(since, max(since, until)),
        )
        for halt, (since, until) in zip(told.halts, stops, strict=True)
    ]
