"""A real browser without a window: what it says of a page, and what it paints. None here: tests are skipped and say so."""

import re
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FOUND = next((path for path in map(shutil.which, _NAMES) if path), None)
PATIENCE_S = 120

needs_chromium = pytest.mark.skipif(FOUND is None, reason="needs Chromium on the path: apt-get install chromium")


class Browser:
    """Chromium with a profile of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def _run(self, *options: str, page: Path | str) -> subprocess.CompletedProcess[str]:
        assert FOUND is not None
        always = (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
            "--no-first-run",
        )
        logged = ("--enable-logging=stderr", "--v=0", f"--user-data-dir={self.directory / 'profile'}")
        ran = subprocess.run(
            [FOUND, *always, *logged, *options, page if isinstance(page, str) else page.as_uri()],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
        return ran

    def complaints(self, page: Path | str) -> list[str]:
        """What its console says of a page."""
        ran = self._run("--dump-dom", page=page)
        return [line for line in ran.stderr.splitlines() if ":CONSOLE:" in line or "CONSOLE(" in line]

    def dom(self, page: Path) -> str:
        """The page as it is after all has been loaded and run."""
        return self._run("--dump-dom", page=page).stdout

    def painted(
        self, page: Path | str, *, dark: bool = False, width: int = 800, height: int = 640
    ) -> dict[tuple[int, int, int], int]:
        """How many pixels it has of each colour."""
        shot = self.directory / "shot.png"
        scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        self._run(scheme, f"--screenshot={shot}", f"--window-size={width},{height}", page=page)
        counts: dict[tuple[int, int, int], int] = {}
        for colour in _pixels(shot.read_bytes()):
            counts[colour] = counts.get(colour, 0) + 1
        return counts

    def printed(self, page: Path) -> int:
        """How many pages it has on paper."""
        pdf = self.directory / "page.pdf"
        self._run("--no-pdf-header-footer", f"--print-to-pdf={pdf}", page=page)
        return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf.read_bytes()))


def rgb(colour: str) -> tuple[int, int, int]:
    """`#bfd5ee` as numbers."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _pixels(png: bytes) -> Iterator[tuple[int, int, int]]:
    """The pixels of a PNG of 8 bits and three or four channels (RFC 2083, section 6)."""
    width, height, depth, kind = int.from_bytes(png[16:20]), int.from_bytes(png[20:24]), png[24], png[25]
    channels = {2: 3, 6: 4}[kind]
    assert depth == 8
    at, data = 8, b""
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    lines, stride = zlib.decompress(data), width * channels
    before = bytearray(stride)
    for row in range(height):
        begin = row * (stride + 1)
        before = _unfiltered(lines[begin], bytearray(lines[begin + 1 : begin + 1 + stride]), before, channels)
        yield from zip(before[0::channels], before[1::channels], before[2::channels], strict=True)


def _unfiltered(kind: int, line: bytearray, above: bytearray, channels: int) -> bytearray:
    for place in range(len(line)) if kind else ():
        left = line[place - channels] if place >= channels else 0
        corner = above[place - channels] if place >= channels else 0
        up = above[place]
        guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
        line[place] = (line[place] + guess) & 255
    return line


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))
