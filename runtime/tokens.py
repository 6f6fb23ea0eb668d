"""Who may ask: names with their tokens, and how a token is recognised without telling how much of it was right.

Written as `name:token`, separated by commas, spaces or lines. The name is who was served, in the log. What is refused is
named by its place, never by its text.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from hashlib import sha256

TOKEN_AT_LEAST = 24
"""Characters, of a token that nobody guesses."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")  # RFC 6750, section 2.1


def read_tokens(text: str) -> dict[str, str]:
    """Tokens by the names of those who have them. Raises ValueError with the place of what is wrong."""
    tokens: dict[str, str] = {}
    for place, word in enumerate((word for word in re.split(r"[\s,]+", text) if word), 1):
        name, colon, token = word.partition(":")
        if not colon or not _NAME.fullmatch(name):
            raise ValueError(f"token {place} has no name: it is written name:token")
        if len(token) < TOKEN_AT_LEAST or not _TOKEN.fullmatch(token):
            raise ValueError(f"token {place} must have at least {TOKEN_AT_LEAST} letters, digits or ._~+/=-")
        if name in tokens:
            raise ValueError(f"token {place} has the name of another")
        tokens[name] = token
    return tokens


class Doorkeeper:
    """Knows who may come in; of their tokens it keeps digests only."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._digests = {name: _digest(token) for name, token in tokens.items()}

    def who(self, authorization: str | None) -> str | None:
        """The name behind an `Authorization` header: `Bearer token`, or `Basic` with name and token, as browsers send it."""
        scheme, _, given = (authorization or "").partition(" ")
        match scheme.lower():
            case "bearer":
                return self._named(given.strip())
            case "basic":
                name, token = _pair(given.strip())
                return name if self._named(token) == name else None
        return None

    def _named(self, token: str) -> str | None:
        given, found = _digest(token), None
        for name, digest in self._digests.items():  # all of them, always
            if hmac.compare_digest(given, digest):
                found = name
        return found


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _pair(credentials: str) -> tuple[str, str]:
    try:
        name, _, token = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return name, token
