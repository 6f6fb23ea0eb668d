"""A chapter: one occurrence with its figures, spans, stops, days, actions and sentences."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sla.account import Account, Told
from sla.instants import from_s, to_s
from sla.outcomes import margin_of
from sla.spans import Span
from sla.story import Chapter, OpenSpan, Stop
from sla.telling.acts import Deeds, act
from sla.telling.days import days
from sla.telling.fates import fates, waits
from sla.telling.hand import Hand, written
from sla.telling.open_time import stopped_within, unlike_days
from sla.telling.turns import turns, why_stopped
from sla.telling.verdicts import verdict
from sla.timeline import Effect

_AS_IT_IS = (
    "milestone", "occurrence", "status", "started_at", "target_at", "completed_at", "violated_at", "ended_at", "limit_s",
    "elapsed_s", "stopped_s", "actual_s", "overdue_s", "remaining_s",
)  # fmt: skip
"""What a chapter has from the timeline."""


def chapter(told: Told, account: Account, effects: Sequence[Effect], deeds: Deeds, hand: Hand) -> Chapter:
    """One occurrence of an account, told, with its effects."""
    one, as_of = told.of, account.timeline.as_of
    start_s, end_s = _bounds(told, as_of)
    halts = [(to_s(halt.since), end_s if halt.until is None else to_s(halt.until)) for halt in told.halts]
    spans = tuple(_spans(told, start_s, end_s, halts))
    stops = tuple(_stops(told, halts, hand))
    ahead_s = _ahead(told, end_s, to_s(as_of))
    found = unlike_days(told.hours, start_s or ahead_s[0], max(end_s, ahead_s[1]), hand.zone)
    in_time = [day for day in found if one.ended_at is None or day[0] < end_s]  # what came after its end is no turn of it
    acts = tuple(act(effect, deeds) for effect in effects)
    waiting = [one for one in account.waiting if one.of == told.name]
    drafts = [*turns(told, stops), *days(told.hours, in_time), *fates(effects, acts, deeds, account), *waits(waiting)]
    margin = margin_of(one)
    return Chapter(
        **{name: getattr(one, name) for name in _AS_IT_IS},
        calendar=told.hours.calendar,
        timezone=told.hours.timezone,
        margin_s=margin,
        verdict=verdict(one, margin, stops, as_of, hand.anew()),
        sentences=written(drafts, hand),
        counts=told.counts,
        open_spans=spans,
        spans_ahead=tuple(_spans(told, *ahead_s, ())),
        stops=stops,
        days=tuple(day for _, day in found),
        acts=acts,
    )


def _bounds(told: Told, as_of: datetime) -> Span:
    """From when to when its clock counted, stops included; nothing before it began."""
    one = told.of
    if one.status == "waiting" or one.started_at is None:
        return 0, 0
    start_s = to_s(one.started_at)
    return start_s, max(start_s, to_s(one.ended_at or as_of))


def _ahead(told: Told, end_s: int, as_of_s: int) -> Span:
    """From when to when the rest of its limit lies, up to its target; nothing of what was missed, called off, is stopped."""
    one = told.of
    if one.target_at is None or one.status not in ("waiting", "running", "met"):
        return 0, 0
    begins_s = max(as_of_s, to_s(one.started_at)) if one.status == "waiting" and one.started_at else end_s
    return begins_s, max(begins_s, to_s(one.target_at))


def _spans(told: Told, start_s: int, end_s: int, halts: Sequence[Span]) -> Iterator[OpenSpan]:
    for since, until in told.hours.spans_s(start_s, end_s):
        stopped = stopped_within((since, until), halts)
        yield OpenSpan(from_at=from_s(since), until_at=from_s(until), open_s=until - since, stopped_s=stopped)


def _stops(told: Told, halts: Sequence[Span], hand: Hand) -> Iterator[Stop]:
    for halt, (since, until) in zip(told.halts, halts, strict=True):
        why = "; ".join(why_stopped(by, hand.anew()) for by in halt.by) or "the clock was stopped"
        open_s = told.hours.between_s(since, max(since, until))
        yield Stop(from_at=halt.since, until_at=halt.until, why=why, open_s=open_s)
