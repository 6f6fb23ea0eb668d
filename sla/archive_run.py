"""What the keeper of the archive is told of a run, and what it hands over: values only."""

from dataclasses import dataclass
from typing import Final, Literal

from sla.histories import RunKept

RunState = Literal["waiting", "stored", "lost"]
"""Of a run in the archive. Lost: Temporal had forgotten it before it could be stored."""

ANY: Final = ""
"""In the place of a run's id: whatever runs of the record Temporal knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run to look at. `looks`: how often that was done in vain since there was a reason to."""

    record: str
    run_id: str
    state: RunState = "waiting"
    looks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many records came onto the list, and after which one to go on; None: there are no more."""

    added: int
    last: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedRun:
    """A run ready to be stored: what is known about it, and its history's canonical text: its size, and compressed."""

    about: RunKept
    size: int
    body: bytes
