"""The real incidents through the simulator: figures by milestone and priority, and ServiceNow's own verdict beside ours."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from sla.events import read_event
from sla.imports.incidents import read_incidents
from sla.timeline import Occurrence, Status, Timeline
from starter.cli.words import NOTHING, share
from starter.event_lines import Line
from starter.files import read_text
from starter.simulation import Rules, simulate
from workers.demo.picture import PADDING

SHOWN: dict[Status, str] = {"met": "Met", "met_late": "Late", "missed": "Missed", "cancelled": "Cancelled"}
"""The statuses that an incident's milestones end in, with their headings."""

JUDGED = "Resolution"
"""The milestone that ServiceNow's verdict is nearest to."""


@dataclass(frozen=True, kw_only=True)
class Incidents:
    """What the incidents came to. `seconds`: how long their evaluation took; `unused`: rows that could not be used."""

    source: str
    timelines: Sequence[Timeline]
    made_sla: dict[str, bool]
    events: int
    unused: int
    seconds: float


def evaluate_incidents(log: Path, rules: Rules) -> Incidents:
    """Read an incident log and hold every incident against the process."""
    found = read_incidents(read_text(log), log.name)
    lines = [
        Line(where=f"{log.name}, event {number}", event=read_event(event, where=f"{log.name}, event {number}"))
        for number, event in enumerate(found.events, 1)
    ]
    began = time.perf_counter()
    timelines = simulate(rules, lines).timelines
    return Incidents(
        source=log.name,
        timelines=timelines,
        made_sla=found.made_sla,
        events=len(lines),
        unused=len(found.problems),
        seconds=time.perf_counter() - began,
    )


def show_incidents(screen: Console, found: Incidents) -> None:
    """Show the figures."""
    screen.print(
        f"{len(found.timelines)} incidents from a company's ServiceNow ({found.source}: {found.events} events; "
        f"{found.unused} rows cannot be used), evaluated in {found.seconds:.2f} s: "
        f"{len(found.timelines) / found.seconds:,.0f} cases a second."
    )
    screen.print(_table(found.timelines))
    screen.print(_compared(found))


def _compared(found: Incidents) -> str:
    ours = {timeline.record: _kept(timeline) for timeline in found.timelines if timeline.record in found.made_sla}
    same = sum(1 for record, kept in ours.items() if kept == found.made_sla[record])
    return (
        f"Of {len(ours)} incidents ServiceNow marked {sum(found.made_sla[record] for record in ours)} as made_sla; here "
        f"{sum(ours.values())} were resolved in time, and {same} verdicts agree. Neither confirms the other: the contracts "
        "behind made_sla are unknown, and the limits here are ours."
    )


def _kept(timeline: Timeline) -> bool:
    return all(not one.violated for one in timeline.milestones if one.milestone == JUDGED)


def _table(timelines: Sequence[Timeline]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=PADDING)
    table.add_column("Milestone, priority")
    for heading in ("All", *SHOWN.values(), "Violated", "On time"):
        table.add_column(heading, justify="right")
    for name in dict.fromkeys(one.milestone for timeline in timelines for one in timeline.milestones):
        of = [(str(timeline.fields.get("priority")), one) for timeline in timelines for one in timeline.milestones]
        rows = [(priority, one) for priority, one in of if one.milestone == name]
        table.add_row(f"[bold]{name}[/]", *_numbers([one for _, one in rows]))
        for priority in sorted({priority for priority, _ in rows}):
            table.add_row(f"  {priority}", *_numbers([one for its, one in rows if its == priority]), style="dim")
        table.add_section()
    return table


def _numbers(occurrences: Sequence[Occurrence]) -> Iterator[str]:
    """All, met, met late, missed, cancelled, violated, and the share of those decided that was on time."""
    of = Counter(one.status for one in occurrences)
    violated = sum(1 for one in occurrences if one.violated)
    yield str(len(occurrences))
    yield from (str(of[word]) if of[word] else NOTHING for word in SHOWN)
    yield str(violated) if violated else NOTHING
    yield share(of["met"], of["met"] + violated)
