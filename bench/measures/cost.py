"""What a case costs on Temporal Cloud: Actions, counted from whole histories (`bench.actions`)."""

from collections import Counter

from bench.actions import actions
from bench.histories import LEAST, OURS, PLAIN, SHOWN, STORIES, Histories, histories
from bench.rows import Row, Scale
from bench.stats import short, takes

NAME = "cost"


async def measure(scale: Scale) -> list[Row]:
    """For each story, against each of the others."""
    found = await histories(scale)
    return [_row(found, story, rival) for story in STORIES for rival in (LEAST, SHOWN, PLAIN)]


def _row(found: Histories, story: str, rival: str) -> Row:
    ours = takes([actions(history).total() for history in found[story, OURS]])
    theirs = takes([actions(history).total() for history in found[story, rival]])
    counted = actions(found[story, OURS][0])
    return Row(
        measure=NAME,
        subject=f"{story}, Actions",
        figure=ours.median,
        unit="Actions",
        against=rival,
        ratio=ours.median / theirs.median,
        note=short(theirs.median) + (f"; ours: {_words(counted)}" if rival == LEAST else ""),
        detail={
            "spread": ours.spread,
            "against": theirs.median,
            "against_spread": theirs.spread,
            "actions": dict(counted),
            "against_actions": dict(actions(found[story, rival][0])),
        },
    )


def _words(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counted.most_common())
