"""The tables of the Setup desk: whom support is promised to, who may change what, and what was changed by whom.

In the same `metadata` as `store.tables`, of which this is the second half.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from store.tables import metadata
from store.types import Counter, Json, UtcInstant

__all__ = [
    "api_keys",
    "assets",
    "audit_head",
    "audit_log",
    "contracts",
    "default_hours",
    "entitlement_choices",
    "entitlement_templates",
    "entitlement_uses",
    "entitlements",
    "hooks",
    "idempotent_answers",
    "metadata",
    "migration_records",
    "migrations",
    "products",
]

# ---------------------------------------------------------------------- definitions

default_hours = Table(
    "default_hours",
    metadata,
    Column("revision", Integer, primary_key=True, autoincrement=False),  # from which of the catalogue's on it counts
    Column("calendar", Text),  # by name; null: 24/7
)

# ---------------------------------------------------------------------- entitlements (SPEC 6)

products = Table("products", metadata, Column("id", Text, primary_key=True), Column("name", Text, nullable=False))

assets = Table(
    "assets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("product", Text, ForeignKey("products.id")),
    Index(None, "account"),
)

contracts = Table(
    "contracts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("starts_on", Date),  # both inclusive, in the account's zone
    Column("ends_on", Date),
    Index(None, "account"),
)

entitlement_templates = Table(
    "entitlement_templates", metadata, Column("id", Text, primary_key=True), Column("body", Json, nullable=False)
)

entitlements = Table(
    "entitlements",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("asset", Text, ForeignKey("assets.id")),
    Column("product", Text, ForeignKey("products.id")),
    Column("contract", Text, ForeignKey("contracts.id")),
    Column("contacts", Json, nullable=False),
    Column("process", Text),  # by name; null: eligibility only
    Column("ends_on", Date),
    Column("per_incident", Integer),  # null: without a count
    Column("used", Integer, nullable=False),  # of these; always the number of its rows in entitlement_uses
    Column("body", Json, nullable=False),  # all of it, as it was applied
    Index(None, "account"),
    Index(None, "process"),
    Index(None, "ends_on"),
)

entitlement_uses = Table(
    "entitlement_uses",
    metadata,
    Column("entitlement", Text, ForeignKey("entitlements.id"), primary_key=True),
    Column("record", Text, primary_key=True),
    Column("at", UtcInstant, nullable=False),
)

entitlement_choices = Table(
    "entitlement_choices",
    metadata,
    Column("record", Text, primary_key=True),
    Column("at", UtcInstant, nullable=False),
    Column("chosen", Text),  # null: none fits
    Column("why", Text, nullable=False),
    Column("rejected", Json, nullable=False),  # the other candidates, each with the reason
    Column("process_by", Text),  # what gave it its process: named, promised, only; null: not known
)

# ---------------------------------------------------------------------- moving records to another version

migrations = Table(
    "migrations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("to_process", Text, nullable=False),
    Column("to_version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),  # the catalogue's: which calendars count from then on
    Column("wanted", Json, nullable=False),  # which records were asked for
    Column("per_second", Integer, nullable=False),  # how many records to move in a second, at most
    Column("started_at", UtcInstant, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("ended_at", UtcInstant),
    Column("state", Text, nullable=False),
)

migration_records = Table(
    "migration_records",
    metadata,
    Column("migration", Text, ForeignKey("migrations.id"), primary_key=True),
    Column("record", Text, primary_key=True),
    Column("position", Integer, nullable=False),  # in which order they are moved, from 1
    Column("state", Text, nullable=False),  # waiting, moved, failed, skipped
    Column("problem", Text),
    Column("at", UtcInstant),
    UniqueConstraint("migration", "position"),
    Index(None, "migration", "state"),
)

# ---------------------------------------------------------------------- access

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),  # the public part of the key
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False),  # of the secret part, which nobody but its holder has
    Column("role", Text, nullable=False),
    Column("scopes", Json, nullable=False),  # rights to which it is limited; empty: all of its role's
    Column("created_at", UtcInstant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", UtcInstant),
    Column("revoked_at", UtcInstant),
    Column("used_at", UtcInstant),  # lately, to the minute
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("number", Counter, primary_key=True, autoincrement=False),  # from 1, without a gap
    Column("at", UtcInstant, nullable=False),
    Column("who", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", Json),
    Column("after", Json),
    Column("request_id", Text),
    Column("previous", Text, nullable=False),  # the hash of the line before
    Column("hash", Text, nullable=False),
    Index(None, "who", "number"),
    Index(None, "subject", "number"),
    Index(None, "at"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1: the one row that those who add lines lock
    Column("number", Counter, nullable=False),  # of the last line
    Column("hash", Text, nullable=False),
)

hooks = Table(
    "hooks",
    metadata,
    Column("id", Text, primary_key=True),  # its name
    Column("body", Json, nullable=False),
    Column("applied_at", UtcInstant, nullable=False),
    Column("applied_by", Text, nullable=False),
)

idempotent_answers = Table(
    "idempotent_answers",
    metadata,
    Column("who", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),  # a digest: the same key with another request is an error
    Column("status", Integer),  # null while it is being answered
    Column("media_type", Text),
    Column("body", Text),
    Column("at", UtcInstant, nullable=False),
    Index(None, "at"),
)
