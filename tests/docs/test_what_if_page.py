"""The picture on the page about what-if is the one that its command draws."""

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, blocks, commands
from tests.starter.command_line import milepost

PAGE = DOCS / "what-if.md"
[IMPORTED, SWEPT] = next(
    words
    for block in blocks("sh")
    if block.page == PAGE and "--sweep" in block.text
    for words in [list(commands(block.text))]
)


def test_the_picture_is_what_the_command_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    drawn = tmp_path / "drawn.svg"
    events = milepost(*IMPORTED[1:]).out
    ran = milepost(*SWEPT[1:], "--picture", drawn, stdin=events)
    assert ran.code == 0, ran.err
    kept = DOCS / "what-if" / "first-response.svg"
    assert drawn.read_text("utf-8") == kept.read_text("utf-8"), "draw it again: the page says how"
    assert kept.stat().st_size < 60_000
