"""Where the command line writes: results to standard output, everything else to standard error.

With `--json` standard output holds JSON only, in UTF-8 whatever the terminal speaks, since it is read by programs.
"""

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def as_json(value: Any) -> str:
    """A value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write_json(values: Iterable[Any]) -> None:
    """Write JSON Lines."""
    sys.stdout.flush()
    sys.stdout.buffer.writelines(f"{as_json(value)}\n".encode() for value in values)
    sys.stdout.buffer.flush()


def remark(text: str) -> None:
    """Say something beside the result."""
    print(text, file=sys.stderr)  # noqa: T201 - standard error is where this belongs


def console() -> "Console":
    """A terminal for people. Its width is that of the terminal, and wide enough for a table where there is none."""
    from rich.console import Console  # noqa: PLC0415 - takes time that `--json` does not need

    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=160)


def is_live(screen: "Console") -> bool:
    """Whether what is on this screen can be drawn again: a terminal, and not only something in colour."""
    return screen.is_terminal and not screen.is_dumb_terminal and screen.file.isatty()
