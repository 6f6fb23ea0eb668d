"""What Temporal is given to keep: each payload compressed if that helps, then encrypted (AES-256-GCM, NIST SP 800-38D).

    payload ─ compressed ─> binary/zlib ─ sealed ─> binary/encrypted, with the key's id and the format: nonce + ciphertext

Compression comes first, because what is encrypted does not compress. What is not encrypted is read as it is, so that
encryption can be switched on while cases are open. What cannot be read raises `UnreadablePayload`, which on purpose is no
failure of Temporal's: a workflow task is tried again until the key is there; a non-retryable ApplicationError would end the
case for ever.
"""

import os
import zlib
from collections.abc import Callable, Iterable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from runtime.keys import Key, KeyRing
from sla.errors import UnreadablePayload

ENCRYPTED = b"binary/encrypted"
COMPRESSED = b"binary/zlib"
FORMAT = b"1"
"""How the ciphertext is made. With the key's id it is authenticated: neither can be exchanged for another."""

NONCE_BYTES = 12
COMPRESS_FROM_BYTES = 256
INFLATED_AT_MOST_BYTES = 64 * 2**20
"""Larger payloads are not compressed, and none is inflated beyond it: a small forgery must not fill the memory."""

Random = Callable[[int], bytes]


class Codec(PayloadCodec):
    """Payloads on their way to Temporal and back. Without a ring nothing is encrypted, and what is cannot be read.

    `compress` is for measuring; by default payloads are compressed when they are encrypted. `random` makes the nonces, which
    must never come twice under one key.
    """

    def __init__(self, ring: KeyRing | None, *, compress: bool | None = None, random: Random = os.urandom) -> None:
        self._seal = None if ring is None else Seal(ring, random)
        self._compress = ring is not None if compress is None else compress

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Payloads as they are kept."""
        kept: Iterable[Payload] = map(compressed, payloads) if self._compress else payloads
        return [self._seal.sealed(payload) for payload in kept] if self._seal else list(kept)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Payloads as they were. Raises UnreadablePayload."""
        return [inflated(self._opened(payload)) for payload in payloads]

    def _opened(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCRYPTED:
            return payload
        if self._seal is None:
            raise _unreadable("it is encrypted, and this process has no keys", _PUT_BACK)
        return self._seal.opened(payload)


class Seal:
    """Encrypts under the newest key of a ring, and decrypts under the one that a payload names."""

    def __init__(self, ring: KeyRing, random: Random) -> None:
        self._newest = ring.newest.id.encode()
        self._ciphers = {name.encode(): _cipher(key) for name, key in ring.keys.items()}
        self._random = random

    def sealed(self, payload: Payload) -> Payload:
        """The payload, encrypted with its metadata."""
        key, nonce = self._newest, self._random(NONCE_BYTES)
        kept = self._ciphers[key].encrypt(nonce, payload.SerializeToString(), _authenticated(key))
        metadata = {"encoding": ENCRYPTED, "encryption-key-id": key, "encryption-format": FORMAT}
        return Payload(metadata=metadata, data=nonce + kept)

    def opened(self, payload: Payload) -> Payload:
        """The payload that was sealed. Raises UnreadablePayload."""
        key, form = payload.metadata.get("encryption-key-id", b""), payload.metadata.get("encryption-format", b"")
        if form != FORMAT:
            raise _unreadable(f"it is encrypted in the format '{_shown(form)}', which this version does not know", _NEWER)
        if key not in self._ciphers:
            known = ", ".join(map(_shown, self._ciphers))
            raise _unreadable(f"it is encrypted under the key '{_shown(key)}'; this process has only {known}", _PUT_BACK)
        nonce, kept = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        try:
            return Payload.FromString(self._ciphers[key].decrypt(nonce, kept, _authenticated(key)))
        except (InvalidTag, ValueError, DecodeError):
            raise _unreadable(f"it is not what was encrypted under the key '{_shown(key)}'", _ALTERED) from None


def compressed(payload: Payload) -> Payload:
    """The payload within a smaller one, or as it is if that is no smaller."""
    whole = payload.SerializeToString()
    if not COMPRESS_FROM_BYTES <= len(whole) <= INFLATED_AT_MOST_BYTES:
        return payload
    smaller = Payload(metadata={"encoding": COMPRESSED}, data=zlib.compress(whole))
    return smaller if smaller.ByteSize() < len(whole) else payload


def inflated(payload: Payload) -> Payload:
    """The payload that was compressed, or as it is if it was not. Raises UnreadablePayload."""
    if payload.metadata.get("encoding") != COMPRESSED:
        return payload
    inflating = zlib.decompressobj()
    try:
        whole = inflating.decompress(payload.data, INFLATED_AT_MOST_BYTES)
        if not inflating.eof:
            raise _unreadable("it is cut off, or larger than any that Milepost makes", _ALTERED)
        return Payload.FromString(whole)
    except (zlib.error, DecodeError):
        raise _unreadable("it is not compressed as it claims", _ALTERED) from None


_PUT_BACK = "Put the key back (MILEPOST_ENCRYPTION_KEYS); until then the case waits."
_NEWER = "Run the version of Milepost that wrote it, or a later one."
_ALTERED = "It was altered, or the key of that id is another than it was."


def _cipher(key: Key) -> AESGCM:
    return AESGCM(key.secret)


def _authenticated(key: bytes) -> bytes:
    return b"milepost payload " + FORMAT + b" " + key


def _shown(name: bytes) -> str:
    """A name out of a payload that anybody may have written."""
    return ascii(name[:40].decode(errors="replace"))[1:-1]


def _unreadable(problem: str, remedy: str) -> UnreadablePayload:
    return UnreadablePayload(problem=problem, remedy=remedy)
