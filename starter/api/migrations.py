"""Migrations: open records moved to another version, previewed first."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Query
from pydantic import Field

from sla.move_query import MoveQuery, MoveTarget
from sla.moving import RecordState
from sla.timeline import RollUp
from starter.api.asking import AskedDesk, asks, routes
from starter.api.bodies import WHOLE, Body, FieldValue, Limit, Name, Numbered, Place, Word
from starter.setup.views.migrations import MigrationPreview, MigrationView, MoveView

router = routes("Migrations", "/migrations")


class Meant(Body):
    """Which open records are meant."""

    process: Word
    version: Numbered | None = Field(default=None, description="only those that follow this version")
    status: RollUp | None = None
    account: Word | None = None
    owner: Word | None = None
    queue: Word | None = None
    fields: dict[str, FieldValue] = Field(default_factory=dict, description="only those whose fields have these values")


class Target(Body):
    """Where they move to."""

    version: Numbered
    process: Word | None = Field(default=None, description="default: the process that they follow")


class Move(Body):
    """A migration."""

    query: Meant = Field(examples=[{"process": "Premium Support SLA", "version": 2}])
    to: Target = Field(examples=[{"version": 3}])

    def asked(self) -> tuple[MoveQuery, MoveTarget]:
        """As the Desk has it."""
        return MoveQuery(**self.query.model_dump()), MoveTarget(**self.to.model_dump())


class Start(Move):
    """A migration, and how fast."""

    per_second: Annotated[int, Field(ge=1, le=1000), WHOLE] = Field(
        default=20, description="records moved in a second, at most"
    )


class Stop(Body):
    """How it stops."""

    for_good: bool = Field(default=False, description="it ends; the others stay where they are", examples=[False])


@router.get("", **asks("migrations.list", "migrations.read"))
async def list_(desk: AskedDesk, limit: Annotated[Limit, Query()] = 100) -> list[MigrationView]:
    """Migrations, the latest first."""
    return await desk.migrations.list(limit=limit)


@router.post("/preview", **asks("migrations.preview", "migrations.read"))
async def preview(desk: AskedDesk, move: Move) -> MigrationPreview:
    """What the move would change, were it made now; nothing is changed."""
    return await desk.migrations.preview(*move.asked())


@router.post("", status_code=HTTPStatus.ACCEPTED, **asks("migrations.start", "migrations.write"))
async def start(desk: AskedDesk, move: Start) -> MigrationView:
    """Make the list of records, and begin to move them."""
    return await desk.migrations.start(*move.asked(), per_second=move.per_second)


@router.get("/{migration}", **asks("migrations.status", "migrations.read"))
async def status(desk: AskedDesk, migration: Name) -> MigrationView:
    """A migration, and how far it has come."""
    return await desk.migrations.status(migration)


@router.get("/{migration}/records", **asks("migrations.moves", "migrations.read"))
async def moves(
    desk: AskedDesk,
    migration: Name,
    state: Annotated[RecordState | None, Query()] = None,
    after: Annotated[Place, Query(description="leave out so many of its list")] = 0,
    limit: Annotated[Limit, Query()] = 1000,
) -> list[MoveView]:
    """What became of its records."""
    return await desk.migrations.moves(migration, state=state, after=after, limit=limit)


@router.post("/{migration}/stop", **asks("migrations.stop", "migrations.write"))
async def stop(desk: AskedDesk, migration: Name, how: Stop) -> MigrationView:
    """Let it come to rest after the records under way."""
    return await desk.migrations.stop(migration, for_good=how.for_good)


@router.post("/{migration}/resume", **asks("migrations.resume", "migrations.write"))
async def resume(desk: AskedDesk, migration: Name) -> MigrationView:
    """Let it go on."""
    return await desk.migrations.resume(migration)
