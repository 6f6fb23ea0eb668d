"""What was replayed, on a terminal: a paragraph for each history that is not the same, and a sentence about all."""

from collections.abc import Iterator

from rich.markup import escape

from sla.instants import to_text
from starter.replaying.results import Replayed, Tally

SENTENCES = 12
"""How many sentences are shown of one decision; `--json` has all."""


def paragraph(one: Replayed) -> Iterator[str]:
    """Its lines, for Rich."""
    yield f"[bold]{escape(_name(one))}[/]"
    if one.parted is not None:
        yield f"  [bold red]non-deterministic[/]: {escape(one.parted.sentence)}"
    for decision in one.differing:
        yield f"  [yellow]decided otherwise[/] at event {decision.event}, {to_text(decision.at)} (recorded → today):"
        yield from (f"    {escape(sentence)}" for sentence in decision.sentences[:SENTENCES])
        if more := len(decision.sentences) - SENTENCES:
            yield from [f"    [dim]… and {more} more[/]"] * (more > 0)
    if one.skipped is not None:
        yield f"  [yellow]skipped[/]: {escape(one.skipped)}"
    if one.verdict == "same":
        yield f"  [green]the same[/]: {_count(one.events, 'event')}, {_count(one.decisions, 'decision')}"


def summary(tally: Tally) -> str:
    """How all of it went."""
    same, differs, parts, skipped = (tally.histories[one] for one in ("same", "differs", "parts", "skipped"))
    replayed = same + differs + parts
    parted = [
        f"[green]{same} the same[/]" if same else "",
        f"[yellow]{differs} decided otherwise[/]" if differs else "",
        f"[bold red]{parts} non-deterministic[/]" if parts else "",
        f"[yellow]{skipped} skipped[/]" if skipped else "",
    ]
    histories = "1 history" if replayed == 1 else f"{replayed:,} histories"
    told = f"{histories} replayed, {_count(tally.decisions, 'decision')} taken again"
    return f"{told}: {', '.join(part for part in parted if part) or 'there was nothing to replay'}."


def _name(one: Replayed) -> str:
    return one.source if one.record is None or one.record in one.source else f"{one.record} ({one.source})"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
