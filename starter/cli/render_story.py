"""A story on a terminal: the verdict first, then each milestone with its sentences, its open time, its stops and actions."""

from collections.abc import Iterator, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from sla.story import Act, Chapter, Stop, Story
from sla.timeline import numbered
from starter.cli.fitting import Col, Fitting, Way, words
from starter.cli.words import status
from starter.stories import setting
from starter.stories.choosing import in_full, series_of
from starter.stories.folding import Counted, folded
from starter.stories.setting import Line, figure, moment, readable

CHAPTERS: Final = 12
"""So many occurrences are told in full; `--json` and the page have more."""
SENTENCES: Final = 60
"""So many sentences at most are said of an occurrence."""
ROWS: Final = 20
"""So many stops, days and actions of an occurrence are listed."""


def story_page(story: Story) -> RenderableType:
    """All of a story."""
    zone = ZoneInfo(story.timezone)
    chosen = in_full(story, CHAPTERS)
    parts: list[RenderableType] = [
        f"[bold]{escape(readable(story.record))}[/]  {status(story.status)}",
        Text(setting.shortened(story.verdict), style="bold"),
        "[dim]"
        + " · ".join(f"{escape(name.lower())} {escape(value)}" for name, value in setting.about(story, zone))
        + "[/]",
        "",
    ]
    if story.chapters:
        parts += [Padding(_glance(story, zone), (0, 0, 1, 0))]
    if story.entry:
        parts += ["[bold]How it came here[/]", _told(setting.lines_of(story.entry, zone, SENTENCES)), ""]
    for one in chosen.chapters:
        parts += [*_chapter(one, zone), ""]
    if chosen.others:
        parts += [
            f"[dim]{chosen.others} more occurrences are counted above; told are those that are open, those that were "
            "missed, and the latest. --json has them all.[/]",
            "",
        ]
    if story.closing:
        parts += [
            Rule("[bold]Besides[/]", align="left", style="dim"),
            _told(setting.lines_of(story.closing, zone, SENTENCES)),
        ]
    return Group(*parts)


# ---------------------------------------------------------------------- at a glance


def _glance(story: Story, zone: ZoneInfo) -> RenderableType:
    """A line for each occurrence; where these are too many, for each milestone."""
    if len(story.chapters) > CHAPTERS:
        rows = [
            (
                escape(readable(one.milestone)),
                str(one.occurrences),
                ", ".join(f"{n} {status(word)}" for word, n in one.counts),
            )
            for one in series_of(story.chapters)
        ]
        more = (Col("Occurrences", justify="right"), Col("Of these", None, least=30))
        return Fitting(Way([Col("Milestone"), *more], rows), Way([Col("Milestone", words), *more], rows))
    figures = [Col(name, justify="right") for name in ("Margin", "Used", "Limit", "Stopped")]
    instants = [Col(name) for name in ("Target", "Completed")]
    whole = [
        (*_name(one), *_figures(one), *(moment(at, zone) for at in (one.target_at, one.completed_at)))
        for one in story.chapters
    ]
    return Fitting(
        Way([Col("Milestone"), Col("Status"), *figures, *instants], whole),
        Way([Col("Milestone"), Col("Status"), *figures, instants[0]], [row[:-1] for row in whole]),
        Way([Col("Milestone"), Col("Status"), *figures], [row[:-2] for row in whole]),
        Way([Col("Milestone", None, least=16), Col("Status"), *figures], [row[:-2] for row in whole]),
        Way([Col("Milestone", None, least=12), Col("Status", words), *figures], [row[:-2] for row in whole]),
    )


def _name(one: Chapter) -> tuple[str, str]:
    return escape(readable(numbered(one.milestone, one.occurrence))), status(one.status)


def _figures(one: Chapter) -> tuple[str, ...]:
    return setting.margin(one), *(figure(seconds) for seconds in (setting.used_s(one), one.limit_s, one.stopped_s))


# ---------------------------------------------------------------------- one occurrence


def _chapter(one: Chapter, zone: ZoneInfo) -> Iterator[RenderableType]:
    name, word = _name(one)
    yield Rule(f"[bold]{name}[/]  {word}", align="left", style="dim")
    yield Text(setting.begun(readable(one.verdict)))
    yield ""
    yield _told(setting.lines_of(one.sentences, zone, SENTENCES))
    if one.open_spans:
        yield ""
        yield from _open_time(one, zone)
    if one.spans_ahead:
        yield ""
        yield from _ahead(one, zone)
    if one.days:
        yield ""
        yield f"[bold]Days unlike others[/] [dim]by {escape(readable(one.calendar))}[/]"
        yield from (Padding(Text(f"{setting.day(day.on)}: {readable(day.what)}"), (0, 0, 0, 2)) for day in one.days[:ROWS])
        yield from _more(len(one.days))
    if one.stops:
        yield ""
        yield _stops(one.stops, zone)
        yield from _more(len(one.stops))
    if one.acts:
        yield ""
        yield _actions(one.acts, zone)
        yield from _more(len(one.acts))


def _told(lines: Sequence[Line]) -> RenderableType:
    """Sentences with their times in a column of their own, and each date on a line of its own."""
    parts: list[RenderableType] = []
    for line in lines:
        if line.on:
            parts.append(Text(f"  {line.on}", style="dim"))
        if not line.time:
            parts.append(Padding(Text(line.said), (0, 0, 0, 2)))
            continue
        row = Table.grid(padding=(0, 2, 0, 0))
        row.add_column(width=max(8, len(line.time)), no_wrap=True, style="cyan")
        row.add_column(overflow="fold")
        row.add_row(line.time, Text(line.said))
        parts.append(Padding(row, (0, 0, 0, 2)))
    return Group(*parts)


def _open_time(one: Chapter, zone: ZoneInfo) -> Iterator[RenderableType]:
    table = folded(one.open_spans, zone)
    by = f", by {table.by}" if table.by else ""
    yield f"[bold]Open time counted[/] [dim]of {escape(readable(one.calendar))}, {escape(one.timezone)}{by}[/]"
    rows = [_counted(row, zone, folded=bool(table.by)) for row in table.rows]
    spans = [str(len(one.open_spans))] if table.by else []
    seconds = (table.open_s, table.stopped_s, table.counted_s)
    rows.append(["[bold]Total[/]", *spans, *(f"[bold]{figure(found)}[/]" for found in seconds), ""])
    counts = [Col("Spans", justify="right")] if table.by else []
    figures = [Col(name, justify="right") for name in ("Open", "Stopped", "Counted", "So far")]
    brief = [[*row[:-4], *row[-3:]] for row in rows]  # what is open is what was counted and what was stopped
    yield Fitting(
        Way([Col("From – until"), *counts, *figures], rows),
        Way([Col("From – until"), *counts, *figures[1:]], brief),
        Way([Col("From – until", None, least=16), *counts, *figures[1:]], brief),
    )


def _ahead(one: Chapter, zone: ZoneInfo) -> Iterator[RenderableType]:
    table = folded(one.spans_ahead, zone)
    by = f", by {table.by}" if table.by else ""
    yield f"[bold]{setting.ahead(one)}[/] [dim]by {escape(readable(one.calendar))}, {escape(one.timezone)}{by}[/]"
    when = setting.dates if table.by else setting.span
    rows = [(when(row.from_at, row.until_at, zone), figure(row.open_s), figure(row.so_far_s)) for row in table.rows]
    rows.append(("[bold]Total[/]", f"[bold]{figure(table.open_s)}[/]", ""))
    figures = [Col(name, justify="right") for name in ("Open", "So far")]
    yield Fitting(Way([Col("From – until"), *figures], rows), Way([Col("From – until", None, least=16), *figures], rows))


def _counted(row: Counted, zone: ZoneInfo, *, folded: bool) -> list[str]:
    when = setting.dates if folded else setting.span
    seconds = (row.open_s, row.stopped_s, row.counted_s, row.so_far_s)
    return [when(row.from_at, row.until_at, zone), *([str(row.spans)] if folded else []), *map(figure, seconds)]


def _stops(stops: Sequence[Stop], zone: ZoneInfo) -> Fitting:
    columns = [Col("Stops"), Col("Why", None, least=24), Col("Open", justify="right")]
    rows = [
        (setting.span(stop.from_at, stop.until_at, zone), escape(readable(stop.why)), figure(stop.open_s))
        for stop in stops[:ROWS]
    ]
    below = [(span.replace(" – ", " –\n"), why, seconds) for span, why, seconds in rows]
    return Fitting(Way(columns, rows), Way(columns, below))


def _actions(acts: Sequence[Act], zone: ZoneInfo) -> Fitting:
    rows = [_act(act, zone) for act in acts[:ROWS]]
    short = [
        (due, f"{action}\n[dim]{trigger}[/]", f"{came}{f' → {to}' if to != '–' else ''}")
        for due, trigger, action, to, came in rows
    ]
    return Fitting(
        Way([Col("Due"), Col("Trigger"), Col("Action"), Col("To"), Col("What came of it", None, least=40)], rows),
        Way([Col("Due"), Col("Action"), Col("What came of it", None, least=30)], short),
    )


def _act(act: Act, zone: ZoneInfo) -> tuple[str, str, str, str, str]:
    word, more = setting.fate(act, zone)
    to = escape(readable(", ".join(act.to))) or "–"
    came = f"{status(word)}{': ' + escape(more) if more else ''}"
    return moment(act.due_at, zone), setting.TRIGGERS[act.trigger], escape(act.action), to, came


def _more(count: int) -> Iterator[str]:
    if count > ROWS:
        yield f"[dim]  and {count - ROWS} more: --json has them all[/]"
