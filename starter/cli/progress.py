"""Progress bars for long work: on standard error, and only where somebody watches."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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


@contextmanager
def counting(title: str, total: int | None) -> Iterator[Callable[[], None]]:
    """A bar for work that comes one by one; what is handed out is called for each. None: nobody knows how many there are."""
    if not sys.stderr.isatty() or (total is not None and total < LONG):
        yield lambda: None
        return
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shared = sys.stdout.isatty()  # else what is told meanwhile would go to the terminal, and not where it is sent
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=shared) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def advancing(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for work that comes in parts; what is handed out is told how many of how many are done."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
