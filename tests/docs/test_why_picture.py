"""The picture on the third page is what the tool draws of the case that the page runs, as it went once."""

from pathlib import Path

from starter.bundles import read_bundle
from starter.pictures.timeline import picture
from starter.stories.telling import told
from tests.docs.pages import DOCS

WHY = DOCS / "why"


def drawn() -> str:
    return picture(told(read_bundle(Path(WHY / "C-7.mpb")).dossier), alone=True) + "\n"


def test_the_third_page_shows_what_the_tool_draws() -> None:
    assert (WHY / "C-7.svg").read_text("utf-8") == drawn(), "draw it anew: python -m tests.docs.test_why_picture"


if __name__ == "__main__":
    (WHY / "C-7.svg").write_text(drawn(), "utf-8")
