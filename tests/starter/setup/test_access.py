"""Access keys at the Desk: shown once, limited, expiring, revoked at once; refusals do not tell what was wrong."""

import io
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from runtime.logs import configure
from runtime.settings import Settings
from sla.acting import Actor
from sla.setup_errors import InvalidKey, MissingRight, NotAuthenticated, UnknownKey
from starter.access.tokens import ID_BYTES, SECRET_BYTES, KeyText, new_key, read_key
from starter.desk import Desk
from tests.starter.setup.desks import Clock, a_desk
from tests.store.builders import at


@pytest.fixture
async def desk(tmp_path: Path, clock: Clock) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path, clock) as desk:
        yield desk


async def refused(desk: Desk, token: str) -> str:
    with pytest.raises(NotAuthenticated) as refusal:
        await desk.access.authenticate(token)
    return str(refusal.value)


class TestKeys:
    async def test_whoever_sends_a_key_is_known_by_its_name_with_the_rights_of_its_role(self, desk: Desk) -> None:
        made = await desk.access.create_key(name="helpdesk bridge", role="agent")
        known = await desk.access.authenticate(made.key)
        assert (known.name, known.role) == (f"helpdesk bridge (key {made.id})", "agent")
        known.require("records.write")
        with pytest.raises(MissingRight):
            known.require("catalogue.write")

    async def test_a_key_may_be_limited_to_some_rights_of_its_role(self, desk: Desk) -> None:
        made = await desk.access.create_key(name="intake", role="agent", scopes=["records.write"])
        known = await desk.access.authenticate(made.key)
        assert known.rights == {"records.write"}

    async def test_a_key_has_256_bits_that_nobody_can_guess_and_an_id_that_names_it(self, desk: Desk) -> None:
        keys = {(await desk.access.create_key(name="x", role="viewer")).key for _ in range(5)}
        assert len(keys) == 5
        assert all(re.fullmatch(r"mp_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", key) for key in keys)

    async def test_what_is_kept_of_a_key_does_not_hold_it(self, desk: Desk, tmp_path: Path) -> None:
        made = await desk.access.create_key(name="helpdesk", role="agent")
        secret = made.key.rpartition(f"{made.id}_")[2]
        async with desk._context.database.transaction() as connection:
            await connection.execute(text("SELECT 1"))
        kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
        assert made.id.encode() in kept
        assert secret.encode() not in kept

    async def test_the_list_tells_all_but_the_key(self, desk: Desk, clock: Clock) -> None:
        made = await desk.access.create_key(name="helpdesk", role="agent", expires_in=timedelta(days=90))
        clock.goes_on(hours=1)
        await desk.access.authenticate(made.key)
        [key] = await desk.access.keys()
        assert (key.id, key.name, key.state, key.created_by) == (made.id, "helpdesk", "valid", "ada")
        assert (key.created_at, key.expires_at, key.used_at) == (at("09:00"), at("09:00") + timedelta(days=90), at("10:00"))
        assert "key" not in key.model_dump()

    async def test_a_key_does_not_show_itself_in_its_repr(self, desk: Desk) -> None:
        made = await desk.access.create_key(name="helpdesk", role="agent")
        parts = read_key(made.key)
        assert parts is not None
        assert parts.secret not in repr(made) + repr(parts)


class TestRefusals:
    async def test_a_revoked_key_opens_nothing_any_more_at_once(self, desk: Desk) -> None:
        made = await desk.access.create_key(name="helpdesk", role="agent")
        await desk.access.authenticate(made.key)
        assert (await desk.access.revoke(made.id)).state == "revoked"
        await refused(desk, made.key)

    async def test_an_expired_key_opens_nothing_any_more(self, desk: Desk, clock: Clock) -> None:
        made = await desk.access.create_key(name="helpdesk", role="agent", expires_at=at("12:00"))
        clock.goes_on(hours=2, minutes=59)
        await desk.access.authenticate(made.key)
        clock.goes_on(minutes=1)
        await refused(desk, made.key)
        assert [key.state for key in await desk.access.keys()] == ["expired"]

    async def test_nobody_learns_which_part_of_a_key_was_wrong(self, desk: Desk) -> None:
        made = await desk.access.create_key(name="helpdesk", role="agent")
        gone = await desk.access.create_key(name="gone", role="agent")
        await desk.access.revoke(gone.id)
        other_secret = new_key(bytes(ID_BYTES) + b"\x01" * SECRET_BYTES).secret
        wrong = [
            KeyText(id=made.id, secret=other_secret).written,
            KeyText(id="f" * 12, secret=other_secret).written,
            gone.key,
            made.key[:-1],
            made.key + "A",
            made.key.replace("mp_", "mp-", 1),
            "mp_",
            "",
            "eyJhbGciOiJub25lIn0.e30.",
            "mp_ü_\U0001f600",
        ]
        assert len({await refused(desk, token) for token in wrong}) == 1

    async def test_a_hash_that_was_stolen_is_no_key(self, desk: Desk) -> None:
        made = await desk.access.create_key(name="helpdesk", role="agent")
        parts = read_key(made.key)
        assert parts is not None
        await refused(desk, f"mp_{made.id}_{parts.hash}")
        await refused(desk, f"mp_{made.id}_{parts.hash[:43]}")

    @pytest.mark.parametrize(
        ("asked", "why"),
        [
            ({"role": "boss"}, "role: there is no role 'boss'. Known: viewer, agent, manager, admin"),
            ({"scopes": ["records.fly"]}, "scopes: there is no right 'records.fly'. Known: records.read"),
            ({"scopes": ["access.manage"]}, "scopes: the role agent has not the right 'access.manage'"),
            ({"name": ""}, "name: is one line of text"),
            ({"name": "two\nlines"}, "name: is one line of text"),
            ({"name": "x" * 121}, "name: is one line of text"),
            ({"expires_at": at("09:00")}, "expires_at: 2026-03-02T09:00:00Z is not in the future"),
            ({"expires_in": timedelta(seconds=-5)}, "expires_at: .* is not in the future"),
        ],
    )
    async def test_a_key_that_makes_no_sense_is_not_made(self, desk: Desk, asked: dict[str, Any], why: str) -> None:
        with pytest.raises(InvalidKey, match=why):
            await desk.access.create_key(**{"name": "helpdesk", "role": "agent"} | asked)
        assert await desk.access.keys() == []

    async def test_a_key_that_does_not_exist_cannot_be_revoked(self, desk: Desk) -> None:
        with pytest.raises(UnknownKey, match="no access key '0123456789ab'"):
            await desk.access.revoke("0123456789ab")


class TestAudit:
    async def test_the_audit_log_says_who_made_and_who_revoked_a_key_and_nothing_of_the_key(self, desk: Desk) -> None:
        made = await desk.access.create_key(name="helpdesk", role="agent", scopes=["records.write"], expires_at=at("12:00"))
        grace = desk.acting(Actor(name="grace", door="api", request_id="r-7"))
        await grace.access.revoke(made.id)
        await grace.access.revoke(made.id)
        revoked, created = (await desk.audit_log.lines()).lines
        subject = f"key/helpdesk {made.id}"
        assert (created.who, created.verb, created.subject) == ("ada", "access.create_key", subject)
        assert created.after == {"role": "agent", "scopes": ["records.write"], "expires_at": "2026-03-02T12:00:00Z"}
        assert (revoked.who, revoked.door, revoked.request_id, revoked.verb) == ("grace", "api", "r-7", "access.revoke")
        assert (await desk.audit_log.verify()).sound


class TestLogs:
    async def test_neither_keys_nor_tokens_are_in_any_log_line(self, desk: Desk) -> None:
        """Not in those of refusals, and not even where somebody puts one into a line by mistake."""
        stream = io.StringIO()
        made = await desk.access.create_key(name="helpdesk", role="agent")
        secret = made.key.rpartition(f"{made.id}_")[2]
        identity = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw"
        import structlog

        with configure(Settings(log_format="json"), stream):
            await desk.access.revoke(made.id)
            await refused(desk, made.key)
            await refused(desk, identity)
            structlog.get_logger().info("mistake", header=f"Bearer {made.key}", text=f"sent {made.key}, then {identity}")
            structlog.get_logger().warning("worse", nested={"list": [made.key, identity]}, problem=ValueError(made.key))
        lines = [json.loads(line) for line in stream.getvalue().splitlines()]
        assert {line["event"] for line in lines} >= {"access_key_refused", "mistake", "worse"}
        assert secret not in stream.getvalue()
        assert identity not in stream.getvalue()
        assert made.id in stream.getvalue()
