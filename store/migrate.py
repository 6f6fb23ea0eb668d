"""Alembic from within: which schema a database has, which one this release needs, and the way from one to the other."""

from functools import lru_cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from sla.errors import SchemaBehind

_LOCK = 7_364_201_553
"""Any number that is the same in every release: the PostgreSQL advisory lock of whoever upgrades."""


def config() -> Config:
    """Alembic's settings; they need no file, and `env.py` takes the connection from their attributes."""
    settings = Config()
    settings.set_main_option("script_location", "store:migrations")
    settings.set_main_option("path_separator", "os")
    return settings


@lru_cache(maxsize=1)
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config())


def needed_revision() -> str:
    """The newest migration that this release knows."""
    head = _scripts().get_current_head()
    assert head is not None  # noqa: S101 - there is a first migration
    return head


def current_revision(connection: Connection) -> str | None:
    """The migration that the database has come to; None if there has been none."""
    return MigrationContext.configure(connection).get_current_revision()


def check(connection: Connection, address: str) -> None:
    """Raise SchemaBehind if the database lacks a migration.

    A revision that we do not know is a later release's: migrations only add, so that during a rolling deployment the older
    release goes on working on the newer schema.
    """
    found = current_revision(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if found != needed_revision() and (found is None or found in known):
        raise SchemaBehind(address=address, found=found or "none", needed=needed_revision())


def upgrade(connection: Connection) -> None:
    """Run all missing migrations in the connection's transaction: all or nothing, and one process after the other."""
    if connection.dialect.name == "postgresql":  # on SQLite the transaction itself holds the only write lock
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = current_revision(connection)
    if found is not None and found not in {script.revision for script in _scripts().walk_revisions()}:
        return
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
