"""What the tests of the doors share."""

from pathlib import Path

import pytest

from tests.starter.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A simulator with a process of one milestone."""
    return Bench(tmp_path)
