"""Progress bars for long work: on standard error, and only where somebody watches."""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

LONG = 100
"""Items from which a bar is worth its flicker."""


def progress(title: str) -> Callable[[Sequence[Item]], Iterator[Item]]:
    """Passes on items one by one while a bar shows how far they have come."""

    def pass_on(items: Sequence[Item]) -> Iterator[Item]:
        if len(items) < LONG or not sys.stderr.isatty():
            yield from items
            return
        from rich.console import Console  # noqa: PLC0415 - takes time that most commands do not need
        from rich.progress import track  # noqa: PLC0415

        yield from track(items, description=title, console=Console(stderr=True), transient=True)

    return pass_on
