"""Addresses on the web that a process file spells, or names as a secret."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from activities.ports import Permanent, Secrets

_SECRET = "secret:"  # noqa: S105 - a prefix, no secret


def _postable(url: str) -> str:
    """An http or https address without a password, which belongs among the secrets. ValueError otherwise."""
    if url.startswith(_SECRET):
        if not url.removeprefix(_SECRET).strip():
            raise ValueError("'secret:' needs the name of a secret, as in secret:slack")
        return url
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(f"{url!r} is no web address; letters beyond ASCII and spaces are written with %")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"'{url}' is no web address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{url}' is no web address; write https://… or secret:…")
    if parts.username or parts.password:
        raise ValueError("a password in an address can be read by everybody; keep the address as a secret: secret:…")
    return url


Url = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(_postable)]
"""An http or https address, or `secret:<name>` for one that is itself a secret (as chat services hand out)."""


def resolved(url: str, secrets: Secrets) -> str:
    """The address to post to. Raises Permanent if it names a secret that there is not, or that is no address."""
    if not url.startswith(_SECRET):
        return url
    name = url.removeprefix(_SECRET)
    value = secrets.get(name)
    if not value:
        raise Permanent(f"there is no secret '{name}'; set it where the worker runs, and retry")
    try:
        return _postable(value)
    except ValueError:
        raise Permanent(f"the secret '{name}' is no web address") from None


def host_of(url: str) -> str:
    """What of an address may be shown: its path and query may be secret."""
    return urlsplit(url).hostname or ""
