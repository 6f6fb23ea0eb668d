"""Alembic's entry: runs the migrations on the connection that `store.migrate` hands over, in its transaction.

Migrations only add (tables, nullable columns, indexes) while an older release may still be running; what is no longer used
is dropped a release later. On SQLite, `batch_alter_table` does what ALTER TABLE cannot.
"""

from alembic import context

from store.erasure_tables import metadata  # with those of all the others, which it builds on

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
