"""Every verb of the Desk that changes something leaves a line in the audit log: who, by which door, what, of what.

Which verbs change something is read from the routes: all but those that are asked by GET or need no more than a right to
read. So a new verb is asked for here by itself.
"""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from fastapi.routing import APIRoute
from pydantic import SecretStr

from sla.calendar import BusinessHours
from sla.documents import parse_documents
from sla.instants import to_text
from sla.ledger_line import LedgerLine
from sla.move_query import MoveQuery, MoveTarget
from sla.process.model import Process
from sla.yamlwriting import write_document
from starter.api.app import ROUTERS
from starter.api.asking import NEEDS
from starter.definitions import assemble
from starter.desk import Desk
from store.cases import StoredCases
from tests.api.test_doors import verbs
from tests.sla.hooks.builders import body_of, example
from tests.starter.setup.test_hooks import SECRET, headers
from tests.store.builders import REF, append, at, keep, opened, the_timeline
from tests.workflows.moving_bench import ANNA, MovingBench

CHANGE_NOTHING: Final = {
    "records.acting": "says who asks",
    "access.authenticate": "what each request begins with; that a key was used is no change of it",
    "evidence.dossier": "reads",
    "evidence.histories": "reads",
    "hooks.rehearse": "says what would happen; it shows what a hook makes of a delivery to those who write hooks only",
}
"""Verbs without a route; and one whose right is that of those who change."""

KEY: Final = "C-1/Answer#1/1/warning-1/1"
SUPPORT: Final = {"process": "Support", "milestones": [{"milestone": "Answer", "within": "2h"}]}
OFFICE: Final = {"calendar": "office", "timezone": "Europe/London", "hours": {"mon": ["09:00-17:00"]}}

OF_RECORDS: Final = ("records.", "hooks.receive")
"""What needs workers. All else does not: a migration that nobody carries out cannot end before it is stopped."""

Line = tuple[str, str]
"""Verb and subject, as the audit log has them."""


def reading() -> set[str]:
    """The verbs that change nothing."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    asked = {route.operation_id or "": (route.methods, str((route.openapi_extra or {}).get(NEEDS, ""))) for route in routes}
    return {name for name, (methods, right) in asked.items() if methods == {"GET"} or right.endswith(".read")}


CHANGING: Final = set(verbs()) - reading() - set(CHANGE_NOTHING)


class Story:
    """Anna does all that can be done, in this order: each step is named as its verb, and returns the line that it leaves."""

    def __init__(self, bench: MovingBench) -> None:
        self.bench, self.desk = bench, bench.desk

    # ------------------------------------------------------------------ the catalogue

    async def records__apply(self) -> Line:
        await self.desk.apply(assemble(parse_documents(write_document(OFFICE), "d.yaml")))
        return "catalogue.apply", "calendar/office 1"

    async def catalogue__apply(self) -> Line:
        text = "---\n".join(write_document({**SUPPORT, "process": name}) for name in ("Premium Support SLA", "Gold"))
        await self.desk.catalogue.apply(assemble(parse_documents(text, "d.yaml")))
        return "catalogue.apply", "process/Gold 1"

    async def catalogue__draft(self) -> Line:
        await self.desk.catalogue.draft(Process.model_validate(SUPPORT))
        return "catalogue.draft", "process/Support 2"

    async def catalogue__activate(self) -> Line:
        await self.desk.catalogue.activate("Support", 2, default=False)
        return "catalogue.activate", "process/Support 2"

    async def catalogue__make_default(self) -> Line:
        await self.desk.catalogue.make_default("Support", 2)
        return "catalogue.make_default", "process/Support 2"

    async def catalogue__new_version(self) -> Line:
        await self.desk.catalogue.new_version("Support")
        return "catalogue.draft", "process/Support 3"

    async def catalogue__retire(self) -> Line:
        await self.desk.catalogue.retire("Support", 3)
        return "catalogue.retire", "process/Support 3"

    async def catalogue__draft_calendar(self) -> Line:
        await self.desk.catalogue.draft_calendar(BusinessHours.model_validate({**OFFICE, "timezone": "Europe/Paris"}))
        return "catalogue.draft", "calendar/office 2"

    async def catalogue__activate_calendar(self) -> Line:
        await self.desk.catalogue.activate_calendar("office", 2)
        return "catalogue.activate", "calendar/office 2"

    async def catalogue__retire_calendar(self) -> Line:
        await self.desk.catalogue.retire_calendar("office")
        return "catalogue.retire", "calendar/office 2"

    async def governance__consolidate(self) -> Line:
        await self.desk.governance.consolidate("Premium Support SLA", ["Gold"])
        return "governance.consolidate", "process/Premium Support SLA 1"

    # ------------------------------------------------------------------ records

    async def records__open(self) -> Line:
        await self.desk.open(record="C-7", process="Support", at=self.bench.now() - timedelta(minutes=5))
        return "records.open", "record/C-7"

    async def records__report(self) -> Line:
        await self.desk.report({"record": "C-7", "id": "e1", "type": "noted", "kind": "x"})
        return "records.report", "record/C-7"

    async def records__tell(self) -> Line:
        await self.desk.tell({"record": "C-7", "id": "e2", "type": "noted", "kind": "x"})
        return "records.report", "record/C-7"

    async def records__in_bulk(self) -> Line:
        async with self.desk.in_bulk("records.report_many") as told:
            await told.tell({"record": "C-7", "id": "e3", "type": "noted", "kind": "x"})
        return "records.report_many", "records"

    async def records__take_over(self) -> Line:
        old: dict[str, Any] = {"record": "C-8", "id": "o", "type": "opened", "at": self.bench.now() - timedelta(days=3)}
        await self.desk.take_over([old], process="Support")
        return "records.take_over", "record/C-8"

    async def records__retry(self) -> Line:
        cases = StoredCases(self.bench.database)
        await append(cases, "C-1", REF, [opened()])
        gave_up = LedgerLine(key=KEY, outcome="gave_up", at=at("09:40"), reason="x")
        await keep(cases, the_timeline([opened()], "09:40"), gave_up)
        await self.desk.retry("C-1", KEY)
        return "records.retry", "record/C-1"

    # ------------------------------------------------------------------ migrations

    async def migrations__start(self) -> Line:
        back = MoveQuery(process="Support", version=2)
        self.migration = (await self.desk.migrations.start(back, MoveTarget(version=1), per_second=1)).id
        return "migrations.start", f"migration/{self.migration}"

    async def migrations__stop(self) -> Line:
        await self.desk.migrations.stop(self.migration)
        return "migrations.stop", f"migration/{self.migration}"

    async def migrations__resume(self) -> Line:
        await self.desk.migrations.resume(self.migration)
        return "migrations.resume", f"migration/{self.migration}"

    # ------------------------------------------------------------------ keys, hooks, people

    async def access__create_key(self) -> Line:
        self.key = (await self.desk.access.create_key(name="bridge", role="agent")).id
        return "access.create_key", f"key/bridge {self.key}"

    async def access__revoke(self) -> Line:
        await self.desk.access.revoke(self.key)
        return "access.revoke", f"key/bridge {self.key}"

    async def hooks__receive(self) -> Line:
        hook = example("zendesk").model_dump(mode="json", by_alias=True, exclude_defaults=True)
        await self.desk.apply(assemble(parse_documents(write_document(hook), "h.yaml")))
        body = body_of("zendesk-created")
        await self.desk.hooks.receive("zendesk", body, headers("zendesk", body, to_text(self.bench.now())))
        return "records.open", "record/ZD-5158"

    async def hooks__remove(self) -> Line:
        await self.desk.hooks.remove("zendesk")
        return "hooks.remove", "hook/zendesk"

    async def erasure__forget(self) -> Line:
        jo = {"contact": "jo", "name": "Jo Quint", "email": "jo@helios.example", "timezone": "UTC"}
        await self.desk.apply(assemble(parse_documents(write_document({"contacts": [jo]}), "people.yaml")))
        forgotten = await self.desk.erasure.forget(contact="jo")
        return "erasure.forget", f"erasure/{forgotten.erasure}"


STEPS: Final[dict[str, Callable[[Story], Awaitable[Line]]]] = {
    name.replace("__", "."): step for name, step in vars(Story).items() if not name.startswith("_")
}


async def told(desk: Desk) -> list[tuple[str, str, str, str]]:
    """Who, door, verb and subject of each line, the first one first."""
    page = await desk.audit_log.lines(limit=1000)
    assert page.next is None
    return [(one.who, one.door, one.verb, one.subject) for one in reversed(page.lines)]


async def test_whatever_anna_changes_has_a_line_with_who_which_door_what_and_of_what(tmp_path: Path) -> None:
    assert set(STEPS) == CHANGING, "a verb that changes something has its step here"
    bench = MovingBench(tmp_path)
    bench.settings = bench.settings.but(secrets={"zendesk": SecretStr(SECRET)})
    async with bench:
        story, before = Story(bench), await told(bench.desk)
        for of_records, steps in groupby(STEPS.items(), lambda step: step[0].startswith(OF_RECORDS)):
            async with bench.working() if of_records else nullcontext():
                for verb, step in steps:
                    line = await bench.bounded(step(story))
                    now = await told(bench.desk)
                    assert now[: len(before)] == before, verb
                    assert (ANNA.name, ANNA.door, *line) in now[len(before) :], verb
                    before = now
        assert (await bench.desk.audit_log.verify()).sound
