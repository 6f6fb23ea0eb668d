"""What the checks of `milepost doctor` look at."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from store.soundness import Soundness

if TYPE_CHECKING:
    from temporalio.client import Client

    from runtime.settings import Settings
    from starter.temporal_view import TemporalView

Connect = Callable[[], Awaitable["Client"]]
Now = Callable[[], datetime]


@dataclass(kw_only=True)
class Patient:
    """An installation. `temporal` is there once its own check has reached the server; those that need it come after."""

    settings: "Settings"
    store: Soundness
    connect: Connect
    now: Now
    temporal: "TemporalView | None" = None

    @property
    def server(self) -> "TemporalView":
        """The Temporal server that was reached."""
        assert self.temporal is not None  # noqa: S101 - whoever asks needs the check that reaches it
        return self.temporal
