"""The documentation as it is written: pages, their sections, tables, fenced blocks and inline code."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = (
    ROOT / "README.md",
    ROOT / "ARCHITECTURE.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "examples" / "README.md",
    *sorted(DOCS.rglob("*.md")),
)

_FENCE = re.compile(r"^```(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_OPERATORS = {"|", "||", "&&", ";", "&"}
_FILES = {">", ">>", "<"}
"""What stands after these is a file."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block: `language` and what stands behind it, such as `yaml` and `action`; and the block that follows it."""

    page: Path
    language: str
    part: str
    text: str
    next: "Block | None" = None

    @property
    def name(self) -> str:
        """For the names of tests: the page, and how the block begins."""
        return f"{called(self.page)}: {self.text.strip().splitlines()[0][:50]}"


def called(page: Path) -> str:
    """A page as people call it."""
    return page.relative_to(ROOT).as_posix()


def text(page: str) -> str:
    """A page of the reference, such as `errors`."""
    return (DOCS / f"{page}.md").read_text("utf-8")


def blocks(*languages: str) -> list[Block]:
    """All fenced blocks of these languages, on all pages."""
    return [block for page in PAGES for block in _blocks(page) if block.language in languages]


def _blocks(page: Path) -> list[Block]:
    found: list[Block] = []
    following: Block | None = None
    for match in reversed(list(_FENCE.finditer(page.read_text("utf-8")))):
        language, _, part = match[1].strip().partition(" ")
        following = Block(page=page, language=language, part=part, text=match[2], next=following)
        found.insert(0, following)
    return found


def inline(page_text: str) -> Iterator[str]:
    """What stands in `backticks` outside of fenced blocks."""
    for match in _CODE.finditer(_FENCE.sub("", page_text)):
        yield match[1]


def rows(page_text: str, heading: str) -> list[list[str]]:
    """The cells of every table whose first heading is this one, without their own heading."""
    found: list[list[str]] = []
    inside = False
    for line in page_text.splitlines():
        cells = [cell.strip() for cell in line.strip()[1:-1].split("|")] if line.startswith("|") else []
        if not cells:
            inside = False
        elif cells[0] == heading:
            inside = True
        elif inside and not line.startswith("|---"):
            found.append(cells)
    return found


def names(cell: str) -> list[str]:
    """What a cell names in backticks."""
    return _CODE.findall(cell)


def section(page_text: str, heading: str) -> str:
    """What stands below a heading, up to the next of its kind or above."""
    level = heading.split(" ", 1)[0]
    begin = re.search(rf"^{re.escape(heading)}$", page_text, re.MULTILINE)
    if begin is None:
        return ""
    rest = page_text[begin.end() :]
    end = re.search(rf"^#{{1,{len(level)}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def commands(script: str) -> Iterator[list[str]]:
    """The simple commands of a shell block, as words; those of functions that it defines are left out."""
    for line in script.replace("\\\n", " ").splitlines():
        if "() {" in line:
            continue
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
        lexer.whitespace_split = True
        command: list[str] = []
        to_file = False
        for word in lexer:
            if to_file or word in _FILES:
                to_file = not to_file
            elif word in _OPERATORS:
                yield command
                command = []
            else:
                command.append(word)
        if command:
            yield command
