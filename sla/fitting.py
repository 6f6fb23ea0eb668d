"""Texts that Temporal is shown, cut to what it takes: what it refuses would hold a case up for ever. Pure.

The limits are those of a server as it comes: 400 bytes for the payload of a summary, 2 KB for a search attribute's value,
1,000 bytes for an id; and PostgreSQL keeps 255 characters of a keyword. What fits is left as it is.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Final

SUMMARY_BYTES: Final = 200
"""Of a summary, as JSON: encrypted, and with the longest id that a key may have, its payload is within 400 bytes."""
KEYWORD_CHARACTERS: Final = 255
KEYWORD_BYTES: Final = 2_000
"""Of a search attribute's value, as JSON in ASCII, which is how it goes to the server."""
ID_BYTES: Final = 1_000
_DIGITS: Final = 32
"""Of the digest that tells apart ids which had to be cut."""


def summary(text: str) -> str:
    """A summary of a workflow, a timer or an activity."""
    return _cut(text, lambda some: len(json.dumps(some, ensure_ascii=False).encode(errors="replace")) <= SUMMARY_BYTES)


def keyword(text: str) -> str:
    """The value of a search attribute."""
    return _cut(text, lambda some: len(some) <= KEYWORD_CHARACTERS and len(json.dumps(some)) <= KEYWORD_BYTES)


def activity_id(key: str) -> str:
    """An id of an activity; one that is cut ends in a digest of the whole."""
    if len(key.encode()) <= ID_BYTES:
        return key
    return key.encode()[: ID_BYTES - _DIGITS].decode(errors="ignore") + sha256(key.encode()).hexdigest()[:_DIGITS]


def _cut(text: str, fits: Callable[[str], bool]) -> str:
    """The text, or as much of its beginning as fits with an ellipsis after it."""
    if fits(text):
        return text
    fitting, too_long = 0, len(text)
    while too_long - fitting > 1:
        middle = (fitting + too_long) // 2
        fitting, too_long = (middle, too_long) if fits(f"{text[:middle]}…") else (fitting, middle)
    return f"{text[:fitting]}…"
