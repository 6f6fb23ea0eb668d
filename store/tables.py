"""Every table, for SQLite and PostgreSQL alike. What changes here needs a migration; a test compares the two.

Three kinds: append-only (the log, the facts, the ledger), immutable once published (definitions), and current views, which
could be reckoned anew from the log at any time. Instants end in `_at`, whole seconds in `_s`.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.types import Counter, Json, Seconds, UtcInstant

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _of_record() -> Column[str]:
    return Column("record", Text, ForeignKey("records.id"), primary_key=True)


# ---------------------------------------------------------------------- records

records = Table(
    "records",
    metadata,
    Column("id", Text, primary_key=True),
    Column("type", Text),
    Column("account", Text),
    Column("process", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("fields", Json, nullable=False),
    Column("owner", Text),
    Column("queue", Text),
    Column("opened_under", Json),  # process, version and revision of its opening; null: those above, it never moved
    Column("entitlement", Text),  # the one that was chosen at its opening (SPEC 6)
    Column("opened_at", UtcInstant, nullable=False),
    Column("out", Boolean, nullable=False),
    Column("next_wakeup", UtcInstant),
    Column("next_deadline", UtcInstant),
    Column("as_of", UtcInstant),  # null until the first decision
    Column("updated_at", UtcInstant, nullable=False),
    Index(None, "process", "version"),
    Index(None, "opened_at", "id"),
    # `store.pages` reads pages from these; what is filtered by has one of its own
    Index(None, "out", "next_deadline", "opened_at", "id"),
    Index(None, "status", "out", "next_deadline", "opened_at", "id"),
    Index(None, "process", "out", "next_deadline", "opened_at", "id"),
    Index(None, "account", "out", "next_deadline", "opened_at", "id"),
    Index(None, "owner", "out", "next_deadline", "opened_at", "id"),
    Index(None, "queue", "out", "next_deadline", "opened_at", "id"),
)

event_log = Table(
    "event_log",
    metadata,
    _of_record(),
    Column("id", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),  # of arrival, from 1
    Column("at", UtcInstant, nullable=False),
    Column("recorded_at", UtcInstant, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Json, nullable=False),
    UniqueConstraint("record", "sequence"),
)

occurrences = Table(
    "occurrences",
    metadata,
    _of_record(),
    Column("milestone", Text, primary_key=True),
    Column("occurrence", Integer, primary_key=True),
    Column("position", Integer, nullable=False),  # in the timeline's order, from 0
    Column("line", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("started_at", UtcInstant),
    Column("target_at", UtcInstant),
    Column("completed_at", UtcInstant),
    Column("violated", Boolean, nullable=False),
    Column("violated_at", UtcInstant),
    Column("retracted", Boolean, nullable=False),
    Column("ended_at", UtcInstant),
    Column("limit_s", Seconds, nullable=False),
    Column("elapsed_s", Seconds),
    Column("stopped_s", Seconds, nullable=False),
    Column("actual_s", Seconds),
    Column("overdue_s", Seconds, nullable=False),
    Column("remaining_s", Seconds, nullable=False),
    Column("reason", Text),
    Index(None, "milestone", "status"),
)

outcome_facts = Table(
    "outcome_facts",
    metadata,
    _of_record(),
    Column("number", Integer, primary_key=True),  # of the record's facts, from 1
    Column("milestone", Text, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("what", Text, nullable=False),
    Column("at", UtcInstant, nullable=False),  # when it came to be so
    Column("as_of", UtcInstant, nullable=False),  # when we found out
    Column("details", Json, nullable=False),
    Index(None, "what", "at"),
)

# ---------------------------------------------------------------------- actions

effects = Table(
    "effects",
    metadata,
    Column("key", Text, primary_key=True),
    Column("record", Text, ForeignKey("records.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("milestone", Text, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("threshold", Seconds),
    Column("action", Text, nullable=False),
    Column("params", Json, nullable=False),
    Column("due_at", UtcInstant, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("moot", Text),
    Index(None, "record"),
)

# No foreign keys here: an action may end before the case's log has been recorded, and the ledger must take it all the same.
effect_ledger = Table(
    "effect_ledger",
    metadata,
    Column("number", Counter, primary_key=True, autoincrement=True),  # tells apart what happened in one second
    Column("key", Text, nullable=False, unique=True),
    Column("record", Text, nullable=False),
    Column("kind", Text),
    Column("outcome", Text, nullable=False),
    Column("at", UtcInstant, nullable=False),
    Column("reason", Text),
    Column("detail", Json, nullable=False),
    Column("chosen_for", Text),  # the role or queue of a reassignment: `detail.role`, to be found by
    Index(None, "record"),
    Index(None, "chosen_for", "at"),
)

effect_attempts = Table(
    "effect_attempts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("record", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("problem", Text, nullable=False),  # the latest
    Column("at", UtcInstant),  # of the latest attempt, if it was told
    Index(None, "record"),
)

effect_begun = Table(
    "effect_begun",
    metadata,
    Column("key", Text, primary_key=True),
    Column("record", Text, nullable=False),
    Column("begun", Integer, nullable=False),  # attempts begun, without those that reached nobody
    Index(None, "record"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("key", Text, primary_key=True),
    Column("record", Text, nullable=False),
    Column("to", Json, nullable=False),
    Column("subject", Text, nullable=False),
    Column("due_at", UtcInstant),
    Column("opened_at", UtcInstant, nullable=False),
    Index(None, "record"),
)

# ---------------------------------------------------------------------- the directory

queues = Table("queues", metadata, Column("id", Text, primary_key=True), Column("email", Text))

people = Table(
    "people",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("timezone", Text, nullable=False),
    Column("on_duty", Text),
    Column("manager", Text),
)

person_roles = Table(
    "person_roles",
    metadata,
    Column("person", Text, ForeignKey("people.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Index(None, "role"),
)

person_queues = Table(
    "person_queues",
    metadata,
    Column("person", Text, ForeignKey("people.id"), primary_key=True),
    Column("queue", Text, ForeignKey("queues.id"), primary_key=True),
    Index(None, "queue"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("account_manager", Text, ForeignKey("people.id")),
    Column("tier", Text),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("timezone", Text, nullable=False),
    Column("account", Text, ForeignKey("accounts.id")),
)

# ---------------------------------------------------------------------- definitions

catalogue = Table(
    "catalogue",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1: the one row that publishers lock
    Column("revision", Integer, nullable=False),
)

process_versions = Table(
    "process_versions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("status", Text, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("revision", Integer, nullable=False, unique=True),
    Column("body", Json, nullable=False),
    Column("source", Text),
    Column("digest", Text, nullable=False),
    Column("created_at", UtcInstant, nullable=False),
    Column("created_by", Text),
    Column("notes", Text),
    Column("based_on", Integer),  # the version that this one was made from, if somebody said so
    Column("activated_at", UtcInstant),  # null for a draft, and for what was activated before this was noted
    Column("retired_at", UtcInstant),
    Index(
        "ix_process_versions_one_default",
        "name",
        unique=True,
        sqlite_where=text("is_default"),
        postgresql_where=text("is_default"),
    ),
)

calendar_versions = Table(
    "calendar_versions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("status", Text, nullable=False, server_default="active"),
    Column("revision", Integer, nullable=False, unique=True),  # a draft takes a new one when it becomes active
    Column("body", Json, nullable=False),
    Column("source", Text),
    Column("digest", Text, nullable=False),
    Column("created_at", UtcInstant, nullable=False),
    Column("created_by", Text),
    Column("notes", Text),
    Column("based_on", Integer),
    Column("activated_at", UtcInstant),
    Column("retired_at", UtcInstant),
)
