"""What the tests of the workflow share."""

import pytest


@pytest.fixture(params=[pytest.param(1000, id="cached"), pytest.param(0, id="replayed")])
def cached(request: pytest.FixtureRequest) -> int:
    """How many cases a worker keeps: with none, each workflow task replays the case from its beginning."""
    return int(request.param)
