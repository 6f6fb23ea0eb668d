"""SVG as text: elements with their attributes escaped, and words that fit. Knows nothing of what is drawn."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import escape, quoteattr

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DIRECTING: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_WIDE: Final = frozenset("WF")
_PER_CHARACTER: Final = 0.58
"""Of the font's size: as much as letters of a rather wide sans-serif take on average."""
STRONG: Final = 1.12
"""How much wider words are in bold."""


def plain(words: object) -> str:
    """Words that may stand in XML on one line: what it cannot hold, and what turns the direction of others, is left out."""
    return " ".join(_DIRECTING.sub("", _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", str(words))).split())


def tag(name: str, *children: str, **attributes: object) -> str:
    """An element. `class_` is `class`, `text_anchor` is `text-anchor`; None leaves an attribute out; children are markup."""
    given = "".join(f" {_name(key)}={quoteattr(_value(value))}" for key, value in attributes.items() if value is not None)
    return f"<{name}{given}>{''.join(children)}</{name}>" if children else f"<{name}{given}/>"


def words(said: object, **attributes: object) -> str:
    """An element `text`."""
    return tag("text", escape(plain(said)), **attributes)


def named(name: str, said: object, **attributes: object) -> str:
    """An element that holds only words: `title` or `desc`, which are read out and shown when pointed at."""
    return tag(name, escape(plain(said)), **attributes)


def path(steps: str, **attributes: object) -> str:
    """An element `path`."""
    return tag("path", d=steps, **attributes)


def group(children: Iterable[str], **attributes: object) -> str:
    """An element `g`."""
    return tag("g", *children, **attributes)


def at(x: float, y: float) -> str:
    """The value of `transform` that moves to a place."""
    return f"translate({number(x)} {number(y)})"


def number(value: float) -> str:
    """A length, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def width_of(said: str, size: float) -> float:
    """About how wide words are set in a font of that size."""
    return size * sum(1.0 if unicodedata.east_asian_width(one) in _WIDE else _PER_CHARACTER for one in said)


def fitted(said: str, size: float, most: float) -> str:
    """Words cut to a width, with an ellipsis if they were."""
    said = plain(said)
    if width_of(said, size) <= most:
        return said
    while said and width_of(f"{said}…", size) > most:
        said = said[:-1]
    return f"{said.rstrip()}…"


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-") if key not in ("viewBox",) else key


def _value(value: object) -> str:
    return number(value) if isinstance(value, float) else plain(value)
