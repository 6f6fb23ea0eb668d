"""The demo from its first line to its last: the service, the live cases, what became of them, the real incidents."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from temporalio.client import Client

from runtime.mailbox import Mailbox
from runtime.settings import Settings
from sla.engine import evaluate
from sla.process.model import Process
from starter.definitions import Definitions, load
from starter.desk import Desk, open_desk
from starter.simulation import Rules
from store.engine import Database
from store.records import Records
from workers.demo.acting import Cast, Contract
from workers.demo.figures import evaluate_incidents, show_incidents
from workers.demo.mails import addresses, broken_mail, show_mails
from workers.demo.outcomes import Verdict, judge, show_outcomes
from workers.demo.picture import is_live, live_table
from workers.demo.scaling import Pace, definitions, scaled
from workers.demo.stories import STORIES, Story, told_at
from workers.demo.watching import Watch, now
from workers.services import Embedded, embedded

EXAMPLES = Path(__file__).parents[2] / "examples"
CALENDAR = "around-the-clock"
INCIDENTS = "Incident Management SLA"
NAMES = {"premium": "Premium Support SLA", "standard": "Standard Support SLA"}
SENIOR = "senior_agent"

BIN = ".venv/bin/milepost"
TRY = (
    "apply examples",
    "case open --id C-7 --process 'Premium Support SLA' --account helios --owner ben",
    "case report C-7 noted --kind response.sent",
    "case show C-7",
)


@dataclass(kw_only=True)
class _Service:
    """What the demo works with while its service runs."""

    running: Embedded
    desk: Desk
    database: Database


class Performance:
    """The demo, on one screen. `settings` are those of a service that nobody else uses."""

    def __init__(self, screen: Console, settings: Settings, pace: Pace) -> None:
        self._screen = screen
        self._settings = settings
        self._began = time.monotonic()
        self._examples = load([EXAMPLES])
        scales = {"premium": pace.premium, "standard": pace.standard}
        self._processes = {key: scaled(self._process(name), scales[key], calendar=CALENDAR) for key, name in NAMES.items()}
        self._contracts = {
            key: Contract(process=process.process, scale=scales[key]) for key, process in self._processes.items()
        }
        self._start = now()

    async def run(self) -> list[str]:
        """Perform it; returns a sentence for every promise that was broken."""
        self._welcome()
        async with self._service() as service:
            await self._publish(service.desk)
            watch, cast = await self._live(service)
            broken = [*cast.troubles.values(), *await self._reckon(service, watch)]
            broken += cast.excuses() if broken else ()
        self._incidents()
        self._farewell(broken)
        return broken

    def _process(self, name: str) -> Process:
        return next(found.value for found in self._examples.processes if found.value.process == name)

    def _act(self, title: str) -> None:
        self._screen.print()
        self._screen.rule(f"[bold]{title}[/]", align="left", style="dim")

    # ------------------------------------------------------------------ the service

    def _welcome(self) -> None:
        self._act("Milepost, live")
        self._screen.print(
            "Milepost watches that cases are answered and resolved in time. Each open case is a durable Temporal workflow: "
            "it warns before a deadline, escalates after it, and can say why. Here the hours of six cases pass in seconds."
        )

    @asynccontextmanager
    async def _service(self) -> AsyncIterator[_Service]:
        async with embedded(self._settings, ui=False) as running:
            took_s = time.monotonic() - self._began
            self._screen.print(
                f"\nUp on this machine: a Temporal server, a mail catcher, a database and a worker ({took_s:.1f} s)."
            )

            async def connected() -> Client:
                return running.client

            database = Database(running.settings.database_url)
            try:
                async with open_desk(running.settings, connected, now) as desk:
                    yield _Service(running=running, desk=desk, database=database)
            finally:
                await database.dispose()

    async def _publish(self, desk: Desk) -> None:
        """Apply all examples, then the copies whose hours pass in seconds."""
        report = await desk.apply(self._examples)
        kinds = [line.kind for line in report.lines]
        self._screen.print(
            f"Applied examples/: {kinds.count('process')} processes, {kinds.count('calendar')} calendars, and the people; "
            "then two copies to watch:"
        )
        copies = (process.model_dump(mode="json", exclude_none=True) for process in self._processes.values())
        await desk.apply(definitions(*copies))
        for key, process in self._processes.items():
            limits = zip(self._process(NAMES[key]).milestones, process.milestones, strict=True)
            told = ", ".join(f"{real.milestone} {real.within} → {copy.within}" for real, copy in limits)
            self._screen.print(f"  [bold]{process.process}[/]\n    {told}")

    # ------------------------------------------------------------------ the live cases

    async def _live(self, service: _Service) -> tuple[Watch, Cast]:
        self._act("Six cases")
        self._start = now().replace(microsecond=0) + timedelta(seconds=2)
        live = is_live(self._screen)
        records = [story.record for story in STORIES]
        watch = Watch(service.database, records, _quiet if live else self._print_line)
        cast = Cast(
            desk=service.desk,
            client=service.running.client,
            watch=watch,
            contracts=self._contracts,
            start=self._start,
        )
        if not live:
            self._screen.print(*(f"  {story.record} {story.title}" for story in STORIES), "", sep="\n")
        await self._play(cast, watch, live=live)
        return watch, cast

    async def _play(self, cast: Cast, watch: Watch, *, live: bool) -> None:
        picture = Live(console=self._screen, auto_refresh=False) if live else None

        def show() -> None:
            if picture is not None:
                table = live_table(watch.cases, STORIES, self._start, now(), self._end_s())
                picture.update(table, refresh=True)

        with picture or nullcontext():
            enough = asyncio.Event()
            looking = asyncio.create_task(watch.keep_looking(show, enough))
            try:
                await asyncio.gather(*(cast.play(story) for story in STORIES))
            finally:
                enough.set()  # and not cancelled, which would cut off a query of the database
                await looking

    def _print_line(self, at: datetime, record: str, words: str) -> None:
        passed = max(0, int((at - self._start).total_seconds()))
        self._screen.print(f"{passed:3} s  [bold]{record}[/]  {escape(words)}")

    def _end_s(self) -> int:
        ends = (told_at(story.beats[-1], self._start, self._contracts[story.contract].scale) for story in STORIES)
        return int((max(ends) - self._start).total_seconds())

    # ------------------------------------------------------------------ what became of them

    async def _reckon(self, service: _Service, watch: Watch) -> list[str]:
        mails = Mailbox(self._settings.data_dir / "mail").list()
        self._act(f"{len(mails)} e-mails arrived")
        show_mails(self._screen, mails, self._start)
        verdicts = [await self._judge(service.database, watch, story) for story in STORIES]
        self._act("What was promised, and what came of it")
        self._screen.print(
            "Recorded is what the service did as time passed. evaluate is the pure function that decides everything, asked "
            "once more, with nothing but the case's log of events."
        )
        show_outcomes(self._screen, verdicts)
        effects = {verdict.story.record: verdict.case.effects for verdict in verdicts}
        unread = broken_mail(mails, effects, addresses(self._examples))
        return [*(sentence for verdict in verdicts for sentence in verdict.broken), *unread]

    async def _judge(self, database: Database, watch: Watch, story: Story) -> Verdict:
        """Ask the law anew, from the log as it was recorded and the definitions as they were read.

        As of now, for nothing may change after the end; a case that is still open is judged as of its latest decision.
        """
        log = await Records(database).log(story.record)
        contract, stored = self._contracts[story.contract], watch.cases[story.record].stored
        as_of = now() if stored is None or stored.out else stored.as_of or now()
        timeline = evaluate(self._processes[story.contract], self._examples.hours, log, as_of)
        return judge(
            story,
            watch.cases[story.record],
            timeline,
            start=self._start,
            scale=contract.scale,
            seniors=_seniors(self._examples),
        )

    # ------------------------------------------------------------------ the incidents, and the end

    def _incidents(self) -> None:
        self._act("Real incidents")
        rules = Rules(process=self._process(INCIDENTS), calendars=self._examples.hours)
        for log in sorted((EXAMPLES / "incidents").glob("incidents-*.csv")):
            show_incidents(self._screen, evaluate_incidents(log, rules))

    def _farewell(self, broken: Sequence[str]) -> None:
        took_s = time.monotonic() - self._began
        if broken:
            self._act(f"[red]{'One promise was' if len(broken) == 1 else f'{len(broken)} promises were'} broken[/]")
            for sentence in broken:
                self._screen.print(f"✗ {escape(sentence)}")
            self._screen.print(f"\n{took_s:.0f} s in all.")
            return
        self._act("[green]Every case ended as promised[/]")
        self._screen.print(f"Now yours. In one terminal (Ctrl-C ends it):\n  [bold]{BIN} dev[/]\nAnd in another:")
        for command in TRY:
            self._screen.print(f"  [bold]{BIN} {command}[/]", soft_wrap=True)
        self._screen.print(f"\n{took_s:.0f} s in all; nothing was left behind on this machine.")


def _quiet(_at: datetime, _record: str, _words: str) -> None:
    """Where the picture itself tells."""


def _seniors(examples: Definitions) -> frozenset[str]:
    return frozenset(one.person for found in examples.people for one in found.value.people if SENIOR in one.roles)
