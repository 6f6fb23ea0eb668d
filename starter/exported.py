"""Exported files on the disk: none that people have written is overwritten, and what an export left behind is found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sla.setup_errors import ForeignFile
from starter.exporting import HEAD
from starter.files import DEFINITIONS, save, writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an export will do to a directory: by paths within it."""

    changed: list[str]
    unchanged: list[str]
    left: list[str]
    """Exported before, and no longer in force."""

    def outcomes(self, *, prune: bool) -> Iterator[tuple[str, str]]:
        """Each file with what becomes of it."""
        yield from ((name, "written") for name in self.changed)
        yield from ((name, "unchanged") for name in self.unchanged)
        yield from ((name, "removed" if prune else "left") for name in self.left)


def plan(directory: Path, files: Mapping[str, str], *, overwrite: bool) -> Plan:
    """Look at what is there. Raises ForeignFile for a file that would be overwritten and that no export has written."""
    changed: list[str] = []
    for name, text in files.items():
        there = _read(directory / name)
        if there == text.encode():
            continue
        if there is not None and not there.startswith(HEAD.encode()) and not overwrite:
            raise ForeignFile(path=str(directory / name))
        changed.append(name)
    unchanged = [name for name in files if name not in changed]
    return Plan(changed=changed, unchanged=unchanged, left=sorted(_left(directory, files)))


def write(directory: Path, files: Mapping[str, str], planned: Plan, *, prune: bool) -> None:
    """Carry it out. Raises UnwritableFile; each file is as it was, or as it is to be."""
    with writing(directory):
        directory.mkdir(parents=True, exist_ok=True)
    for name in planned.changed:
        path = directory / name
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        save(path, files[name].encode())
    for name in planned.left if prune else ():
        path = directory / name
        with writing(path):
            path.unlink()


def _left(directory: Path, files: Mapping[str, str]) -> Iterator[str]:
    for path in directory.rglob("*"):
        name = path.relative_to(directory).as_posix()
        if path.suffix in DEFINITIONS and name not in files and (_read(path) or b"").startswith(HEAD.encode()):
            yield name


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
