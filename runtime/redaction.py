"""Takes out of a log line what may not be in it: secrets, by the name of their field, and e-mail addresses.

It is a net and not a licence: what is never handed to a logger cannot slip through. Pure; imports no logging.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

HIDDEN = "[redacted]"
ADDRESS = "[address]"

_SECRET_KEY = re.compile(r"passw|secret|authorization|token|api_?key|cookie|credential|signature", re.IGNORECASE)
# The lengths are bounds of RFC 5321; without bounds a long line without a match costs quadratic time.
_ADDRESS = re.compile(r"[^\s@<>()\[\]{},;:\"'=/]{1,64}@[^\s@<>()\[\]{},;:\"'=/]{1,190}\.[^\s@<>()\[\]{},;:\"'=/.]{1,63}")
_URL_PASSWORD = re.compile(r"://[^\s/@:]{0,64}:[^\s/@]{1,190}@")
_ACCESS_KEY = re.compile(r"\b(mp_[0-9a-f]{12}_)[A-Za-z0-9_-]{20,}")  # starter/access/tokens.py
_JSON_WEB_TOKEN = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}")


def redact(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: the line with secrets and addresses replaced, at any depth."""
    return {key: HIDDEN if _SECRET_KEY.search(key) else clean(value) for key, value in line.items()}


def clean(value: object) -> Any:
    """The value in JSON's kinds, with addresses and credentials in its texts replaced.

    What is neither a number nor a collection becomes its text first: addresses hide in exceptions too.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): HIDDEN if _SECRET_KEY.search(str(key)) else clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [clean(item) for item in value]
    return _clean_text(repr(value) if isinstance(value, BaseException) else str(value))


def _clean_text(text: str) -> str:
    if "://" in text:
        text = _URL_PASSWORD.sub(f"://{HIDDEN}@", text)
    if "@" in text:
        text = _ADDRESS.sub(ADDRESS, text)
    if "mp_" in text:
        text = _ACCESS_KEY.sub(rf"\1{HIDDEN}", text)
    if "eyJ" in text:
        text = _JSON_WEB_TOKEN.sub(HIDDEN, text)
    return _BEARER.sub(rf"\1 {HIDDEN}", text)
