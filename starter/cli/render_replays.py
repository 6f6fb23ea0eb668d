"""What was replayed, on a terminal: a paragraph for each history that is not the same, and a sentence about all."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.markup import escape
from rich.padding import Padding

from sla.instants import to_text
from starter.cli.words import counted
from starter.replaying.results import Replayed, Tally

SENTENCES = 12
"""How many sentences are shown of one decision; `--json` has all."""


def paragraph(one: Replayed) -> Iterator[RenderableType]:
    """Its lines; one that is too long goes on below its own beginning."""
    yield f"[bold]{escape(_name(one))}[/]"
    if one.parted is not None:
        yield _within(2, f"[bold red]non-deterministic[/]: {escape(one.parted.sentence)}")
    for decision in one.differing:
        at = f"at event {decision.event}, {to_text(decision.at)} (recorded → today)"
        yield _within(2, f"[yellow]decided otherwise[/] {at}:")
        yield from (_within(4, escape(sentence)) for sentence in decision.sentences[:SENTENCES])
        if (more := len(decision.sentences) - SENTENCES) > 0:
            yield _within(4, f"[dim]… and {more} more[/]")
    if one.skipped is not None:
        yield _within(2, f"[yellow]skipped[/]: {escape(one.skipped)}")
    if one.verdict == "same":
        yield _within(2, f"[green]the same[/]: {counted(one.events, 'event')}, {counted(one.decisions, 'decision')}")


def _within(columns: int, text: str) -> RenderableType:
    return Padding.indent(text, columns)


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
    told = f"{histories} replayed, {counted(tally.decisions, 'decision')} taken again"
    return f"{told}: {', '.join(part for part in parted if part) or 'there was nothing to replay'}."


def _name(one: Replayed) -> str:
    return one.source if one.record is None or one.record in one.source else f"{one.record} ({one.source})"
