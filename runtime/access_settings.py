"""Settings of who may use the API: whose identity tokens count (OpenID Connect), and what they make of whoever has one."""

from typing import Annotated, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from sla.access import ROLES, Role

_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_ADDRESSES: tuple[Literal["oidc_issuer", "oidc_jwks_url"], ...] = get_args(Literal["oidc_issuer", "oidc_jwks_url"])


class AccessSettings(BaseSettings):
    """A part of `runtime.settings.Settings`."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    oidc_issuer: str = ""
    """Who issues the identity tokens that the API takes beside access keys: their `iss`, exactly. Empty: none are taken."""
    oidc_audience: str = ""
    """The `aud` that those tokens must have: this installation's name at the issuer's."""
    oidc_jwks_url: str = ""
    """Where the issuer's keys are; by default it is asked for that, at `/.well-known/openid-configuration`."""
    oidc_name_claim: Annotated[str, Field(min_length=1)] = "sub"
    """The claim that the audit log names somebody by: `sub`, `email`, `preferred_username`…"""
    oidc_role_claim: Annotated[str, Field(min_length=1)] = "roles"
    """The claim that tells of roles or groups, text or a list; with dots for one inside another: `realm_access.roles`."""
    oidc_roles: str = ""
    """What that claim's values mean: `sla-admins:admin,support:agent`. Empty: a value that is a role's name is that role."""
    oidc_leeway_s: Annotated[int, Field(ge=0, le=600)] = 60
    """Seconds by which the issuer's clock may differ from ours."""
    oidc_jwks_refresh_s: Annotated[int, Field(ge=1)] = 60
    """Seconds between two looks at the issuer's keys at least, however many tokens name a key that is not known."""

    @model_validator(mode="after")
    def _identity_tokens_can_be_checked(self) -> Self:
        for field in _ADDRESSES:
            if problem := _unsafe(getattr(self, field)):
                raise PydanticCustomError("oidc", problem, {"field": field})
        if self.oidc_issuer and not self.oidc_audience:
            problem = "must be set with MILEPOST_OIDC_ISSUER: without it, every token of that issuer would do"
            raise PydanticCustomError("oidc", problem, {"field": "oidc_audience"})
        try:
            self.oidc_role_names()
        except ValueError as error:
            raise PydanticCustomError("oidc", "{problem}", {"field": "oidc_roles", "problem": str(error)}) from None
        return self

    def oidc_role_names(self) -> dict[str, Role]:
        """Which role each value of the role claim stands for. Raises ValueError."""
        found: dict[str, Role] = {}
        for pair in (pair.strip() for pair in self.oidc_roles.split(",") if pair.strip()):
            value, colon, named = pair.rpartition(":")
            role = next((role for role in ROLES if role == named.strip()), None)
            if not colon or not value.strip() or role is None:
                raise ValueError(f"'{pair}' is not of the form value:role, with one of the roles {', '.join(ROLES)}")
            found[value.strip()] = role
        return found if self.oidc_roles.strip() else {role: role for role in ROLES}


def _unsafe(url: str) -> str | None:
    """What is wrong with the address of an issuer: whoever can alter what it answers, can make tokens."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return "must be a web address such as https://id.example.com"
    if parts.scheme == "https" and parts.hostname:
        return None
    if parts.scheme == "http" and parts.hostname in _THIS_MACHINE:
        return None
    return "must be a web address that begins with https://"
