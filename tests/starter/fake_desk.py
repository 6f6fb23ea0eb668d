"""A Desk that remembers what it was asked, for the commands in front of it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

from runtime.settings import Settings
from sla.calendar import ALWAYS
from sla.engine import evaluate
from sla.errors import MilepostError, RefusedEvent, UnknownEffect, UnknownRecord
from sla.events import read_event
from sla.messages import Reception
from sla.process.model import Process
from starter.cli.services import Services
from starter.definitions import Definitions
from starter.desk import Desk
from starter.views import ApplyLine, ApplyReport, CaseFile, EffectView, RecordPage, RecordView, TaskView
from tests.starter.bench import a_process, an_event, opened

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TARGET = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


class FakeDesk:
    """Knows the record C-1, which is violated; refuses what is of a milestone called Lunch."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.down: MilepostError | Exception | None = None
        self.pages: Iterator[CaseFile] = iter([a_case_file(out=True)])
        self.catalogue = self

    def services(self, settings: Settings | None = None) -> Services:
        """An installation with this Desk."""

        @asynccontextmanager
        async def desk(_settings: Settings) -> AsyncIterator[Desk]:
            if self.down is not None:
                raise self.down
            yield cast("Desk", self)

        return Services(settings=lambda: settings or Settings(), desk=desk)

    async def apply(
        self, definitions: Definitions, *, dry_run: bool = False, draft: bool = False, notes: str | None = None
    ) -> ApplyReport:
        del draft, notes
        names = [found.value.process for found in definitions.processes]
        self.asked.append(("apply", {"processes": names, "dry_run": dry_run}))
        lines = [ApplyLine(kind="process", name=name, version=1, outcome="created") for name in names]
        return ApplyReport(dry_run=dry_run, lines=lines)

    async def open(self, **asked: Any) -> Reception:
        self.asked.append(("open", asked))
        return a_reception(asked["record"], "opened", changes=["First Response: running"])

    async def take_over(self, history: Sequence[dict[str, Any]], *, process: str | None = None) -> list[RefusedEvent]:
        self.asked.append(("take_over", {"history": list(history), "process": process}))
        odd = (event for event in history if event["record"] == "INC0000062" and event["type"] == "closed")
        return [RefusedEvent(event=event["id"], record=event["record"], reason="it never left") for event in odd]

    async def report(self, event: dict[str, Any]) -> Reception:
        self.asked.append(("report", event))
        if event["record"] != "C-1":
            raise UnknownRecord(record=event["record"])
        if event.get("milestone") == "Lunch":
            raise RefusedEvent(event=event["id"], record=event["record"], reason="there is no milestone 'Lunch'")
        return a_reception(event["record"], event["id"], changes=[])

    async def tell(self, event: dict[str, Any]) -> None:
        self.asked.append(("tell", event))

    async def show(self, record: str, **then: Any) -> CaseFile:
        self.asked.append(("show", {"record": record, **then}))
        if record != "C-1":
            raise UnknownRecord(record=record)
        return next(self.pages)

    async def list(self, **asked: Any) -> RecordPage:
        self.asked.append(("list", asked))
        return RecordPage(records=[a_case_file().record], next=None)

    async def retry(self, record: str, key: str) -> None:
        self.asked.append(("retry", {"record": record, "key": key}))
        if key == "nothing":
            raise UnknownEffect(record=record, key=key)


def a_reception(record: str, event: str, *, changes: list[str]) -> Reception:
    """An answer about one milestone."""
    return Reception(record=record, event=event, changes=changes, status="at_risk")


def a_case_file(*, out: bool = False) -> CaseFile:
    """C-1, an hour too late: a mail was sent, a reassignment was given up."""
    events = [read_event(event, where="test") for event in (opened(), an_event("noted", "2026-03-02T11:00:00Z", kind="x"))]
    process = Process.model_validate(a_process())
    timeline = evaluate(process, {"24/7": ALWAYS}, events, datetime(2026, 3, 2, 11, 0, tzinfo=UTC))
    warning, violation = timeline.effects
    sent = EffectView(effect=warning, outcome="performed", performed_at=MONDAY, reason=None, attempts=1, problem=None)
    given_up = EffectView(
        effect=violation, outcome="gave_up", performed_at=None, reason=None, attempts=7, problem="nobody is on duty"
    )
    record = RecordView(
        record="C-1", type="case", process="Support", version=2, status="violated_open", account="helios", owner="ben",
        queue=None, priority="P1", subject="The [red] lamp", opened_at=MONDAY, next_deadline=TARGET, out=out,
    )  # fmt: skip
    task = TaskView(key="k", to=("role:support_manager",), subject="Look at it", due_at=TARGET, opened_at=MONDAY)
    return CaseFile(record=record, timeline=timeline, effects=[sent, given_up], tasks=[task])
