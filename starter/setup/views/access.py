"""Access keys, as the doors show them."""

from typing import Literal

from pydantic import Field

from sla.access import Right, Role
from sla.instants import Instant
from starter.views import View


class KeyView(View):
    """A key; what opens the door is not in it. `scopes` empty: all rights of its role. `used_at` is to the minute."""

    id: str
    name: str
    role: Role
    scopes: tuple[Right, ...]
    state: Literal["valid", "expired", "revoked"]
    created_at: Instant
    created_by: str
    expires_at: Instant | None
    revoked_at: Instant | None
    used_at: Instant | None


class NewKey(KeyView):
    """A key that was just made: `key` is the whole of it, shown this once."""

    key: str = Field(repr=False)
