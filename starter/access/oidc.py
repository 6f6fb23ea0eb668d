"""Identity tokens: JSON Web Tokens that an OpenID Connect provider has signed, and whom they make of their bearers.

Only asymmetric algorithms count, and only with a key of the issuer's that is made for them: a token can neither choose
`none` nor have a public key taken for a shared secret (RFC 8725). The issuer's keys are fetched when first needed and kept;
a token that names another key is reason to look again, but not more often than the settings say.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import httpx
import jwt
import structlog

from sla.access import Principal, Role, highest, principal
from sla.errors import ServiceUnavailable
from sla.instants import to_s
from sla.setup_errors import NotAuthenticated

if TYPE_CHECKING:
    from runtime.settings import Settings

ALGORITHMS: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
FETCH_S: Final = 5.0
KEEP: Final = timedelta(hours=1)
"""How long the issuer's keys are kept while it answers: one that it withdrew opens the door no longer than this."""

NAME_AT_MOST: Final = 200
_SIZE_AT_MOST: Final = 512 * 1024
_REQUIRED: Final = ("iss", "aud", "exp", "sub")
_DISCOVERY: Final = "/.well-known/openid-configuration"

logger = structlog.get_logger()


class _Refused(Exception):
    """Why a token does not count; for the log, not for whoever sent it."""


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """What the settings say of the provider; see there."""

    issuer: str
    audience: str
    jwks_url: str
    name_claim: str
    role_claim: str
    roles: Mapping[str, Role]
    leeway_s: int
    refresh: timedelta

    @classmethod
    def of(cls, settings: "Settings") -> "Issuer":
        """The one that the settings name."""
        return cls(
            issuer=settings.oidc_issuer,
            audience=settings.oidc_audience,
            jwks_url=settings.oidc_jwks_url,
            name_claim=settings.oidc_name_claim,
            role_claim=settings.oidc_role_claim,
            roles=settings.oidc_role_names(),
            leeway_s=settings.oidc_leeway_s,
            refresh=timedelta(seconds=settings.oidc_jwks_refresh_s),
        )


@dataclass(kw_only=True)
class IdentityTokens:
    """Tells who is behind a token. One for a process: it keeps the issuer's keys."""

    issuer: Issuer
    fetched: int = 0
    """How often the issuer's keys were asked for."""
    _keys: Sequence[Mapping[str, Any]] | None = None
    _kept_at: datetime | None = None
    _asked_at: datetime | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def bearer(self, token: str, now: datetime) -> Principal:
        """Who has this token. Raises NotAuthenticated; ServiceUnavailable if the issuer's keys cannot be had at all."""
        try:
            return self._named(await self._claims(token, now))
        except (_Refused, jwt.PyJWTError, ValueError, TypeError, RecursionError) as problem:
            logger.info("identity_refused", problem=type(problem).__name__, why=str(problem)[:200])
            raise NotAuthenticated from None

    async def _claims(self, token: str, now: datetime) -> Mapping[str, Any]:
        header = jwt.get_unverified_header(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS:
            raise _Refused("its algorithm is not one of those that count")
        key = await self._key(kid if isinstance(kid, str) else None, algorithm, now)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=self.issuer.audience,
            issuer=self.issuer.issuer,
            # the instants are compared below, with the clock that everything else here goes by
            options={"require": list(_REQUIRED), "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
        self._check_instants(claims, to_s(now))
        return claims

    def _check_instants(self, claims: Mapping[str, Any], now_s: int) -> None:
        told = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
        if any(isinstance(at, bool) or not isinstance(at, int | float) for at in told.values()):
            raise _Refused("an instant of it is no number")
        if now_s >= told["exp"] + self.issuer.leeway_s:
            raise _Refused("it has expired")
        if any(now_s < told.get(name, now_s) - self.issuer.leeway_s for name in ("nbf", "iat")):
            raise _Refused("it is not valid yet")

    def _named(self, claims: Mapping[str, Any]) -> Principal:
        name = _claim(claims, self.issuer.name_claim)
        shown = name if isinstance(name, str) and name.strip() else str(claims["sub"])
        plain = "".join(letter if letter.isprintable() else " " for letter in shown).strip()
        if not plain:
            raise _Refused("it names nobody")
        told = _claim(claims, self.issuer.role_claim)
        values = told.split() if isinstance(told, str) else told if isinstance(told, list) else []
        # a value as a whole first: a group's name may have spaces
        candidates = [told, *values] if isinstance(told, str) else values
        roles = frozenset(self.issuer.roles[one] for one in candidates if isinstance(one, str) and one in self.issuer.roles)
        return principal(plain[:NAME_AT_MOST], highest(roles))

    # ------------------------------------------------------------------ the issuer's keys

    async def _key(self, kid: str | None, algorithm: str, now: datetime) -> jwt.PyJWK:
        async with self._asking:
            if self._keys is None or (self._kept_at is not None and now - self._kept_at >= KEEP):
                await self._fetch(now)
            found = self._find(kid, algorithm)
            if found is None and kid is not None and self._may_ask(now):
                await self._fetch(now)
                found = self._find(kid, algorithm)
        if found is None:
            raise _Refused("the issuer has no such key")
        return jwt.PyJWK(dict(found), algorithm)

    def _find(self, kid: str | None, algorithm: str) -> Mapping[str, Any] | None:
        """The key of that id for this algorithm; without an id, the only one that there is."""
        usable = [
            key for key in self._keys or () if key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
        ]
        fitting = [key for key in usable if key.get("kid") == kid] if kid is not None else usable
        return fitting[0] if len(fitting) == 1 else None

    def _may_ask(self, now: datetime) -> bool:
        return self._asked_at is None or now - self._asked_at >= self.issuer.refresh

    async def _fetch(self, now: datetime) -> None:
        """Get the keys; those that were kept go on to count while the issuer does not answer."""
        if not self._may_ask(now):
            if self._keys is None:
                raise self._silent("it did not answer a moment ago")
            return
        self._asked_at = now
        self.fetched += 1
        try:
            keys = await self._asked()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
            logger.warning("identity_keys_not_there", problem=f"{type(problem).__name__}: {str(problem)[:200]}")
            if self._keys is None:
                raise self._silent(type(problem).__name__) from None
            return
        self._keys, self._kept_at = keys, now

    async def _asked(self) -> Sequence[Mapping[str, Any]]:
        async with httpx.AsyncClient(timeout=FETCH_S, follow_redirects=False) as client:
            url = self.issuer.jwks_url or self._named_by(await _object(client, self.issuer.issuer.rstrip("/") + _DISCOVERY))
            keys = (await _object(client, url)).get("keys")
        if not isinstance(keys, list):
            raise ValueError("there is no list of keys")
        return [key for key in keys if isinstance(key, dict)]

    def _named_by(self, description: Mapping[str, Any]) -> str:
        """Where the issuer says that its keys are."""
        url = description.get("jwks_uri")
        if description.get("issuer") != self.issuer.issuer or not isinstance(url, str):
            raise ValueError("the provider describes another issuer, or names no keys")
        if url.startswith("http://") and not self.issuer.issuer.startswith("http://"):
            raise ValueError("the provider's keys are not protected on their way")
        return url

    def _silent(self, problem: str) -> ServiceUnavailable:
        return ServiceUnavailable(
            service="The identity provider",
            address=self.issuer.issuer,
            problem=problem,
            remedy="See that it runs, and that MILEPOST_OIDC_ISSUER and MILEPOST_OIDC_JWKS_URL are right.",
        )


def identity_tokens(settings: "Settings") -> IdentityTokens:
    """For the provider that the settings name."""
    return IdentityTokens(issuer=Issuer.of(settings))


async def _object(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    body = bytearray()
    async with client.stream("GET", url, headers={"accept": "application/json"}) as answer:
        if answer.status_code != httpx.codes.OK:
            raise ValueError(f"it answered with status {answer.status_code}")
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > _SIZE_AT_MOST:
                raise ValueError("its answer is too long")
    found = httpx.Response(200, content=bytes(body)).json()
    if not isinstance(found, dict):
        raise ValueError("its answer is no JSON object")
    return found


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name; or, with dots, by the way to it."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found
