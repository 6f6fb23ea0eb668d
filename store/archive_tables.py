"""The tables of the archive: which runs a record's workflow has had, and the histories of those that have closed.

In the same `metadata` as `store.setup_tables`, of which this is the rest: whoever needs all tables takes it from here.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from store.setup_tables import metadata
from store.types import Json, UtcInstant

__all__ = ["archived_runs", "metadata", "runs"]

runs = Table(
    "runs",
    metadata,
    Column("record", Text, ForeignKey("records.id"), primary_key=True),
    Column("run_id", Text, primary_key=True),  # empty: which runs there were is still to be asked of Temporal
    Column("seen_at", UtcInstant, nullable=False),
    Column("state", Text, nullable=False),  # waiting, stored, lost
    Column("look_at", UtcInstant),  # when to look whether it has closed; null: there is nothing more to look for
    Column("looks", Integer, nullable=False),  # how often in vain, since there was a reason to
    Column("problem", Text),  # why it could not be stored
    Index(None, "look_at"),
    Index(None, "state"),
)

archived_runs = Table(
    "archived_runs",
    metadata,
    Column("record", Text, ForeignKey("records.id"), primary_key=True),
    Column("run_id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("began_us", BigInteger, nullable=False),  # by Temporal's clock: several runs may begin in one second
    Column("started_at", UtcInstant),
    Column("closed_at", UtcInstant),
    Column("continues", Text),
    Column("continued_by", Text),
    Column("events", Integer, nullable=False),
    Column("definitions", Json, nullable=False),
    Column("engine", Text, nullable=False),
    Column("archived_at", UtcInstant, nullable=False),
    Column("redacted_at", UtcInstant),
    Column("digest", Text, nullable=False),  # of the text that `body` holds
    Column("original_digest", Text, nullable=False),  # of the text that it held at first
    Column("size", BigInteger, nullable=False),  # of the text, in bytes
    Column("body", LargeBinary, nullable=False),  # the history's canonical JSON, compressed (zlib)
    Index(None, "closed_at"),
)
