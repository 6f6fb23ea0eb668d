"""The hooks that were applied."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select

from sla.acting import Actor
from sla.hooks.model import Hook
from store import audit
from store.connection import AnyConnection
from store.engine import Database
from store.publication import Publication
from store.setup_tables import hooks
from store.upsert import put


class StoredHooks:
    """The hooks of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, name: str) -> Hook | None:
        """The hook of that name."""
        async with self._database.reading() as connection:
            body = await connection.scalar(select(hooks.c.body).where(hooks.c.id == name))
        return None if body is None else Hook.model_validate(body)

    async def all(self) -> Sequence[Hook]:
        """All hooks, by name."""
        async with self._database.reading() as connection:
            bodies = await connection.scalars(select(hooks.c.body).order_by(hooks.c.id))
            return [Hook.model_validate(body) for body in bodies]


async def put_hook(publication: Publication, hook: Hook) -> Literal["created", "changed", "unchanged"]:
    """Make a hook the one of its name, with a line in the audit log."""
    body = hook.as_applied()
    before = await publication.connection.scalar(select(hooks.c.body).where(hooks.c.id == hook.hook))
    if before == body:
        return "unchanged"
    row = {"id": hook.hook, "body": body, "applied_at": publication.at, "applied_by": publication.actor.name}
    await put(publication.connection, hooks, [row])
    publication.note("hooks.apply", f"hook/{hook.hook}", before=before, after=body)
    return "created" if before is None else "changed"


async def remove_hook(connection: AnyConnection, name: str, actor: Actor, *, at: datetime) -> bool:
    """Forget a hook; whether there was one, and nobody else forgot it at the same time."""
    before = await connection.scalar(select(hooks.c.body).where(hooks.c.id == name))
    if not (await connection.execute(delete(hooks).where(hooks.c.id == name))).rowcount:
        return False
    await audit.note(connection, actor, "hooks.remove", f"hook/{name}", at=at, before=before)
    return True
