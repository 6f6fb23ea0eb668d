"""What the tests of the API share: one installation for all of them."""

from collections.abc import Iterator

import httpx
import pytest

from tests.api.live import Live, a_live_api


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """An installation."""
    with a_live_api(tmp_path_factory.mktemp("live")) as live:
        yield live


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
