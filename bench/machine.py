"""The machine on which the figures were taken, named so that others can compare: never its name, its user or a path."""

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from runtime.processes import cores

COMPARED = ("temporalio", "pandas", "businesstimedelta", "apscheduler", "dbos", "uvloop")
GIB = 2**30


def describe() -> dict[str, str]:
    """What matters for the figures, by name, in the order in which it is shown."""
    return {
        "CPU": f"{_cpu()}, {cores()} cores for us",
        "memory": f"{_memory_gib():.0f} GiB",
        "load before": f"{os.getloadavg()[0]:.1f} (programs that wanted a core in the last minute)",
        "system": _system(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "Temporal server": _temporal(),
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": _postgres(),
        **{name: _installed(name) for name in COMPARED},
    }


def _cpu() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB


def _system() -> str:
    with suppress(OSError):
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {platform.machine()}"
    return f"{platform.system()} {platform.machine()}"


def _temporal() -> str:
    return _says(Path(sys.executable).parent / "temporal", "--version").removeprefix("temporal version ")


def _postgres() -> str:
    for program in _postgres_programs():
        return _says(program, "--version").removeprefix("postgres (PostgreSQL) ")
    return "none"


def _postgres_programs() -> Iterator[Path]:
    """The server on the PATH, else the newest where Debian keeps them."""
    if found := shutil.which("postgres"):
        yield Path(found)
    places = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    yield from sorted(places, key=lambda place: place.parts[-3].zfill(4), reverse=True)


def _says(program: Path, word: str) -> str:
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run([program, word], capture_output=True, text=True, timeout=10, check=True)
        return done.stdout.strip()
    return "none"


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
