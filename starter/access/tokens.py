"""What an access key looks like: `mp_<id>_<secret>`. The id is public and names it; of the secret only a hash is kept.

The secret is 256 random bits. One round of SHA-256 is enough for it: slow hashes are for passwords, which people choose and
others guess; nobody guesses 2^256, and a slow hash on each request would serve only those who want to keep the API busy.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

PREFIX: Final = "mp_"
"""So that scanners for leaked secrets, and people, know one when they see it."""

ID_BYTES: Final = 6
SECRET_BYTES: Final = 32

_KEY = re.compile(r"mp_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyText:
    """A key in its two parts. Not shown by accident: its repr has no secret."""

    id: str
    secret: str

    def __repr__(self) -> str:
        return f"KeyText(id={self.id!r})"

    @property
    def written(self) -> str:
        """As its holder sends it."""
        return f"{PREFIX}{self.id}_{self.secret}"

    @property
    def hash(self) -> str:
        """What is kept of the secret."""
        return sha256(self.secret.encode()).hexdigest()

    def fits(self, kept: str | None) -> bool:
        """Whether this hash is of the secret; takes as long if there is none, or if it is of another."""
        return hmac.compare_digest(self.hash, kept if kept is not None else _NONE) and kept is not None


_NONE: Final = "0" * 64


def new_key(drawn: bytes) -> KeyText:
    """A key made of `ID_BYTES + SECRET_BYTES` random bytes."""
    secret = urlsafe_b64encode(drawn[ID_BYTES : ID_BYTES + SECRET_BYTES]).rstrip(b"=").decode()
    return KeyText(id=drawn[:ID_BYTES].hex(), secret=secret)


def read_key(token: str) -> KeyText | None:
    """The key that this text is; None if it is something else."""
    found = _KEY.fullmatch(token)
    return None if found is None else KeyText(id=found[1], secret=found[2])
