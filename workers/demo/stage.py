"""Where the demo is performed: a directory, a log and signals of its own, all of which are gone afterwards."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from runtime.logs import configure
from runtime.settings import Settings
from runtime.signals import stop_on_signals
from workers.demo.performance import Performance
from workers.demo.picture import WIDTH, is_live
from workers.demo.scaling import Pace

GRACE_S = 10
"""How long the demo's worker may take to finish, in seconds; all that it speaks with is at hand."""

LOG_TAIL = 20
"""Lines of the service's log that are shown if a promise was broken."""

INTERRUPTED = 130


async def run_demo(settings: Settings, *, pace: Pace | None = None, screen: Console | None = None) -> int:
    """Run the demo; 0 if everything was as promised, 1 if not, 130 if it was interrupted by SIGINT or SIGTERM.

    Of `settings` only the look of the log counts: no database, server or port of theirs is touched. Raises
    ServiceUnavailable if the local Temporal server does not start, UnreadableFile without `examples/`.
    """
    screen = screen or _screen()
    with stop_on_signals() as stopping, tempfile.TemporaryDirectory(prefix="milepost-demo-") as kept:
        own = _settings(settings, Path(kept))
        log = Path(kept) / "demo.log"
        with log.open("w", encoding="utf-8") as stream, configure(own, stream):
            broken = await _unless(stopping, Performance(screen, own, pace or Pace()))
        if broken is None:
            screen.print("Interrupted; nothing was left behind.")
            return INTERRUPTED
        _show_log(screen, log if broken else None)
        return 1 if broken else 0


async def _unless(stopping: asyncio.Event, performance: Performance) -> list[str] | None:
    """The promises that were broken; None if it was stopped before its end."""
    playing = asyncio.create_task(performance.run())
    interrupted = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait((playing, interrupted), return_when=asyncio.FIRST_COMPLETED)
        return playing.result() if playing.done() else None
    finally:
        for task in (playing, interrupted):
            task.cancel()
        await asyncio.gather(playing, interrupted, return_exceptions=True)


def _screen() -> Console:
    found = Console(highlight=False)
    return found if is_live(found) else Console(highlight=False, width=WIDTH)


def _settings(settings: Settings, directory: Path) -> Settings:
    return Settings(
        data_dir=directory,
        temporal_port=0,
        mail_port=0,
        graceful_shutdown_s=GRACE_S,
        log_level="warning",
        log_format=settings.log_format,
    )


def _show_log(screen: Console, log: Path | None) -> None:
    lines: Sequence[str] = log.read_text(encoding="utf-8").splitlines()[-LOG_TAIL:] if log is not None else ()
    if lines:
        screen.print("\nThe end of the service's log:", *map(escape, lines), sep="\n", soft_wrap=True)
