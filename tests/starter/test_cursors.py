"""Cursors are of one list: its sort, and the filters that it has."""

import pytest

from sla.api_errors import InvalidCursor
from starter.cursors import read_cursor, write_cursor
from store.pages import Position
from tests.store.builders import at

HERE = Position(at("10:00"), at("09:00"), "C-1")


def test_a_filter_that_is_none_is_as_if_it_were_not_there() -> None:
    cursor = write_cursor(HERE, {"sort": "opened_at", "queue": None})
    assert read_cursor(cursor, {"sort": "opened_at", "owner": None}) == HERE


def test_one_of_another_filter_is_refused() -> None:
    cursor = write_cursor(HERE, {"sort": "opened_at", "queue": None})
    with pytest.raises(InvalidCursor):
        read_cursor(cursor, {"sort": "opened_at", "queue": "tier-1"})
