"""The page in a real browser: it complains of nothing, paints its picture light and dark, fits a telephone, and prints."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sla.story import Story
from starter.pictures.look import DARK, LIGHT
from starter.stories.page import page, policy
from starter.stories.telling import told
from tests.starter.stories.browser import Browser, needs_chromium, rgb
from tests.starter.stories.easter import dossier
from tests.starter.stories.test_page import hostile

pytestmark = needs_chromium


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


def written(directory: Path, whole: Story) -> Path:
    path = directory / "story.html"
    path.write_text(page(whole), "utf-8")
    return path


@contextmanager
def serving(text: str, headers: dict[str, str]) -> Iterator[str]:
    """A server on loopback with one page; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/"
            self.send_response(200 if found else 204)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode() if found else b"")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_the_browser_complains_of_nothing(browser: Browser, tmp_path: Path) -> None:
    assert browser.complaints(written(tmp_path, told(dossier()))) == []
    assert browser.complaints(written(tmp_path, hostile())) == []


def test_nor_does_it_where_the_api_serves_it(browser: Browser) -> None:
    with serving(page(told(dossier())), {"Content-Security-Policy": policy("frame-ancestors 'none'", "sandbox")}) as address:
        assert browser.complaints(address) == []
        assert browser.painted(address)[rgb(LIGHT["open"])] > 100


def test_it_would_be_heard_if_it_did(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "other.html"
    path.write_text(page(told(dossier())).replace("</main>", "<p style='color:red'>x</p></main>"), "utf-8")
    assert any("Content Security Policy" in line for line in browser.complaints(path))


@pytest.mark.parametrize(("dark", "palette"), [(False, LIGHT), (True, DARK)], ids=["light", "dark"])
def test_the_picture_is_painted_in_the_colours_of_the_screen(
    browser: Browser, tmp_path: Path, dark: bool, palette: dict[str, str]
) -> None:
    painted = browser.painted(written(tmp_path, told(dossier())), dark=dark)
    assert max(painted, key=lambda colour: painted[colour]) == rgb(palette["paper"])
    for name, least in (("open", 100), ("wash", 2_000), ("good", 50), ("bad", 50), ("ink", 200)):
        assert painted.get(rgb(palette[name]), 0) >= least, name


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("told_of", ["easter", "hostile"])
def test_nothing_sticks_out_at_the_side(browser: Browser, tmp_path: Path, width: int, told_of: str) -> None:
    text = page(hostile() if told_of == "hostile" else told(dossier()))
    measure = "document.title = this.contentDocument.documentElement.scrollWidth"
    frame = tmp_path / "frame.html"
    framed = (
        f'<iframe width="{width}" height="800" style="border:0" onload="{measure}" srcdoc="{html.escape(text)}"></iframe>'
    )
    frame.write_text(f"<!DOCTYPE html>{framed}", "utf-8")
    title = re.search(r"<title>(\d+)</title>", browser.dom(frame))
    assert title is not None
    assert int(title[1]) <= width


def test_it_prints_on_a_few_pages(browser: Browser, tmp_path: Path) -> None:
    assert 2 <= browser.printed(written(tmp_path, told(dossier()))) <= 6
