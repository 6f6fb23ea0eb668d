"""The hooks of a database: each as it was applied, with a line in the audit log for what changes."""

from typing import Any

from sla.acting import Actor
from store.audit import AuditQuery, StoredAuditLog
from store.engine import Database
from store.hooks import StoredHooks, put_hook, remove_hook
from tests.sla.hooks.builders import a_hook, example
from tests.store.builders import at

ADA = Actor(name="ada", door="cli")


async def applied(database: Database, **more: Any) -> str:
    async with database.transaction() as connection:
        return await put_hook(connection, a_hook(**more), ADA, at=at("09:00"))


async def test_a_hook_reads_back_as_it_was_applied(database: Database) -> None:
    names = ("jira", "servicenow", "zendesk")
    for name in reversed(names):
        async with database.transaction() as connection:
            assert await put_hook(connection, example(name), ADA, at=at("09:00")) == "created"
    stored = StoredHooks(database)
    assert await stored.all() == [example(name) for name in names]
    assert await stored.find("jira") == example("jira")
    assert await stored.find("nothing") is None


async def test_only_what_changes_it_is_written_down(database: Database) -> None:
    told = [await applied(database), await applied(database), await applied(database, description="new")]
    assert told == ["created", "unchanged", "changed"]
    lines = await StoredAuditLog(database).lines(AuditQuery(subject="hook/desk"), limit=10)
    assert [(line["verb"], (line["before"] or {}).get("hook"), line["after"].get("description")) for line in lines] == [
        ("hooks.apply", "desk", "new"),
        ("hooks.apply", None, None),
    ]
    assert not (await StoredAuditLog(database).verify()).broken


async def test_a_hook_is_removed_once(database: Database) -> None:
    await applied(database)
    async with database.transaction() as connection:
        assert await remove_hook(connection, "desk", ADA, at=at("10:00"))
        assert not await remove_hook(connection, "desk", ADA, at=at("10:00"))
    assert await StoredHooks(database).all() == []
