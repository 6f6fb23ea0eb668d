"""Taking a person's name and addresses out of texts, by digests of them: what is forgotten is not kept to be recognised.

A spelling is put into a normal form (letters alike whatever their case and accents, words apart from what stands between
them) and kept as a keyed digest. A text is taken apart in the same way, and what has such a digest is replaced. Who has the
digests and a guess can test the guess; nobody can read a name out of them. Pure.
"""

import hmac
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from sla.dossier import Kept
from sla.instants import Instant

ERASED: Final = "[erased]"
"""What stands in the place of a name or an address."""

ADDRESS: Final = 0
"""The number of words of a spelling that is an address."""

GAP: Final = 3
"""Characters that may stand between two words of a name, as in `Grey,  Jo`; blanks, as many as there are."""

PLAIN: Final = 2
"""The normal form of today, which has no accents. That of 1 had them; digests in it are still compared."""

_WORD: Final = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
_ADDRESS: Final = re.compile(r"[\w.+%'’-]+(?:@|%40)\w[\w-]*(?:\.[\w-]+)*")
_EDGES: Final = ".+%'’-_"
_TAG: Final = re.compile(r"\+[^@]*@")
_ACCENTS: Final = re.compile(r"[\u0300-\u036f]+")
_BLANKS: Final = re.compile(r"%20|&nbsp;|&#160;|&#xa0;", re.IGNORECASE)
"""What pages and links write for a blank."""
_REMEMBERED: Final = 50_000


class Spelling(Kept):
    """A digest of what is to be forgotten: of a name of so many words, or of an address (0), in a normal form (`PLAIN`)."""

    words: int
    digest: str
    form: int = 1


class Erased(Kept):
    """What one erasure has taken out: the key of its digests, and these. `at`: when that was."""

    at: Instant
    salt: str
    spellings: tuple[Spelling, ...]


def spellings_of(salt: str, names: Iterable[str], addresses: Iterable[str]) -> tuple[Spelling, ...]:
    """The digests of names, each also with its last word first, and of addresses.

    Raises ValueError for a name without a word of two letters.
    """
    found: dict[Spelling, None] = {}
    for name in names:
        words = [_normal(word) for word in _WORD.findall(name)]
        if not any(len(word) > 1 for word in words):
            raise ValueError(f"'{name}' is too short to be told from other words; write a word of two letters at least")
        for order in (" ".join(words), f"{words[-1]}, {' '.join(words[:-1])}"):
            found[Spelling(words=len(words), digest=_digest(salt, order), form=PLAIN)] = None
    for address in addresses:
        found[Spelling(words=ADDRESS, digest=_digest(salt, _plain_address(address)), form=PLAIN)] = None
    return tuple(found)


def hints_of(names: Iterable[str], addresses: Iterable[str]) -> frozenset[str]:
    """A word of each spelling: a text that has none of them need not be looked at. For the erasure itself, never kept."""
    whole = [*names, *(_TAG.sub("@", address).partition("@")[0] or address for address in addresses)]
    return frozenset(max(map(_normal, _WORD.findall(one)), key=len, default="@") for one in whole)


@dataclass(frozen=True, slots=True)
class _Key:
    salt: str
    form: int
    sizes: tuple[int, ...]
    digests: frozenset[str]


class Names:
    """Knows by digests what is to be forgotten, and takes it out of texts and of JSON values."""

    def __init__(self, erased: Sequence[Erased], hints: frozenset[str] = frozenset(), *, keep: str = "") -> None:
        """`hints` spare time: texts without any of them are taken for clean. `keep`: words that stay, whatever they say."""
        self._erased = tuple(erased)
        self._keys = tuple(key for one in erased for key in _keys(one))
        self._hints = hints
        self._keep = keep
        self._known: dict[str, str] = {}
        self.at: datetime | None = max((one.at for one in erased), default=None)

    def of(self, record: str) -> "Names":
        """The same for what is told of a record: its id, by which others know it, stays, unless it is nothing but a name."""
        return self if self.text(record) in (record, ERASED) else Names(self._erased, self._hints, keep=record)

    def text(self, text: str) -> str:
        """The text without them; the same text if there are none in it. One that is JSON stays JSON."""
        known = self._known.get(text)
        if known is None:
            known = self._redacted(text)
            if len(text) < 200 and len(self._known) < _REMEMBERED:
                self._known[text] = known
        return known

    def value(self, value: Any) -> Any:
        """A JSON value without them, names of keys as well; the very same value if there are none in it."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return self._object(value)
        if isinstance(value, list | tuple):
            parts = [self.value(one) for one in value]
            return value if all(map(_same, parts, value)) else type(value)(parts)
        return value

    def event(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """An event without them; what it is known by, and what the process knows by name, stays."""
        known = {name: value for name, value in body.items() if name in _IDENTITY}
        told: dict[str, Any] = self.value({name: value for name, value in body.items() if name not in _IDENTITY})
        return known | told

    def _object(self, value: Mapping[str, Any]) -> Any:
        changed, parts = False, {}
        for name, part in value.items():
            told, plain = self.text(name), self.value(part)
            changed = changed or told != name or not _same(plain, part)
            while told in parts:  # two names of which nothing is left
                told += "'"
            parts[told] = plain
        return parts if changed else value

    def _redacted(self, text: str) -> str:
        escaped = "\\u" in text  # JSON within a text may spell any letter so
        if self._hints and not escaped and not any(hint in _normal(text) for hint in self._hints):
            return text
        if text[:1] in ("{", "[", '"') and (parsed := _json(text)) is not None:
            plain = self.value(parsed)
            return text if _same(plain, parsed) else json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        spans = [span for key in self._keys for span in (*_addresses(text, key), *_names(text, key))]
        if spans and self._keep:
            kept = [found.span() for found in re.finditer(re.escape(self._keep), text)]
            spans = [(start, stop) for start, stop in spans if not any(start < end and begin < stop for begin, end in kept)]
        return _without(text, spans) if spans else text


_IDENTITY: Final = frozenset({"record", "id", "type", "at", "recorded_at", "milestone", "process", "version", "revision"})

Span = tuple[int, int]


def _keys(erased: Erased) -> Iterator[_Key]:
    for form in sorted({one.form for one in erased.spellings}):
        some = [one for one in erased.spellings if one.form == form]
        sizes = tuple(sorted({one.words for one in some}, reverse=True))
        yield _Key(erased.salt, form, sizes, frozenset(one.digest for one in some))


def _addresses(text: str, key: _Key) -> Iterator[Span]:
    if ADDRESS not in key.sizes or ("@" not in text and "%40" not in text):
        return
    for found in _ADDRESS.finditer(text):
        whole = found[0]
        inner = whole.strip(_EDGES)
        start = found.start() + (len(whole) - len(whole.lstrip(_EDGES)))
        forms = {_plain_address(whole, key.form), _plain_address(inner, key.form)}
        if any(_digest(key.salt, form) in key.digests for form in forms):
            yield start, start + len(inner)


def _names(text: str, key: _Key) -> Iterator[Span]:
    blank = _BLANKS.sub(lambda found: " " * len(found[0]), text)
    words = [(found.start(), found.end(), _normal(found[0], key.form)) for found in _WORD.finditer(blank)]
    for size in key.sizes:
        for first in range(len(words) - size + 1) if size else ():
            some = words[first : first + size]
            gaps = [blank[before[1] : after[0]] for before, after in pairwise(some)]
            comma = "," if "," in "".join(gaps[:1]) else ""
            said = f"{some[0][2]}{comma} {' '.join(word for _, _, word in some[1:])}".rstrip()
            if all(len(gap) <= GAP or gap.isspace() for gap in gaps) and _digest(key.salt, said) in key.digests:
                yield some[0][0], some[-1][1]


def _without(text: str, spans: list[Span]) -> str:
    told, end = [], 0
    for start, stop in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= end:
            told += [text[end:start], ERASED]
            end = stop
    return "".join([*told, text[end:]])


def _plain_address(address: str, form: int = PLAIN) -> str:
    """An address as its owner would say it: without case, and without what stands behind a plus."""
    return _TAG.sub("@", _normal(address.strip(), form).replace("%40", "@"))


def _normal(text: str, form: int = PLAIN) -> str:
    plain = text if form < PLAIN else _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", plain).casefold()


def _digest(salt: str, text: str) -> str:
    return hmac.digest(salt.encode(), text.encode("utf-8", "surrogatepass"), "sha256").hex()


def _json(text: str) -> Any:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict | list | str) else None


def _same(one: Any, other: Any) -> bool:
    return one is other or (isinstance(one, str) and one == other)
