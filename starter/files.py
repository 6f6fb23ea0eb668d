"""Files as people name them: paths, directories and `-` for standard input, to texts with a name for messages, and back.

What is in a text is no business of this module.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sla.errors import UnreadableFile
from sla.setup_errors import UnwritableFile

DEFINITIONS = (".yaml", ".yml", ".json")
STDIN = "-"


def name_of(path: Path) -> str:
    """What messages call it."""
    return "<stdin>" if str(path) == STDIN else str(path)


def read_bytes(path: Path) -> bytes:
    """The file's content, or standard input's for `-`. Raises UnreadableFile."""
    try:
        return sys.stdin.buffer.read() if str(path) == STDIN else path.read_bytes()
    except OSError as problem:
        raise UnreadableFile(source=name_of(path), problem=_plainly(problem)) from None


def read_text(path: Path) -> str:
    """The file as text, without a byte-order mark. Raises UnreadableFile, also for what is not UTF-8."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableFile(source=name_of(path), problem=f"byte {problem.start} is not UTF-8") from None


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Within the block the file is written. Raises UnwritableFile."""
    try:
        yield
    except OSError as problem:
        raise UnwritableFile(path=str(path), problem=problem.strerror or str(problem)) from None


def save(path: Path, data: bytes) -> None:
    """Write a file: it is as it was, or whole. Raises UnwritableFile."""
    with writing(path):
        beside = path.with_name(f".{path.name}.new")
        beside.write_bytes(data)
        beside.replace(path)


def definition_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files named, and those with definitions in the directories named, each once, in order.

    Raises UnreadableFile for a directory that holds none.
    """
    seen: set[Path] = set()
    for named in paths:
        for path in _expanded(named):
            if (whole := path.resolve()) not in seen:
                seen.add(whole)
                yield path


def _expanded(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    inside = (file for file in path.rglob("*") if file.suffix in DEFINITIONS and file.is_file())
    files = sorted(file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts))
    if not files:
        raise UnreadableFile(source=str(path), problem=f"the directory holds no {', '.join(DEFINITIONS)} file")
    return files


def _plainly(problem: OSError) -> str:
    text = problem.strerror or str(problem)
    return text[:1].lower() + text[1:]
