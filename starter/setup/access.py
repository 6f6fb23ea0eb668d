"""Who may do what: access keys for programs, identity tokens for people, and whom either makes of its bearer."""

import re
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, cast

import structlog

from sla.access import RIGHTS, ROLES, Principal, Right, Role, principal, rights_of
from sla.instants import to_instant, to_text
from sla.setup_errors import InvalidKey, NotAuthenticated, UnknownKey
from starter.access.tokens import ID_BYTES, PREFIX, SECRET_BYTES, new_key, read_key
from starter.setup.context import Context
from starter.setup.views.access import KeyView, NewKey
from store import audit, keys
from store.keys import StoredKey, StoredKeys

_NAME: Final = re.compile(r"[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]{0,118}[^\s\x00-\x1f\x7f])?")

logger = structlog.get_logger()


class AccessDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._keys = StoredKeys(context.database)

    async def create_key(
        self,
        *,
        name: str,
        role: str,
        scopes: Iterable[str] = (),
        expires_at: datetime | None = None,
        expires_in: timedelta | None = None,
        draw: Callable[[int], bytes] = secrets.token_bytes,
    ) -> NewKey:
        """Make a key; what it returns is the only place where it is to be read.

        `scopes` are those of the role's rights to which it is limited. Without an expiry it is valid for ever. Raises
        InvalidKey.
        """
        now = self._context.now()
        known_role, limited = _role(role), tuple(sorted(set(scopes)))
        if not _NAME.fullmatch(name):
            raise InvalidKey(field="name", problem="is one line of text, of 120 characters at most")
        if expires_in is not None:
            expires_at = now + expires_in
        if expires_at is not None and (expires_at := to_instant(expires_at)) <= now:
            raise InvalidKey(field="expires_at", problem=f"{to_text(expires_at)} is not in the future")
        text = new_key(draw(ID_BYTES + SECRET_BYTES))
        stored = StoredKey(
            id=text.id,
            name=name,
            hash=text.hash,
            role=known_role,
            scopes=_scopes(limited, known_role),
            created_at=now,
            created_by=self._context.actor.name,
            expires_at=expires_at,
            revoked_at=None,
            used_at=None,
        )
        after = {"role": stored.role, "scopes": list(stored.scopes), "expires_at": expires_at and to_text(expires_at)}
        async with self._context.database.transaction() as connection:
            await keys.put(connection, stored)
            await audit.note(connection, self._context.actor, "access.create_key", _subject(stored), at=now, after=after)
        return NewKey(**dict(_view(stored, now)), key=text.written)

    async def keys(self) -> list[KeyView]:
        """All keys, the newest first; also those that are no longer valid."""
        now = self._context.now()
        return [_view(stored, now) for stored in await self._keys.all()]

    async def revoke(self, key: str) -> KeyView:
        """Have a key, named by its id, open nothing any more, at once. Revoked again, it stays as it is.

        Raises UnknownKey.
        """
        now = self._context.now()
        async with self._context.database.transaction() as connection:
            changed = await keys.revoke(connection, key, at=now)
            stored = await keys.find(connection, key)
            if stored is None:
                raise UnknownKey(key=key)
            if changed:
                after = {"revoked_at": to_text(now)}
                await audit.note(connection, self._context.actor, "access.revoke", _subject(stored), at=now, after=after)
        return _view(stored, now)

    async def authenticate(self, token: str) -> Principal:
        """Who sends this key or identity token. Raises NotAuthenticated, which does not tell what was wrong with it."""
        if token.startswith(PREFIX):
            return await self._holder(token)
        if self._context.identities is None:
            raise NotAuthenticated
        return await self._context.identities.bearer(token, self._context.now())

    async def _holder(self, token: str) -> Principal:
        now, given = self._context.now(), read_key(token)
        if given is None:
            raise NotAuthenticated
        stored = await self._keys.find(given.id)
        fits = given.fits(stored.hash if stored else None)
        if stored is None or not fits or not stored.is_valid(now):
            logger.info("access_key_refused", key_id=given.id, known=stored is not None, fits=fits)
            raise NotAuthenticated
        await self._keys.used(stored, now)
        return principal(f"{stored.name} (key {stored.id})", stored.role, frozenset(stored.scopes))


def _role(name: str) -> Role:
    if name not in ROLES:
        raise InvalidKey(field="role", problem=f"there is no role '{name}'. Known: {', '.join(ROLES)}")
    return name


def _scopes(names: tuple[str, ...], role: Role) -> tuple[Right, ...]:
    for name in names:
        if name not in RIGHTS:
            raise InvalidKey(field="scopes", problem=f"there is no right '{name}'. Known: {', '.join(RIGHTS)}")
        if name not in rights_of(role):
            raise InvalidKey(field="scopes", problem=f"the role {role} has not the right '{name}'")
    return cast("tuple[Right, ...]", names)


def _subject(key: StoredKey) -> str:
    return f"key/{key.name} {key.id}"


def _view(key: StoredKey, now: datetime) -> KeyView:
    return KeyView(
        id=key.id,
        name=key.name,
        role=key.role,
        scopes=key.scopes,
        state="revoked" if key.revoked_at is not None else "valid" if key.is_valid(now) else "expired",
        created_at=key.created_at,
        created_by=key.created_by,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        used_at=key.used_at,
    )
