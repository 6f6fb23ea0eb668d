"""Progress bars: for long work, on standard error, and only where somebody watches."""

import io
import sys

import pytest

from starter.cli.progress import LONG, counting


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def counted(total: int | None, times: int, watched: io.StringIO, patch: pytest.MonkeyPatch) -> str:
    patch.setattr(sys, "stderr", watched)
    patch.setenv("TERM", "xterm")
    patch.setenv("COLUMNS", "80")
    with counting("Replaying", total) as advance:
        for _ in range(times):
            advance()
    return watched.getvalue()


def test_whoever_watches_sees_how_many_of_how_many_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    said = counted(LONG, LONG, Terminal(), monkeypatch)
    assert "Replaying" in said
    assert f"{LONG}/{LONG}" in said


def test_where_nobody_knows_how_many_there_are_it_counts_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "7/?" in counted(None, 7, Terminal(), monkeypatch)


@pytest.mark.parametrize(("total", "watched"), [(LONG - 1, Terminal()), (LONG, io.StringIO()), (None, io.StringIO())])
def test_short_work_and_what_nobody_watches_has_no_bar(
    total: int | None, watched: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert counted(total, 7, watched, monkeypatch) == ""
