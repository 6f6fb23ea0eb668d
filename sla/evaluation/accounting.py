"""From the walk, the ledger and the witness to the account (`sla.account`): what the engine knows of its own reasons."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sla.account import Account, Halt, Told
from sla.evaluation.admission import admit_heard, hear
from sla.evaluation.clock import NEVER
from sla.evaluation.following import Laws
from sla.evaluation.ledger import Ledger
from sla.evaluation.plan import plan_of
from sla.evaluation.projection import Projection
from sla.evaluation.report import report, report_nothing
from sla.evaluation.run import Run
from sla.events import Event
from sla.instants import from_s, to_instant, to_s
from sla.timeline import Timeline


def account_under(laws: Laws, events: Sequence[Event], now: datetime) -> Account:
    """The account of a record that may have moved (see `sla.engine.evaluate_under`)."""
    first, now = laws.first, to_instant(now)
    now_s, plan = to_s(now), plan_of(first.process)
    known = hear(events, now_s)
    admitted = admit_heard(plan, first.calendars, known, laws)
    if admitted.opened is None:
        nothing = report_nothing(first.process, [one.event for one in known], admitted.refused, now)
        return Account(timeline=nothing, occurrences=(), passages=())
    ledger = Ledger(plan, first.calendars, first.default_hours, admitted)
    walk = ledger.follow(now_s)
    account = account_of(walk, report(walk, ledger, admitted.refused, now))
    walk.let_go()
    return account


def account_of(walk: Projection, timeline: Timeline) -> Account:
    """The account of a timeline, by the walk that it reports on."""
    return Account(timeline=timeline, occurrences=tuple(_occurrences(walk, timeline)), passages=())


def _occurrences(walk: Projection, timeline: Timeline) -> Iterator[Told]:
    tracks = {track.name: track for track in walk.milestones.tracks}
    for one in timeline.milestones:
        track = tracks[one.milestone]
        run = track.runs[one.occurrence - 1] if one.occurrence <= len(track.runs) else None
        clock = walk.milestones.clock_of_selected(track, walk.now_s)[0] if run is None else run.clock
        halts = () if run is None else tuple(_halts(run, walk.now_s))
        yield Told(
            of=one, hours=clock.hours, calendar_of="default", began=None, line=None, limits=(), halts=halts, completions=(),
            ended_by=(),
        )  # fmt: skip


def _halts(run: Run, now_s: int) -> Iterator[Halt]:
    """The stops between the start of an occurrence and its end; until None while it is open and stopped."""
    start, stops = run.clock.start, run.clock.stops
    end = now_s if run.ended_at is None else run.ended_at
    for since, until in (*stops.spans, *([] if stops.since is None else [(stops.since, NEVER)])):
        first, last = max(since, start), min(until, NEVER if run.open else end)
        if first < last and first <= end:
            yield Halt(since=from_s(first), until=None if last == NEVER else from_s(last), by=())
