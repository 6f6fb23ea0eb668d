"""Texts that a process file spells: a mail's subject, a chat message, a task's subject."""

import hashlib
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from activities.actions.view import NAMES
from activities.sandbox import check_line

MAX_LINE: Final = 250
MAX_ID: Final = 200


def _readable(text: str) -> str:
    return check_line(text, NAMES)


def one_line(text: str) -> str:
    """A text as one line: every kind of line break and control character gives way to a space."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(shown.split())
    return line if len(line) <= MAX_LINE else f"{line[: MAX_LINE - 1].rstrip()}…"


Line = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_readable)]
"""A line of text; may insert values of the view (`activities.actions.view`), as in `{{ record.id }}`."""
Message = Annotated[str, Field(min_length=1, max_length=5_000), AfterValidator(_readable)]
"""Some lines of text; the same."""


def event_id(key: str) -> str:
    """An action's key as an event's id, which has at most 200 characters: a longer key ends in its digest."""
    return key if len(key) <= MAX_ID else f"{key[: MAX_ID - 33].rstrip()}-{hashlib.sha256(key.encode()).hexdigest()[:32]}"
