"""Events and bytes of a whole case's history, beside those of hand-written cases with the same news, timers and actions."""

import statistics
from collections.abc import Callable, Sequence

from temporalio.client import WorkflowHistory

from bench.histories import LEAST, OURS, PLAIN, SHOWN, STORIES, Histories, histories, kinds, size
from bench.rows import Row, Scale, at_most
from bench.stats import short, takes

NAME = "history"
LIMIT = 1.25
WITHOUT = {
    LEAST: "decides, records and shows nothing",
    SHOWN: "the least, keeping our search attributes",
    PLAIN: "a timer per trigger, an activity per record",
}
"""What the others do without, or how they do it."""

FIGURES: dict[str, Callable[[WorkflowHistory], float]] = {
    "events": lambda history: len(history.events),
    "bytes": size,
}


async def measure(scale: Scale) -> list[Row]:
    """For each story events, then bytes, against each of the others."""
    found = await histories(scale)
    parts = [(story, unit) for story in STORIES for unit in FIGURES]
    return [_row(found, *part, rival, said=part != parts[0]) for part in parts for rival in WITHOUT]


def _row(found: Histories, story: str, unit: str, rival: str, *, said: bool) -> Row:
    ours = takes([FIGURES[unit](history) for history in found[story, OURS]])
    theirs = takes([FIGURES[unit](history) for history in found[story, rival]])
    row = Row(
        measure=NAME,
        subject=f"{story}, {unit}",
        figure=ours.median,
        unit=unit,
        against=rival,
        ratio=ours.median / theirs.median,
        note=short(theirs.median) + ("" if said else f"; {WITHOUT[rival]}"),
        detail={
            "spread": ours.spread,
            "against": theirs.median,
            "against_spread": theirs.spread,
            "as_json": _json(found[story, OURS]),
            "against_as_json": _json(found[story, rival]),
            "events": kinds(_middle(found[story, OURS])),
            "against_events": kinds(_middle(found[story, rival])),
        },
    )
    return at_most(row, LIMIT) if rival == LEAST else row


def _json(histories: Sequence[WorkflowHistory]) -> float:
    """Characters of the whole history as JSON, as the `temporal` tool shows it: the median."""
    return statistics.median(len(history.to_json()) for history in histories)


def _middle(histories: Sequence[WorkflowHistory]) -> WorkflowHistory:
    """The one with the median number of events."""
    return sorted(histories, key=lambda history: len(history.events))[len(histories) // 2]
