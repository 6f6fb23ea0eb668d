"""Every verb of the Desk has its route and its command, or its reason why not; and the document says what there is."""

import inspect
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from starter.desk import Desk
from starter.setup.access import AccessDesk
from starter.setup.audit_log import AuditLogDesk
from starter.setup.catalogue import CatalogueDesk
from starter.setup.entitlements import EntitlementsDesk
from starter.setup.erasure import ErasureDesk
from starter.setup.evidence import EvidenceDesk
from starter.setup.governance import GovernanceDesk
from starter.setup.hooks import HooksDesk
from starter.setup.migrations import MigrationsDesk
from starter.setup.people import PeopleDesk
from starter.setup.what_if import WhatIfDesk
from tests.api.live import Live
from tests.docs.command_line import is_command
from tests.docs.pages import blocks, commands

PARTS: Final[dict[str, type[Any]]] = {
    "records": Desk,
    "access": AccessDesk,
    "audit_log": AuditLogDesk,
    "catalogue": CatalogueDesk,
    "entitlements": EntitlementsDesk,
    "erasure": ErasureDesk,
    "evidence": EvidenceDesk,
    "governance": GovernanceDesk,
    "hooks": HooksDesk,
    "migrations": MigrationsDesk,
    "people": PeopleDesk,
    "what_if": WhatIfDesk,
}

NO_ROUTE: Final = {
    "records.acting": "says who asks; each request does so",
    "records.apply": "is catalogue.apply, kept for older callers",
    "records.tell": "is records.report with wait=false",
    "records.in_bulk": "says how the audit log tells of many; POST /v1/events does so",
    "access.authenticate": "what each request begins with",
    "evidence.dossier": "is what the story, the bundle and the replay are made from",
    "evidence.histories": "is what the bundle and the replay are made from",
}

COMMANDS: Final = {
    "records.open": "case open",
    "records.take_over": "import incidents",
    "records.report": "case report",
    "records.tell": "case report",
    "records.retry": "case retry",
    "records.show": "case show",
    "records.list": "case list",
    "records.apply": "apply",
    "access.create_key": "access create-key",
    "access.keys": "access keys",
    "access.revoke": "access revoke",
    "audit_log.lines": "audit-log",
    "audit_log.verify": "audit-log verify",
    "catalogue.processes": "process list",
    "catalogue.versions": "process versions",
    "catalogue.process": "process show",
    "catalogue.draft": "process new-version",
    "catalogue.new_version": "process new-version",
    "catalogue.activate": "process activate",
    "catalogue.make_default": "process make-default",
    "catalogue.retire": "process retire",
    "catalogue.diff": "process diff",
    "catalogue.calendars": "calendar list",
    "catalogue.calendar_versions": "calendar show",
    "catalogue.calendar": "calendar show",
    "catalogue.draft_calendar": "apply",
    "catalogue.activate_calendar": "calendar activate",
    "catalogue.retire_calendar": "calendar retire",
    "catalogue.diff_calendars": "calendar diff",
    "catalogue.apply": "apply",
    "catalogue.export": "export",
    "entitlements.list": "entitlement list",
    "entitlements.get": "entitlement show",
    "entitlements.choose": "entitlement choose",
    "entitlements.eligible": "entitlement eligible",
    "entitlements.expiring": "entitlement expiring",
    "entitlements.uses": "entitlement show",
    "evidence.bundle": "bundle",
    "evidence.events": "case events",
    "evidence.story": "explain",
    "erasure.forget": "forget",
    "governance.audit": "process audit",
    "governance.compare": "process compare",
    "governance.consolidate": "process consolidate",
    "hooks.list": "hook list",
    "hooks.get": "hook show",
    "hooks.remove": "hook remove",
    "hooks.rehearse": "hook test",
    "migrations.preview": "migrate",
    "migrations.start": "migrate",
    "migrations.status": "migration show",
    "migrations.list": "migration list",
    "migrations.moves": "migration show",
    "migrations.stop": "migration stop",
    "migrations.resume": "migration resume",
    "people.people": "people list",
    "people.queues": "people list",
    "people.roles": "people list",
    "people.accounts": "people list",
    "people.contacts": "people list",
    "people.resolve": "people resolve",
    "what_if.record": "what-if",
    "what_if.simulate": "simulate",
}
"""The command of each verb."""

NO_COMMAND: Final = {
    "records.acting": "the command line's actor is the operating system's user",
    "records.in_bulk": "says how the audit log tells of many; commands tell one by one",
    "evidence.dossier": "is what the story, the bundle and the replay are made from",
    "evidence.histories": "is what the bundle and the replay are made from",
    "hooks.receive": "deliveries come by HTTP; `milepost hook test` tries one",
    "access.authenticate": "whoever can run a command needs no key",
}


def verbs() -> Iterator[str]:
    """All that can be asked of the Desk."""
    for part, desk in PARTS.items():
        for name, _ in inspect.getmembers(desk, inspect.isfunction):
            if not name.startswith("_"):
                yield f"{part}.{name}"


def document(live: Live) -> dict[str, Any]:
    found: dict[str, Any] = live.as_("nobody").get("/v1/openapi.json").json()
    return found


def operations(live: Live) -> dict[str, dict[str, Any]]:
    """By their ids."""
    return {spec["operationId"]: spec for methods in document(live)["paths"].values() for spec in methods.values()}


def test_every_part_of_the_desk_is_looked_at() -> None:
    parts = {name for name, value in inspect.signature(Desk.__init__).parameters.items() if name not in ("self", "context")}
    assert parts == set()
    source = inspect.getsource(Desk.__init__)
    made = {line.split("=")[0].strip().removeprefix("self.") for line in source.splitlines() if "Desk(context" in line}
    assert made == set(PARTS) - {"records"}


def test_every_verb_has_a_route_or_a_reason(live: Live) -> None:
    assert set(verbs()) - set(NO_ROUTE) <= set(operations(live))
    assert set(NO_ROUTE) <= set(verbs())
    assert not set(NO_ROUTE) & set(operations(live))


@pytest.mark.parametrize("verb", sorted(verbs()))
def test_every_verb_has_a_command_or_a_reason(verb: str) -> None:
    assert (verb in COMMANDS) != (verb in NO_COMMAND), verb
    assert verb in NO_COMMAND or is_command(COMMANDS[verb].split())


def test_the_document_is_openapi_3_1_with_an_id_for_each_operation(live: Live) -> None:
    found = document(live)
    assert found["openapi"].startswith("3.1.")
    ids = [spec["operationId"] for methods in found["paths"].values() for spec in methods.values()]
    assert len(ids) == len(set(ids))


def test_every_operation_says_what_it_does_and_how_it_refuses(live: Live) -> None:
    for name, spec in operations(live).items():
        assert spec["description"], name
        if "security" in spec:
            assert {"400", "401", "403", "429", "503"} <= set(spec["responses"]), name
            assert "Needs the right" in spec["description"]


def test_every_body_and_every_problem_has_an_example(live: Live) -> None:
    found = document(live)
    schemas = found["components"]["schemas"]
    assert schemas["Problem"]["examples"]

    def has_example(schema: dict[str, Any]) -> bool:
        if "$ref" in schema and "examples" not in schema:
            return has_example(schemas[schema["$ref"].rpartition("/")[2]])
        below = [*schema.get("properties", {}).values(), *schema.get("oneOf", []), *schema.get("anyOf", [])]
        return bool(schema.get("examples") or schema.get("example")) or any(has_example(one) for one in below)

    for name, spec in operations(live).items():
        for body in spec.get("requestBody", {}).get("content", {}).values():
            assert "example" in body or has_example(body["schema"]), name


CURLS = [words for block in blocks("sh") for words in commands(block.text) if words[0] == "curl"]


@pytest.mark.parametrize("words", CURLS, ids=lambda words: words[-1][:60])
def test_what_the_documentation_shows_with_curl_can_be_asked(live: Live, words: list[str]) -> None:
    [url] = [word.replace("$API", "http://here/v1") for word in words if word.startswith(("http://", "$API"))]
    sends = {"--json", "--data-binary", "-X"} & set(words)
    asked = urlsplit(url).path.split("/")
    fitting = [
        set(methods)
        for path, methods in document(live)["paths"].items()
        if len(steps := path.split("/")) == len(asked)
        and all(one.startswith("{") or one == other for one, other in zip(steps, asked, strict=True))
    ]
    assert any(("post" if sends else "get") in methods for methods in fitting), url
