"""Identity tokens: whose count, what they make of their bearer, and each way in which one could be forged."""

import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from sla.errors import InvalidSetting, ServiceUnavailable
from sla.setup_errors import MissingRight, NotAuthenticated
from starter.access.oidc import KEEP, IdentityTokens
from starter.desk import Desk
from tests.starter.setup.desks import Clock, a_desk
from tests.starter.setup.issuer import AUDIENCE, Issuer, an_issuer, forged, public_pem


@pytest.fixture(scope="module")
def running() -> Iterator[Issuer]:
    with an_issuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(running: Issuer) -> Issuer:
    """As it is when nothing has happened."""
    running.published = [running.public("rsa"), running.public("ec")]
    running.description = {"issuer": running.address, "jwks_uri": f"{running.address}/keys"}
    running.status = 200
    running.asked.clear()
    return running


@pytest.fixture
async def desk(tmp_path: Path, clock: Clock, issuer: Issuer) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path, clock, oidc_issuer=issuer.address, oidc_audience=AUDIENCE) as desk:
        yield desk


def identities(desk: Desk) -> IdentityTokens:
    found = desk._context.identities
    assert found is not None
    return found


async def refused(desk: Desk, token: str) -> None:
    with pytest.raises(NotAuthenticated):
        await desk.access.authenticate(token)


class TestWhoever:
    @pytest.mark.parametrize("kid", ["rsa", "ec"])
    async def test_who_has_a_token_of_the_issuer_is_known_with_the_role_that_it_tells(
        self, desk: Desk, clock: Clock, issuer: Issuer, kid: str
    ) -> None:
        known = await desk.access.authenticate(issuer.token(clock.now, kid=kid))
        assert (known.name, known.role) == ("ada", "agent")
        known.require("records.write")

    @pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256", "PS384", "PS512"])
    async def test_other_asymmetric_algorithms_count_too(self, desk: Desk, clock: Clock, issuer: Issuer, alg: str) -> None:
        assert (await desk.access.authenticate(issuer.token(clock.now, alg=alg))).role == "agent"

    async def test_a_token_for_several_audiences_counts_if_we_are_one_of_them(
        self, desk: Desk, clock: Clock, issuer: Issuer
    ) -> None:
        assert (await desk.access.authenticate(issuer.token(clock.now, aud=["others", AUDIENCE]))).name == "ada"

    async def test_of_several_roles_the_highest_counts(self, desk: Desk, clock: Clock, issuer: Issuer) -> None:
        roles = ["viewer", "manager", "cook"]
        assert (await desk.access.authenticate(issuer.token(clock.now, roles=roles))).role == "manager"

    @pytest.mark.parametrize("roles", [None, [], "cook", {"admin": True}, [["admin"]], 7])
    async def test_whoever_has_no_role_of_ours_is_known_and_may_do_nothing(
        self, desk: Desk, clock: Clock, issuer: Issuer, roles: Any
    ) -> None:
        known = await desk.access.authenticate(issuer.token(clock.now, roles=roles))
        with pytest.raises(MissingRight, match="their role is none"):
            known.require("records.read")

    @pytest.mark.parametrize(
        ("claims", "settings", "role"),
        [
            ({"groups": ["Support Team"]}, {"oidc_role_claim": "groups", "oidc_roles": "Support Team:agent"}, "agent"),
            ({"scope": "openid viewer"}, {"oidc_role_claim": "scope"}, "viewer"),
            ({"realm_access": {"roles": ["admin"]}}, {"oidc_role_claim": "realm_access.roles"}, "admin"),
            ({"https://x.example/roles": "admin"}, {"oidc_role_claim": "https://x.example/roles"}, "admin"),
            ({"roles": ["admin"]}, {"oidc_roles": "sla-admins:admin"}, None),
            ({"roles": ["urn:team:a"]}, {"oidc_roles": "urn:team:a:manager, other:viewer"}, "manager"),
        ],
    )
    async def test_which_claim_tells_of_roles_and_what_its_values_mean_can_be_chosen(
        self, tmp_path: Path, clock: Clock, issuer: Issuer, *, claims: Any, settings: Any, role: str | None
    ) -> None:
        chosen: dict[str, Any] = {"oidc_issuer": issuer.address, "oidc_audience": AUDIENCE, **settings}
        async with a_desk(tmp_path, clock, **chosen) as desk:
            token = issuer.token(clock.now, **({"roles": None} | claims))
            assert (await desk.access.authenticate(token)).role == role

    @pytest.mark.parametrize(
        ("email", "name"),
        [("ada@support.example", "ada@support.example"), (None, "ada"), ("a\nb\x00c", "a b c"), ("x" * 500, "x" * 200)],
    )
    async def test_the_audit_log_can_name_them_by_another_claim(
        self, tmp_path: Path, clock: Clock, issuer: Issuer, email: str | None, name: str
    ) -> None:
        chosen: dict[str, Any] = {"oidc_issuer": issuer.address, "oidc_audience": AUDIENCE, "oidc_name_claim": "email"}
        async with a_desk(tmp_path, clock, **chosen) as desk:
            assert (await desk.access.authenticate(issuer.token(clock.now, email=email))).name == name


class TestForgeries:
    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://elsewhere.example"},
            {"iss": None},
            {"aud": "others"},
            {"aud": ["others"]},
            {"aud": None},
            {"sub": None},
            {"exp": None},
            {"exp": "tomorrow"},
            {"exp": True},
            {"nbf": "yesterday"},
        ],
        ids=str,
    )
    async def test_a_token_of_or_for_somebody_else_is_refused(
        self, desk: Desk, clock: Clock, issuer: Issuer, claims: dict[str, Any]
    ) -> None:
        await refused(desk, signed(issuer, _plain(issuer, clock) | claims))

    async def test_a_token_without_a_signature_is_refused(self, desk: Desk, clock: Clock, issuer: Issuer) -> None:
        for algorithm in ("none", "None", "NONE", "", None):
            await refused(desk, forged({"alg": algorithm, "kid": "rsa", "typ": "JWT"}, _plain(issuer, clock)))

    async def test_a_public_key_is_not_taken_for_a_shared_secret(self, desk: Desk, clock: Clock, issuer: Issuer) -> None:
        for secret in (public_pem(issuer), public_pem(issuer).strip(), issuer.published[0]["n"].encode()):
            for algorithm in ("HS256", "RS256", "hs256"):
                await refused(desk, forged({"alg": algorithm, "kid": "rsa"}, _plain(issuer, clock), secret))

    async def test_a_shared_secret_that_the_issuer_publishes_by_mistake_signs_nothing(
        self, desk: Desk, clock: Clock, issuer: Issuer
    ) -> None:
        issuer.published.append({"kty": "oct", "k": "c2VjcmV0LXRoYXQtaXMtbG9uZy1lbm91Z2gtZm9yLUhTMjU2", "kid": "shared"})
        secret = b"secret-that-is-long-enough-for-HS256"
        await refused(desk, forged({"alg": "HS256", "kid": "shared"}, _plain(issuer, clock), secret))
        await refused(desk, forged({"alg": "RS256", "kid": "shared"}, _plain(issuer, clock), secret))

    async def test_a_key_that_comes_with_the_token_is_not_looked_at(self, desk: Desk, clock: Clock, issuer: Issuer) -> None:
        mallory = Issuer(1)
        headers = {"kid": "rsa", "jwk": mallory.public("rsa"), "jku": f"{mallory.address}/keys"}
        await refused(desk, jwt.encode(_plain(issuer, clock), mallory.private["rsa"], "RS256", headers=headers))

    async def test_a_key_counts_for_its_own_kind_of_algorithm_only(self, desk: Desk, clock: Clock, issuer: Issuer) -> None:
        await refused(desk, issuer.token(clock.now, kid="ec", signed_by="rsa"))
        issuer.published = [issuer.public("rsa", alg="RS256")]
        clock.goes_on(hours=2)
        await refused(desk, issuer.token(clock.now, alg="RS512"))
        assert (await desk.access.authenticate(issuer.token(clock.now))).name == "ada"

    async def test_a_key_for_encryption_signs_nothing(self, desk: Desk, clock: Clock, issuer: Issuer) -> None:
        issuer.published = [issuer.public("rsa", use="enc")]
        await refused(desk, issuer.token(clock.now))

    @pytest.mark.parametrize(
        "garble",
        [
            lambda token: token[:-4] + "AAAA",
            lambda token: token.replace(".", "", 1),
            lambda token: token + ".more",
            lambda token: token.split(".")[0],
            lambda token: "",
            lambda token: "a.b.c",
            lambda token: "ü.ü.ü",
            lambda token: "e30.e30.",
            lambda token: ".".join(["WzEsMl0", *token.split(".")[1:]]),
            lambda token: ".".join(["W1tbW1tb" * 4000, *token.split(".")[1:]]),
        ],
    )
    async def test_what_is_no_token_is_refused_without_a_trace(
        self, desk: Desk, clock: Clock, issuer: Issuer, garble: Callable[[str], str]
    ) -> None:
        await refused(desk, garble(issuer.token(clock.now)))


class TestTime:
    async def test_a_token_counts_until_it_expires_and_a_minute_for_clocks_that_differ(
        self, desk: Desk, clock: Clock, issuer: Issuer
    ) -> None:
        token = issuer.token(clock.now)
        clock.goes_on(seconds=300 + 59)
        await desk.access.authenticate(token)
        clock.goes_on(seconds=1)
        await refused(desk, token)

    @pytest.mark.parametrize("claim", ["nbf", "iat"])
    async def test_a_token_does_not_count_before_its_time(
        self, desk: Desk, clock: Clock, issuer: Issuer, claim: str
    ) -> None:
        early: dict[str, Any] = {claim: int(clock.now.timestamp()) + 120}
        token = issuer.token(clock.now, **early)
        clock.goes_on(seconds=59)
        await refused(desk, token)
        clock.goes_on(seconds=1)
        await desk.access.authenticate(token)


class TestKeysOfTheIssuer:
    async def test_they_are_fetched_when_first_needed_and_kept(self, desk: Desk, clock: Clock, issuer: Issuer) -> None:
        assert issuer.asked == []
        for _ in range(3):
            await desk.access.authenticate(issuer.token(clock.now))
        assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]

    async def test_nothing_is_asked_of_the_network_when_the_modules_are_loaded(self) -> None:
        script = (
            "import socket\n"
            "def no(*_): raise AssertionError('the network was asked')\n"
            "socket.socket.connect = no\n"
            "import starter.access.oidc, starter.desk, starter.api.app\n"
        )
        ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
        assert (ran.returncode, ran.stderr) == (0, "")

    async def test_a_key_that_is_new_is_found_but_not_asked_for_more_often_than_once_a_minute(
        self, desk: Desk, clock: Clock, issuer: Issuer
    ) -> None:
        await desk.access.authenticate(issuer.token(clock.now))
        issuer.private["next"] = issuer.private["rsa"]
        token = issuer.token(clock.now, kid="next", signed_by="rsa")
        for _ in range(5):
            await refused(desk, token)
        assert identities(desk).fetched == 1
        issuer.published = [{**issuer.public("rsa"), "kid": "next"}]
        clock.goes_on(seconds=61)
        assert (await desk.access.authenticate(token)).name == "ada"
        assert identities(desk).fetched == 2

    async def test_tokens_with_unknown_keys_do_not_make_us_ask_again_and_again(
        self, desk: Desk, clock: Clock, issuer: Issuer
    ) -> None:
        for number in range(20):
            await refused(desk, issuer.token(clock.now, kid=f"no-{number}", signed_by="rsa"))
        assert identities(desk).fetched == 1

    async def test_a_key_that_was_withdrawn_opens_nothing_after_an_hour(
        self, desk: Desk, clock: Clock, issuer: Issuer
    ) -> None:
        await desk.access.authenticate(issuer.token(clock.now))
        issuer.published = [issuer.public("ec")]
        await desk.access.authenticate(issuer.token(clock.now))
        clock.now += KEEP
        await refused(desk, issuer.token(clock.now))

    async def test_while_the_issuer_is_away_the_keys_that_are_known_go_on_to_count(
        self, desk: Desk, clock: Clock, issuer: Issuer
    ) -> None:
        await desk.access.authenticate(issuer.token(clock.now))
        issuer.status = 503
        clock.now += KEEP + timedelta(minutes=1)
        assert (await desk.access.authenticate(issuer.token(clock.now))).name == "ada"

    async def test_an_issuer_whose_keys_cannot_be_had_at_all_is_a_service_that_is_not_there(
        self, tmp_path: Path, clock: Clock, issuer: Issuer
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            port = nobody.getsockname()[1]
        chosen: dict[str, Any] = {"oidc_issuer": f"http://127.0.0.1:{port}", "oidc_audience": AUDIENCE}
        async with a_desk(tmp_path, clock, **chosen) as desk:
            for _ in range(2):
                with pytest.raises(ServiceUnavailable, match=r"The identity provider at http://127\.0\.0\.1"):
                    await desk.access.authenticate(issuer.token(clock.now))
            assert identities(desk).fetched == 1

    @pytest.mark.parametrize(
        "description",
        [{"issuer": "https://elsewhere.example"}, {"jwks_uri": None}, {"jwks_uri": 7}, {"jwks_uri": "nonsense"}],
    )
    async def test_an_issuer_that_describes_another_is_not_believed(
        self, desk: Desk, clock: Clock, issuer: Issuer, description: dict[str, Any]
    ) -> None:
        issuer.description |= description
        with pytest.raises(ServiceUnavailable):
            await desk.access.authenticate(issuer.token(clock.now))

    async def test_a_token_that_names_no_key_counts_only_if_there_is_one_key(
        self, desk: Desk, clock: Clock, issuer: Issuer
    ) -> None:
        issuer.published = [issuer.public("rsa")]
        assert (await desk.access.authenticate(issuer.token(clock.now, kid=None))).name == "ada"
        issuer.published = [issuer.public("rsa"), issuer.public("rsa") | {"kid": "other"}]
        clock.now += KEEP
        await refused(desk, issuer.token(clock.now, kid=None))

    async def test_where_the_keys_are_can_be_said(self, tmp_path: Path, clock: Clock, issuer: Issuer) -> None:
        chosen: dict[str, Any] = {
            "oidc_issuer": issuer.address,
            "oidc_audience": AUDIENCE,
            "oidc_jwks_url": f"{issuer.address}/elsewhere",
        }
        async with a_desk(tmp_path, clock, **chosen) as desk:
            await desk.access.authenticate(issuer.token(clock.now))
        assert issuer.asked == ["/elsewhere"]


class TestSettings:
    @pytest.mark.parametrize(
        ("settings", "complaint"),
        [
            ({"oidc_issuer": "https://id.example"}, "MILEPOST_OIDC_AUDIENCE: must be set"),
            ({"oidc_issuer": "http://id.example", "oidc_audience": "x"}, "MILEPOST_OIDC_ISSUER: .* https://"),
            ({"oidc_jwks_url": "ftp://id.example"}, "MILEPOST_OIDC_JWKS_URL: .* https://"),
            ({"oidc_roles": "admin"}, "MILEPOST_OIDC_ROLES: 'admin' is not of the form value:role"),
            ({"oidc_roles": "boss:king"}, "with one of the roles viewer, agent, manager, admin"),
        ],
    )
    async def test_what_would_let_strangers_in_is_refused(
        self, tmp_path: Path, clock: Clock, settings: dict[str, Any], complaint: str
    ) -> None:
        with pytest.raises(InvalidSetting, match=complaint):
            async with a_desk(tmp_path, clock, **settings):
                pass

    async def test_without_a_provider_there_are_only_keys(self, tmp_path: Path, clock: Clock, issuer: Issuer) -> None:
        async with a_desk(tmp_path, clock) as desk:
            await refused(desk, issuer.token(clock.now))
        assert issuer.asked == []


def _plain(issuer: Issuer, clock: Clock) -> dict[str, Any]:
    at = int(clock.now.timestamp())
    return {"iss": issuer.address, "aud": AUDIENCE, "sub": "ada", "iat": at, "exp": at + 300, "roles": ["admin"]}


def signed(issuer: Issuer, claims: dict[str, Any]) -> str:
    """Signed as it should be, also claims that PyJWT itself would not write; those that are None are left out."""
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.PyJWS().encode(json.dumps(said).encode(), issuer.private["rsa"], "RS256", headers={"kid": "rsa"})
