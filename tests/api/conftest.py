"""What the tests of the API share: one installation on each database for all of them.

A module whose tests are to run on both says `DATABASES = BACKENDS`; the others run on SQLite.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import httpx
import pytest

from tests.api.live import Live, a_live_api
from tests.store.conftest import postgres

__all__ = ["postgres"]

Chosen = Callable[[str], dict[str, Any]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Those of a module that names databases run on each of them."""
    if "live" in metafunc.fixturenames and hasattr(metafunc.module, "DATABASES"):
        metafunc.parametrize("live", metafunc.module.DATABASES, indirect=True, scope="session")


@pytest.fixture(scope="session")
def on(request: pytest.FixtureRequest) -> Chosen:
    """What an installation is told so that it runs on a database: an empty one, of its own."""

    def chosen(backend: str) -> dict[str, Any]:
        if backend == "sqlite":
            return {}
        server = request.getfixturevalue("postgres")
        return {"database_url": server.url(server.create())}

    return chosen


@pytest.fixture(scope="session")
def installations(on: Chosen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Live]]:
    """The installation on each database, from when it is first asked for."""
    with ExitStack() as stack:
        yield cache(lambda backend: stack.enter_context(a_live_api(tmp_path_factory.mktemp("live"), **on(backend))))


@pytest.fixture(scope="session")
def live(installations: Callable[[str], Live], request: pytest.FixtureRequest) -> Live:
    """An installation."""
    return installations(getattr(request, "param", "sqlite"))


@pytest.fixture
def admin(live: Live) -> httpx.Client:
    """Somebody who may do everything."""
    return live.as_("admin")


@pytest.fixture
def agent(live: Live) -> httpx.Client:
    """Somebody who may work on records."""
    return live.as_("agent")


@pytest.fixture
def viewer(live: Live) -> httpx.Client:
    """Somebody who may look."""
    return live.as_("viewer")
