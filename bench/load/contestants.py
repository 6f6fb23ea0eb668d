"""What a contestant can be asked to do, whoever it is, and its milestones."""

from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from bench.load.processes import Child

HOUR_S = 3600
TARGETS_S = {"First Response": HOUR_S, "Diagnosis": 4 * HOUR_S, "Resolution": 8 * HOUR_S}
"""The milestones of a whole case, and when they are due. None is late while a measure runs."""

DEADLINE = "Response"
"""The one milestone of a case that is only to run into its deadline."""


class Contestant(Protocol):
    """Follows cases. As a context manager it is up, with its worker in a process of its own."""

    name: str
    worker: Child

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def whole(self, record: str) -> None:
        """Open a case, complete its three milestones, close it; each step when the one before is answered.

        One mail goes out, for the last milestone.
        """

    async def open(self, record: str, due_at: datetime) -> None:
        """Open a case with one milestone that is due then; a mail goes out when it is violated."""

    def workflow(self, record: str) -> str:
        """The id of its workflow."""

    def sending(self) -> str:
        """The name of the activity that sends its mails."""

    def stored(self) -> int:
        """Bytes in its own database; 0 if it has none."""
