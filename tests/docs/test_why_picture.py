"""The third page shows what the tool says and draws of the case that the page runs, as it went once."""

from pathlib import Path
from typing import Final

import pytest

from sla.hindsight import look_back
from starter.bundles import read_bundle
from starter.pictures.timeline import picture
from starter.stories.telling import told
from tests.docs.pages import DOCS, blocks
from tests.e2e.reader import squeezed
from tests.starter.command_line import milepost
from tests.starter.fake_desk import FakeDesk

WHY: Final = DOCS / "why"
BUNDLE: Final = Path(WHY / "C-7.mpb")


def drawn() -> str:
    return picture(told(read_bundle(BUNDLE).dossier), alone=True) + "\n"


def below(command: str) -> list[str]:
    """The lines that the page shows below a command, also those with times; of one that is cut off, its beginning."""
    [block] = [one for one in blocks("sh") if one.page == DOCS / "why.md" and one.text.strip() == command]
    assert block.next is not None
    lines = map(squeezed, block.next.text.splitlines())
    return [line.removesuffix("…").rstrip() for line in lines if line != "…"]


def test_the_third_page_shows_what_the_tool_draws() -> None:
    assert (WHY / "C-7.svg").read_text("utf-8") == drawn(), "draw it anew: python -m tests.docs.test_why_picture"


def test_the_third_page_tells_what_the_tool_tells() -> None:
    lines, printed = below("milepost explain C-7"), squeezed(milepost("explain", BUNDLE).out)
    assert len([line for line in lines if line[:2].isdigit()]) >= 7
    assert [line for line in lines if line not in printed] == []


@pytest.mark.parametrize(
    ("asked", "head", "response"),
    [
        (("--event", "1"), "C-7 violated open", "First Response overdue"),
        (("--at", "2026-11-22T11:06:58Z"), "C-7 at risk", "First Response running"),  # 63 minutes after it was opened
    ],
)
def test_what_was_known_and_what_was_true_differ_as_the_third_page_says(
    asked: tuple[str, str], head: str, response: str
) -> None:
    shown = below('milepost case show C-7 --event 1\nmilepost case show C-7 --at "$later"')
    printed = squeezed(milepost("case", "show", BUNDLE, *asked, services=FakeDesk().services()).out)
    assert printed.startswith(head)
    assert response in printed
    assert {head, response} <= set(shown)


def test_the_second_event_is_the_one_that_the_third_page_says() -> None:
    dossier = read_bundle(BUNDLE).dossier
    second = look_back(dossier, event=2).dossier.log[-1]
    assert second.type == "changed"
    assert second.model_dump()["set"] == {"owner": "edda"}


if __name__ == "__main__":
    (WHY / "C-7.svg").write_text(drawn(), "utf-8")
