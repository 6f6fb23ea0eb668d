"""The tables of erasures: what was forgotten, as digests only, and what was there before and after, as digests too.

In the same `metadata` as `store.archive_tables`, of which this is the rest: whoever needs all tables takes it from here.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from store.archive_tables import metadata
from store.types import Json, UtcInstant

__all__ = ["erased_records", "erasures", "metadata"]

erasures = Table(
    "erasures",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1
    Column("at", UtcInstant, nullable=False),
    Column("by", Text, nullable=False),
    Column("contact", Text),  # the pseudonym that stays; null if only an address was given, or the id itself was one
    Column("salt", Text, nullable=False),  # the key of the digests
    Column("spellings", Json, nullable=False),  # digests of names and addresses
    Column("places", Json, nullable=False),  # how many rows were changed, by place
)

erased_records = Table(
    "erased_records",
    metadata,
    Column("erasure", Integer, ForeignKey("erasures.number"), primary_key=True),
    Column("record", Text, ForeignKey("records.id"), primary_key=True),
    Column("log_before", Text, nullable=False),  # SHA-256 of its events' canonical JSON, as it was
    Column("log_after", Text, nullable=False),
    Column("outcome", Text, nullable=False),  # SHA-256 of its figures and verdicts, the same before and after
    Index(None, "record"),
)
