"""A Desk on a database to which the examples were applied, at nine on Monday 2 March 2026, and the cases that it starts."""

from dataclasses import dataclass
from datetime import datetime

from runtime.settings import Settings
from sla.acting import Actor
from sla.events import AnyEvent, Event
from sla.messages import CaseInput, CaseView, ProcessRef, Reception
from starter.cases_client import CasesClient
from starter.desk import Desk
from starter.setup.context import Context
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from store.records import Records
from tests.starter.setup.conftest import nowhere
from tests.store.builders import append, at


class Begun(CasesClient):
    """Cases that begin and write their log, but never act. There is no server."""

    def __init__(self, database: Database) -> None:
        super().__init__(nowhere, queue_prefix="milepost")
        self._database = database
        self.cases: list[CaseInput] = []

    async def start_with(self, case: CaseInput, event: AnyEvent, outlook: CaseView | None = None) -> Reception:
        self.cases.append(case)
        log: list[Event] = [*case.log] or [event]
        await append(StoredCases(self._database), case.record, case.ref, log)
        return Reception(record=case.record, event=event.id)

    async def report(self, event: AnyEvent) -> Reception:
        return Reception(record=event.record, event=event.id, duplicate=True)


@dataclass(frozen=True)
class Installation:
    """The Desk, and the cases that it started."""

    desk: Desk
    begun: Begun

    @property
    def refs(self) -> list[ProcessRef]:
        return [case.ref for case in self.begun.cases]


def an_installation(database: Database, now: datetime | None = None) -> Installation:
    """A Desk on this database."""
    begun = Begun(database)
    context = Context(
        database=database,
        settings=Settings(),
        clock=lambda: now or at("09:00"),
        actor=Actor(name="grace", door="cli"),
        cases=begun,
        catalogue=Catalogue(database),
        definitions=StoredDefinitions(database),
        records=Records(database),
    )
    return Installation(desk=Desk(context), begun=begun)
