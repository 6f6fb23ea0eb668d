"""Who asks for something, through which door: what the audit log says of every change."""

from dataclasses import dataclass
from typing import Literal

Door = Literal["cli", "api", "hook", "worker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody, or a program. `name` is a person's or a key's, never a secret; `request_id` is the door's own."""

    name: str
    door: Door
    request_id: str | None = None
