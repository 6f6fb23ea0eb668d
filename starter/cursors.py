"""Cursors: where the next page of a list begins, as a text that is handed back as it was.

It says also of which list it is (sort and filters), so that one that is handed to another list is refused. It holds nothing
that its reader has not seen, and hence needs no signature; whoever writes one by hand gets a page of the same records.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sla.api_errors import InvalidCursor
from sla.instants import to_instant, to_text
from store.pages import Position


def write_cursor(position: Position, listed: Mapping[str, object]) -> str:
    """The text of a position in the list of these sort and filters."""
    deadline, opened_at, record = position
    data = [_of(listed), None if deadline is None else to_text(deadline), to_text(opened_at), record]
    return base64.urlsafe_b64encode(json.dumps(data, separators=(",", ":")).encode()).rstrip(b"=").decode()


def read_cursor(text: str, listed: Mapping[str, object]) -> Position:
    """The position in this list. Raises InvalidCursor."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        data: Any = json.loads(raw)
        of, deadline, opened_at, record = data
        position = Position(None if deadline is None else to_instant(deadline), to_instant(opened_at), record)
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise InvalidCursor from None
    if of != _of(listed) or not isinstance(record, str) or not record.isprintable():
        raise InvalidCursor
    return position


def _of(listed: Mapping[str, object]) -> str:
    """What tells one list from another; its parts in any order, and a filter that is None is none."""
    said = {name: value for name, value in listed.items() if value is not None}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]
