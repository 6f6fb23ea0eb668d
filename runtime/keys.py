"""The key ring: the keys under which payloads are encrypted. The first encrypts, all of them decrypt.

Written as `id:key`, separated by commas, spaces or lines; a key is 32 bytes (AES-256) in base64. An id stands in clear
beside every payload, so it is too short to be a key by mistake. What is refused is named by its place, never by its text.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from runtime.settings import Settings, variable_of
from sla.errors import InvalidSetting

KEY_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")  # 32 bytes take 43 characters of base64


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key; its text shows the id only."""

    id: str
    secret: bytes = field(repr=False)

    @property
    def written(self) -> str:
        """As the setting takes it: this is the secret."""
        return f"{self.id}:{base64.b64encode(self.secret).decode()}"


class KeyRing:
    """Keys by their ids, the newest first. Raises ValueError for none at all, and for an id that two keys have."""

    def __init__(self, keys: Sequence[Key]) -> None:
        if not keys:
            raise ValueError("there is no key in it")
        self.newest = keys[0]
        self.keys: dict[str, Key] = {}
        for key, place in zip(keys, count(1), strict=False):
            if key.id in self.keys:
                raise ValueError(f"key {place} has the id of another key")
            self.keys[key.id] = key

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.keys)})"


def new_key(secret: bytes, name: str = "") -> Key:
    """A key of these 32 random bytes. Without a name its id is derived from it, so that no two keys have the same.

    Raises ValueError for a name that cannot be an id.
    """
    derived = "k" + sha256(b"milepost key id\0" + secret).hexdigest()[:8]
    return Key(id=_checked_id(name or derived, "an id"), secret=secret)


def read_keys(text: str) -> KeyRing:
    """The key ring that is written there. Raises ValueError with the place of what is wrong."""
    words = [word for word in re.split(r"[\s,]+", text) if word]
    return KeyRing([_read_key(word, f"key {place}") for place, word in enumerate(words, 1)])


def key_ring(settings: Settings) -> KeyRing | None:
    """The installation's keys; None if it has none. Raises InvalidSetting, without a word of what is in the setting."""
    text, file = settings.encryption_keys.get_secret_value(), settings.encryption_keys_file
    if text and file:
        other = variable_of("encryption_keys_file")
        raise InvalidSetting(setting=variable_of("encryption_keys"), problem=f"{other} is set too. Set one of them.")
    if not text and file is None:
        return None
    setting = variable_of("encryption_keys_file" if file else "encryption_keys")
    try:
        return read_keys(file.read_text("utf-8") if file else text)
    except OSError as error:
        problem = f"the file cannot be read: {error.strerror}."
    except UnicodeDecodeError:
        problem = "the file is not UTF-8 text."
    except ValueError as error:
        problem = f"{error}. Make one with: milepost key new"
    raise InvalidSetting(setting=setting, problem=problem)


def _read_key(word: str, where: str) -> Key:
    name, colon, written = word.partition(":")
    if not colon:
        raise ValueError(f"{where} has no id: it is written id:key")
    name = _checked_id(name, f"the id of {where}")
    try:
        secret = base64.b64decode(written, validate=True)
    except ValueError:
        raise ValueError(f"{where} is not base64") from None
    if len(secret) != KEY_BYTES:
        raise ValueError(f"{where} has {len(secret)} bytes, not {KEY_BYTES}")
    return Key(id=name, secret=secret)


def _checked_id(name: str, what: str) -> str:
    if not _ID.fullmatch(name):
        raise ValueError(f"{what} must be 1 to 32 letters, digits, dots, dashes or underscores")
    return name
