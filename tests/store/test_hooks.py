"""The hooks of a database: each as it was applied, with a line in the audit log for what changes."""

import asyncio
from typing import Any

from sla.acting import Actor
from store.audit import AuditQuery, StoredAuditLog
from store.catalogue import Catalogue
from store.engine import Database
from store.hooks import StoredHooks, put_hook, remove_hook
from tests.sla.hooks.builders import a_hook, example
from tests.store.builders import at

ADA = Actor(name="ada", door="cli")


async def applied(database: Database, **more: Any) -> str:
    async with Catalogue(database).publishing(at=at("09:00"), actor=ADA) as publication:
        return await put_hook(publication, a_hook(**more))


async def test_a_hook_reads_back_as_it_was_applied(database: Database) -> None:
    names = ("jira", "servicenow", "zendesk")
    for name in reversed(names):
        async with Catalogue(database).publishing(at=at("09:00"), actor=ADA) as publication:
            assert await put_hook(publication, example(name)) == "created"
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


async def test_a_hook_that_two_remove_at_once_is_removed_by_one(database: Database, another: Database) -> None:
    await applied(database)

    async def remove(here: Database) -> bool:
        async with here.transaction() as connection:
            return await remove_hook(connection, "desk", ADA, at=at("10:00"))

    assert sorted(await asyncio.gather(*(remove(here) for here in (database, another) * 5))) == [False] * 9 + [True]
    lines = await StoredAuditLog(database).lines(AuditQuery(verb="hooks.remove"), limit=10)
    assert len(lines) == 1


async def test_who_removes_a_hook_while_others_are_applied_waits_for_nobody_in_a_ring(
    database: Database, another: Database
) -> None:
    await applied(database)

    async def remove() -> None:
        async with another.transaction() as connection:
            await remove_hook(connection, "desk", ADA, at=at("10:00"))

    async with Catalogue(database).publishing(at=at("10:00"), actor=ADA) as publication:
        await put_hook(publication, example("jira"))
        removing = asyncio.create_task(remove())
        await asyncio.wait([removing], timeout=0.5)  # on SQLite it waits for the end of the publication
        await put_hook(publication, a_hook(description="new"))
    await removing
    walk = await StoredAuditLog(database).verify()
    assert (walk.lines, walk.breaks) == (4, [])
