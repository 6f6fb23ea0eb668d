"""Export after apply is the identity, whatever an installation has: nothing is lost, added, or spelt otherwise."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.settings import Settings
from sla.entitlements.model import KINDS, name_of
from sla.people import People, identity
from starter.definitions import Definitions
from starter.desk import open_desk
from tests.postgres import PostgresServer
from tests.starter.bench import a_process
from tests.starter.setup.conftest import ADA, NOW, nowhere
from tests.starter.setup.generated import Installation
from tests.starter.setup.test_catalogue import as_files, of

BESIDES = [
    *(
        a_process(process=name) | {"milestones": [{"milestone": "Answer", "within": "1h"}]}
        for name in Installation.PROCESSES
    ),
    *({"calendar": name, "timezone": "UTC", "hours": "always"} for name in Installation.CALENDARS),
]

Empty = Callable[[], str]


@pytest.fixture
def empty(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Empty:
    """The address of yet another database with all tables and no rows."""
    if backend == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return lambda: f"sqlite:///{shutil.copy(template, tmp_path / f'{len(list(tmp_path.iterdir()))}.db')}"
    server: PostgresServer = request.getfixturevalue("postgres")
    name: str = request.getfixturevalue("postgres_template")
    return lambda: server.url(server.create(name))


async def applied(url: str, definitions: Definitions) -> tuple[dict[str, str], set[str], dict[str, str]]:
    """What an installation exports that was told these, what comes of it when that is applied, and its export then."""
    async with open_desk(Settings(database_url=url), nowhere, lambda: NOW, ADA) as desk:
        await desk.catalogue.apply(definitions)
        first = await desk.catalogue.export()
        outcomes: set[str] = {line.outcome for line in (await desk.catalogue.apply(as_files(first))).lines}
        return first, outcomes, await desk.catalogue.export()


def said(definitions: Definitions) -> dict[tuple[str, str], Any]:
    """Each definition by its kind and name; of promises also which fields they leave to their template."""
    found: dict[tuple[str, str], Any] = {("hook", one.value.hook): one.value for one in definitions.hooks}
    found |= {("process", one.value.process): one.value for one in definitions.processes}
    found |= {("calendar", one.value.calendar): one.value for one in definitions.calendars}
    for people in definitions.people:
        for kind in People.model_fields:
            found |= {(kind, identity(one)): plain(one) for one in getattr(people.value, kind)}
    for promised in definitions.entitlements:
        for kind in KINDS:
            unsaid = kind in ("entitlement_templates", "entitlements")
            found |= {(kind, name_of(one)): plain(one, exclude_unset=unsaid) for one in getattr(promised.value, kind)}
    return found


def plain(entry: Any, **how: Any) -> dict[str, Any]:
    """An entry's fields; sets of names in no order."""
    unordered = ("roles", "queues")
    data = entry.model_dump(**how)
    return {name: sorted(value) if name in unordered else value for name, value in data.items()}


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.integers(0, 1_000_000))
def test_what_is_exported_is_what_was_applied_here_and_elsewhere(empty: Empty, seed: int) -> None:
    given_ = of(*BESIDES, *Installation(seed).documents())
    exported, outcomes, again = asyncio.run(applied(empty(), given_))
    assert outcomes == {"unchanged"}
    assert again == exported
    assert said(as_files(exported)) == said(given_)
    elsewhere, _, _ = asyncio.run(applied(empty(), as_files(exported)))
    assert elsewhere == exported
