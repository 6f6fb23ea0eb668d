"""Whoever reads a page of the documentation: `milepost dev` in one terminal, each of its other blocks in a shell."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from runtime.ports import free_port
from tests.docs.pages import DOCS, ROOT, Block, blocks

PATIENCE_S = 60
WHOLE_PAGE_S = 1500
"""Only so that it ends."""
BIN = Path(sys.executable).parent
READER = """
set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body --noproxy '*' "$@"; echo; }
"""
"""Whoever reads would stop at a refusal."""
OF_TODAY = re.compile(r"\d{4}-\d\d-\d\d|\b\d\d:\d\d:\d\d\b")

needs_a_shell = pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="needs bash and curl")


def typed(page: str) -> list[Block]:
    """What a page has typed, in its order; the first block starts the service."""
    return [block for block in blocks("sh") if block.page == DOCS / page]


class Reader:
    """Somebody in a directory of their own, with the files that the page names."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for name in ("docs", "examples"):
            (directory / name).symlink_to(ROOT / name)
        temporal, self.http = free_port(), free_port()
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("MILEPOST_", "TEMPORAL_"))},
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "COLUMNS": "160",
            "TEMPORAL_ADDRESS": f"127.0.0.1:{temporal}",
        }
        self._ports = {"TEMPORAL": temporal, "UI": free_port(), "MAIL": free_port(), "HTTP": self.http}

    @contextmanager
    def first_terminal(self, dev: Block) -> Iterator[None]:
        """What a page's first block starts, on free ports, until ours ends."""
        ports = {f"MILEPOST_{name}_PORT": str(port) for name, port in self._ports.items()}
        log = self.directory / "dev.log"
        with log.open("wb") as out:
            words = dev.text.split()
            process = subprocess.Popen(words, env=self.environ | ports, cwd=self.directory, stdout=out, stderr=out)
        try:
            until = time.monotonic() + PATIENCE_S
            while b"dev_ready" not in log.read_bytes():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_S)

    def types(self, scripts: list[str]) -> list[str]:
        """What each of these prints, typed one after the other into one shell."""
        mark = "=== the next block"
        script = READER + "".join(f"echo '{mark}'\n{one}" for one in scripts)
        ran = subprocess.run(
            ["bash", "-c", script.replace("127.0.0.1:8080", f"127.0.0.1:{self.http}")],
            env=self.environ, cwd=self.directory, capture_output=True, text=True, timeout=WHOLE_PAGE_S, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
        return ran.stdout.split(f"{mark}\n")[1:]


def promised(block: Block) -> list[str]:
    """What the page shows below a block and is so on any day; of a line that is cut off, its beginning."""
    shown = block.next
    if shown is None or shown.language != "text":
        return []
    return [
        squeezed(line).removesuffix("…") for line in shown.text.splitlines() if line != "…" and not OF_TODAY.search(line)
    ]


def squeezed(text: str) -> str:
    return " ".join(text.split())


def missing(page: Sequence[Block], printed: Sequence[str]) -> dict[str, list[str]]:
    """The lines that a page shows below its blocks and that were not printed, by block; there should be none."""
    pairs = [(block.name, promised(block), squeezed(out)) for block, out in zip(page, printed, strict=True)]
    return {name: absent for name, lines, out in pairs if (absent := [one for one in lines if one not in out])}
