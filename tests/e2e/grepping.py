"""Looking for words in bytes that were not written to be searched: as text, escaped, in hex, in base64, compressed."""

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

_ZLIB_BEGINS = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_WINDOWS = (zlib.MAX_WBITS, -zlib.MAX_WBITS, zlib.MAX_WBITS | 16)  # zlib, raw deflate, gzip
INFLATE_AT_MOST = 1 << 20


def found(words: Iterable[str], data: bytes) -> set[str]:
    """Which of the words stand there, in whatever form."""
    heaps = [data, *_inflated(data)]
    return {word for word in words if any(form in heap.lower() for heap in heaps for form in _forms(word))}


def everything(value: Any) -> bytes:
    """All that is in a JSON value: as it stands, and what is base64 in it as the bytes that it means, inflated if it can."""
    parts = [json.dumps(value, ensure_ascii=False).encode()]
    for text in _texts(value):
        if len(text) % 4 == 0 and re.fullmatch(r"[A-Za-z0-9+/]+=*", text):
            bytes_of_it = base64.b64decode(text)
            parts += [bytes_of_it, *_begun(bytes_of_it), *_begun(bytes_of_it[12:])]
    return b"\n".join(parts)


def _forms(word: str) -> Iterator[bytes]:
    """A word in small letters as it may be written; base64 in its three alignments, without the letters that vary."""
    plain = word.encode()
    yield plain.lower()
    yield word.lower().encode()
    yield json.dumps(word).strip('"').lower().encode()
    yield plain.hex().encode()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + plain).rstrip(b"=").lower()
        yield coded[before + (before > 0) : -1]


def _inflated(data: bytes) -> Iterator[bytes]:
    """What begins as zlib's streams do anywhere in it, inflated as far as that goes."""
    for begin in _ZLIB_BEGINS.finditer(data):
        yield from _begun(data[begin.start() : begin.start() + INFLATE_AT_MOST], _WINDOWS[:1])


def _begun(data: bytes, windows: Iterable[int] = _WINDOWS) -> Iterator[bytes]:
    for window in windows:
        try:
            yield zlib.decompressobj(window).decompress(data, INFLATE_AT_MOST)
        except zlib.error:
            continue


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, inner in value.items():
                yield key
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
