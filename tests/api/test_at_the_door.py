"""At the door: an identity token counts, a key or token whose time is over does not; and whether anybody is served."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from runtime.health import Health
from starter.api.app import build
from starter.desk import Desk
from tests.api.test_refusals import problem
from tests.starter.setup.desks import Clock, a_desk
from tests.starter.setup.issuer import AUDIENCE, Issuer, an_issuer


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with an_issuer() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def desk(tmp_path: Path, clock: Clock, issuer: Issuer) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path, clock, oidc_issuer=issuer.address, oidc_audience=AUDIENCE) as desk:
        yield desk


@pytest.fixture
def vitals() -> Health:
    return Health(doing="requests")


@pytest.fixture
async def client(desk: Desk, vitals: Health) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who asks; their clock is the installation's."""
    app = httpx.ASGITransport(build(desk._context, vitals=vitals))
    async with httpx.AsyncClient(transport=app, base_url="http://here") as client:
        yield client


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_an_identity_token_opens_what_its_role_may_and_nothing_else(
    client: httpx.AsyncClient, clock: Clock, issuer: Issuer
) -> None:
    agent, manager = (bearing(issuer.token(clock.now, sub="ada", roles=[role])) for role in ("agent", "manager"))
    assert (await client.get("/v1/records", headers=agent)).status_code == 200
    refused = problem(await client.get("/v1/audit-log", headers=agent))
    assert (refused["status"], refused["facts"]["right"]) == (403, "audit.read")
    process = {"process": "Support", "milestones": [{"milestone": "Answer", "within": "1h"}]}
    applied = await client.post("/v1/definitions", json={"documents": [process]}, headers=manager)
    assert applied.status_code == 200, applied.text
    [line] = (await client.get("/v1/audit-log", headers=manager)).json()["lines"]
    assert (line["who"], line["door"], line["verb"]) == ("ada", "api", "catalogue.apply")


async def test_a_key_and_a_token_whose_time_is_over_are_refused_with_a_remedy(
    client: httpx.AsyncClient, desk: Desk, clock: Clock, issuer: Issuer
) -> None:
    made = await desk.access.create_key(name="helpdesk", role="agent", expires_in=timedelta(minutes=5))
    both = bearing(made.key), bearing(issuer.token(clock.now))
    assert [(await client.get("/v1/records", headers=one)).status_code for one in both] == [200, 200]
    clock.goes_on(minutes=7)
    for one in both:
        refused = problem(answer := await client.get("/v1/records", headers=one))
        assert (refused["status"], refused["code"]) == (401, "not_authenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_an_api_without_its_database_is_alive_and_not_ready(client: httpx.AsyncClient, vitals: Health) -> None:
    vitals.work()
    vitals.tell("database", "the disk is full")
    told = await client.get("/ready")
    assert (told.status_code, told.json()["status"], told.json()["parts"]["database"]) == (
        503,
        "not ready",
        "the disk is full",
    )
    assert (await client.get("/live")).status_code == 200
    vitals.tell("database", None)
    assert (await client.get("/ready")).json()["status"] == "ready"
