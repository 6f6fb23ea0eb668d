"""A simulation of very many records as tables for people: before and after, promises side by side, groups, margins."""

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sla.duration import spoken
from starter.cli.output import console
from starter.cli.words import NOTHING, when
from starter.setup.views.what_if import GroupView, KeptView, Margins, PromiseView, SideView, SimulationView

_WIDE: Final = 100
"""Columns of the terminal from which a table has room for bars."""
_LABEL: Final = 10
_BAR: Final = 24
"""Characters for 100 %."""
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
_LEVELS: Final = " ▁▂▃▄▅▆▇█"


def show_simulation(view: SimulationView, *, listed: bool) -> None:
    """Show all of it; the records newly violated and cured by name if they are asked for."""
    screen = console()
    _show_head(screen, view)
    if not view.seen or view.seen == view.left_out:
        return
    if view.swept is None:
        _show_one(screen, view)
    else:
        _show_sweep(screen, view)
    for field in dict.fromkeys(group.field for group in view.groups):
        _show_groups(screen, view, [group for group in view.groups if group.field == field])
    if listed:
        for promise in view.promises:
            _show_list(screen, promise)


def _show_head(screen: Console, view: SimulationView) -> None:
    weighed = view.seen - view.left_out
    screen.print(f"[bold]{weighed:,} records[/] under '{escape(view.process)}', as of {when(view.as_of, UTC)} UTC")
    if view.left_out:
        screen.print(f"{view.left_out:,} more are left out: of another type, never opened, or not to be opened under it")
    if not view.complete:
        screen.print("Not all that are meant: the bounds were reached")


def _show_one(screen: Console, view: SimulationView) -> None:
    [promise] = view.promises
    before, after = view.before, promise.after
    screen.print(_milestones(before, after))
    for what, field in (("Records violated", "violated"), ("Mails", "mails"), ("Reassignments", "reassignments")):
        was, would = "" if before is None else f"{getattr(before, field):,}", f"{getattr(after, field):,}"
        more = f" ({promise.newly_violated:,} newly violated, {promise.cured:,} cured)" if field == "violated" else ""
        screen.print(f"{what}: {_pair(before is not None, was, would)}{more if before else ''}")
    screen.print(_margins(before, after))


def _milestones(before: SideView | None, after: SideView) -> Table:
    """Each milestone with what was, if that is known, and what would be."""
    table = Table("Milestone", box=box.SIMPLE_HEAD)
    for heading in ("Met", "Missed", "Open", "On time"):
        table.add_column(heading, justify="right")
    for name in dict.fromkeys(one.milestone for side in (before, after) if side for one in side.milestones):
        was, would = (side.milestone(name) if side else None for side in (before, after))
        cells = [_pair(before is not None, _count(was, field), _count(would, field)) for field in ("met", "missed", "open")]
        table.add_row(escape(name), *cells, _pair(before is not None, _share(was), _share(would)))
    return table


def _pair(both: bool, was: str, would: str) -> str:
    return f"{was} → [bold]{would}[/]" if both else would


def _count(kept: KeptView | None, field: str) -> str:
    return NOTHING if kept is None else f"{getattr(kept, field):,}"


def _share(kept: KeptView | None) -> str:
    return NOTHING if kept is None or kept.compliance is None else f"{100 * kept.compliance:.1f} %"


# ---------------------------------------------------------------------- margins


def _margins(before: SideView | None, after: SideView) -> Table:
    """How much was to spare: quantiles, and a small picture of how the margins lie."""
    table = Table("To spare", "", box=box.SIMPLE_HEAD)
    for heading in ("10 %", "half", "90 %"):
        table.add_column(heading, justify="right")
    table.add_column("missed│met", no_wrap=True)
    edges: tuple[int, ...] = ()
    for name in dict.fromkeys(one.milestone for side in (before, after) if side for one in side.milestones):
        for called, side in (("before", before), ("after", after)):
            kept = None if side is None else side.milestone(name)
            if kept is not None and kept.margins is not None:
                margins, edges = kept.margins, kept.margins.edges_s
                cells = [_rough(value) for value in (margins.p10_s, margins.p50_s, margins.p90_s)]
                table.add_row(escape(name), called if before else "", *cells, _sparks(margins))
    if edges:
        table.caption, table.caption_justify = f"bars at {', '.join(map(_rough, edges))}", "left"
    return table


def _rough(seconds: int) -> str:
    """A margin to the minute, or from ten hours on to the hour."""
    unit = 3600 if abs(seconds) >= 36_000 else 60
    return spoken(int(seconds / unit) * unit) if abs(seconds) >= unit else spoken(seconds)


def _sparks(margins: Margins) -> str:
    most = max(margins.bars)
    drawn = "".join(_LEVELS[-(-8 * count // most)] for count in margins.bars)
    missed = margins.edges_s.index(0) + 1
    return f"[red]{drawn[:missed]}[/]│[green]{drawn[missed:]}[/]"


# ---------------------------------------------------------------------- promises side by side


def _show_sweep(screen: Console, view: SimulationView) -> None:
    wide = screen.width >= _WIDE
    table = Table("Promise", box=box.SIMPLE_HEAD)
    for heading in ("On time", *([""] if wide else []), "Met", "Missed"):
        table.add_column(heading, justify="left" if heading == "" else "right", no_wrap=True)
    compared = view.before is not None
    for heading in ("Newly violated", "Cured") if compared else ("Violated",):
        table.add_column(heading, justify="right")
    table.add_column("Mails", justify="right")
    table.add_column("Reassigned", justify="right")
    screen.print(escape(f"{view.swept}: {view.milestone} kept on time"))
    bars: list[str] = []
    rows = [("as it is", view.before, None)] if view.before else []
    for label, side, promise in [*rows, *((one.promise, one.after, one) for one in view.promises)]:
        kept = side.milestone(str(view.milestone))
        share = None if kept is None else kept.compliance
        counts = [_count(kept, field) for field in ("met", "missed")]
        table.add_row(
            escape(str(label)), _share(kept), *([f"[cyan]{_bar(share)}[/]"] if wide else []), *counts,
            *_violations(side, promise, compared), f"{side.mails:,}", f"{side.reassignments:,}",
        )  # fmt: skip
        if not wide:
            bars.append(f"  {escape(str(label)):>{_LABEL}}  [cyan]{_bar(share)}[/] {_share(kept)}")
    screen.print(table)
    for bar in bars:
        screen.print(bar)


def _violations(side: SideView, promise: PromiseView | None, compared: bool) -> list[str]:
    if not compared:
        return [f"{side.violated:,}"]
    return [NOTHING, NOTHING] if promise is None else [f"{promise.newly_violated:,}", f"{promise.cured:,}"]


def _bar(share: float | None) -> str:
    if share is None:
        return ""
    eighths = round(share * _BAR * 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).strip()


# ---------------------------------------------------------------------- broken down


def _show_groups(screen: Console, view: SimulationView, groups: Sequence[GroupView]) -> None:
    """By the values of a field: what is kept on time, to spare, violated and sent; of a sweep, under each promise."""
    field = escape(groups[0].field)

    def show(told: str, headings: Sequence[str], cells: Callable[[GroupView], Sequence[str]]) -> None:
        table = Table(field, box=box.SIMPLE_HEAD)
        for heading in headings:
            table.add_column(escape(heading), justify="right")
        for group in groups:
            table.add_row(escape(group.value), *cells(group))
        screen.print(f"{told} by {field}")
        screen.print(table)

    if view.swept is None:
        names = list(dict.fromkeys(one.milestone for group in groups for one in group.promises[0].after.milestones))
        show("On time", ["Records", *names], lambda group: [f"{group.records:,}", *_of_each(group, names, _share)])
        show("To spare (half have at most so much)", names, lambda group: _of_each(group, names, _half))
        headings = ("Newly violated", "Cured") if view.before else ("Violated",)
        show("Records violated, and what was sent,", [*headings, "Mails", "Reassigned"], _sent)
        return
    labels = [*(["as it is"] if view.before else []), *(str(one.promise) for one in view.promises)]
    swept = str(view.milestone)
    kept = f"{escape(swept)} kept on time"
    show(kept, ["Records", *labels], lambda of: [f"{of.records:,}", *(_share(side.milestone(swept)) for side in _sides(of))])
    show("Records violated", labels, lambda of: [f"{side.violated:,}" for side in _sides(of)])


def _sides(group: GroupView) -> list[SideView]:
    """What was, if that is known, and what would be under each promise."""
    return [*([group.before] if group.before else []), *(one.after for one in group.promises)]


def _of_each(group: GroupView, names: Sequence[str], told: Callable[[KeptView | None], str]) -> list[str]:
    """Something of each milestone, before and after."""
    was, would = _sides(group)[0], _sides(group)[-1]
    return [_pair(group.before is not None, told(was.milestone(name)), told(would.milestone(name))) for name in names]


def _half(kept: KeptView | None) -> str:
    return NOTHING if kept is None or kept.margins is None else _rough(kept.margins.p50_s)


def _sent(group: GroupView) -> list[str]:
    """How many records are violated, and what people were sent."""
    was, would = _sides(group)[0], _sides(group)[-1]
    compared = group.before is not None
    sent = [
        _pair(compared, f"{a:,}", f"{b:,}") for a, b in ((was.mails, would.mails), (was.reassignments, would.reassignments))
    ]
    return [*_violations(would, group.promises[0], compared), *sent]


def _show_list(screen: Console, promise: PromiseView) -> None:
    of = "" if promise.promise is None else f" with {promise.promise}"
    for heading, names in (("Newly violated", promise.newly_violated_records), ("Cured", promise.cured_records)):
        if names:
            screen.print(f"[bold]{heading}{escape(of)}[/]: {escape(', '.join(names))}")
