"""Whether a delivery comes from whom it should: an HMAC over its body, and a time that is about now."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import datetime

from sla.hooks.model import Hook, Verification
from sla.hooks.sayings import instant_of
from sla.instants import to_text
from sla.setup_errors import BadSignature, StaleDelivery


def check(hook: Hook, secret: str, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Raise BadSignature or StaleDelivery. `headers` are by their names in small letters.

    Whether it is stale is told only of what is well signed.
    """
    verify = hook.verify
    told = "" if verify.timestamp is None else _header(hook, headers, verify.timestamp.header)
    given = _given(hook, _header(hook, headers, verify.header))
    if not hmac.compare_digest(given, digest(verify, secret, body, told)):
        raise BadSignature(hook=hook.hook, problem=f"{verify.header} is another signature")
    if verify.timestamp is None:
        return
    try:
        signed_at = instant_of(told)
    except (ValueError, OverflowError, OSError):
        raise BadSignature(hook=hook.hook, problem=f"{verify.timestamp.header} is no instant") from None
    if abs((now - signed_at).total_seconds()) > verify.timestamp.tolerance.seconds:
        raise StaleDelivery(hook=hook.hook, signed_at=to_text(signed_at), tolerance=str(verify.timestamp.tolerance))


def digest(verify: Verification, secret: str, body: bytes, timestamp: str = "") -> bytes:
    """What a delivery must be signed with."""
    before, _, after = (part.replace("{timestamp}", timestamp).encode() for part in verify.signed.partition("{body}"))
    return hmac.digest(secret.encode(), before + body + after, verify.hmac)


def signature(verify: Verification, secret: str, body: bytes, timestamp: str = "") -> str:
    """That, as its header has it."""
    made = digest(verify, secret, body, timestamp)
    return verify.prefix + (made.hex() if verify.encoding == "hex" else base64.b64encode(made).decode())


def _header(hook: Hook, headers: Mapping[str, str], name: str) -> str:
    if not (found := headers.get(name.lower(), "").strip()):
        raise BadSignature(hook=hook.hook, problem=f"it has no header {name}")
    return found


def _given(hook: Hook, header: str) -> bytes:
    verify = hook.verify
    if not header.startswith(verify.prefix):
        raise BadSignature(hook=hook.hook, problem=f"{verify.header} does not begin with '{verify.prefix}'")
    text = header.removeprefix(verify.prefix)
    try:
        return bytes.fromhex(text) if verify.encoding == "hex" else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise BadSignature(hook=hook.hook, problem=f"{verify.header} is not {verify.encoding}") from None
