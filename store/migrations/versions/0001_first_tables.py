"""The first tables: records and their logs, actions and their ledger, the directory, the definitions."""

import sqlalchemy as sa
from alembic import op

from store.types import Counter, Json, Seconds, UtcInstant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All tables of the first release."""
    op.create_table(
        "calendar_versions",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("source", sa.Text),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("created_at", UtcInstant, nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_calendar_versions"),
        sa.UniqueConstraint("revision", name="uq_calendar_versions_revision"),
    )
    op.create_table(
        "catalogue",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue"),
    )
    op.create_table(
        "effect_attempts",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("at", UtcInstant),
        sa.PrimaryKeyConstraint("key", name="pk_effect_attempts"),
    )
    op.create_index("ix_effect_attempts_record", "effect_attempts", ["record"])
    op.create_table(
        "effect_ledger",
        sa.Column("number", Counter, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("kind", sa.Text),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("at", UtcInstant, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("detail", Json, nullable=False),
        sa.Column("chosen_for", sa.Text),
        sa.PrimaryKeyConstraint("number", name="pk_effect_ledger"),
        sa.UniqueConstraint("key", name="uq_effect_ledger_key"),
    )
    op.create_index("ix_effect_ledger_chosen_for_at", "effect_ledger", ["chosen_for", "at"])
    op.create_index("ix_effect_ledger_record", "effect_ledger", ["record"])
    op.create_table(
        "people",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("on_duty", sa.Text),
        sa.Column("manager", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_table(
        "process_versions",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("source", sa.Text),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("created_at", UtcInstant, nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_process_versions"),
        sa.UniqueConstraint("revision", name="uq_process_versions_revision"),
    )
    op.create_index(
        "ix_process_versions_one_default",
        "process_versions",
        ["name"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "queues",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_queues"),
    )
    op.create_table(
        "records",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("type", sa.Text),
        sa.Column("account", sa.Text),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("queue", sa.Text),
        sa.Column("opened_at", UtcInstant, nullable=False),
        sa.Column("out", sa.Boolean, nullable=False),
        sa.Column("next_wakeup", UtcInstant),
        sa.Column("next_deadline", UtcInstant),
        sa.Column("as_of", UtcInstant),
        sa.Column("updated_at", UtcInstant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_records"),
    )
    op.create_index("ix_records_account", "records", ["account"])
    op.create_index("ix_records_opened_at", "records", ["opened_at"])
    op.create_index("ix_records_out_next_deadline", "records", ["out", "next_deadline"])
    op.create_index("ix_records_out_owner", "records", ["out", "owner"])
    op.create_index("ix_records_process_version", "records", ["process", "version"])
    op.create_table(
        "tasks",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("to", Json, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("due_at", UtcInstant),
        sa.Column("opened_at", UtcInstant, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_tasks"),
    )
    op.create_index("ix_tasks_record", "tasks", ["record"])
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("account_manager", sa.Text),
        sa.ForeignKeyConstraint(["account_manager"], ["people.id"], name="fk_accounts_account_manager"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
    )
    op.create_table(
        "effects",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("milestone", sa.Text, nullable=False),
        sa.Column("occurrence", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("trigger", sa.Text, nullable=False),
        sa.Column("threshold", Seconds),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("params", Json, nullable=False),
        sa.Column("due_at", UtcInstant, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("moot", sa.Text),
        sa.ForeignKeyConstraint(["record"], ["records.id"], name="fk_effects_record"),
        sa.PrimaryKeyConstraint("key", name="pk_effects"),
    )
    op.create_index("ix_effects_record", "effects", ["record"])
    op.create_table(
        "event_log",
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("at", UtcInstant, nullable=False),
        sa.Column("recorded_at", UtcInstant, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.ForeignKeyConstraint(["record"], ["records.id"], name="fk_event_log_record"),
        sa.PrimaryKeyConstraint("record", "id", name="pk_event_log"),
        sa.UniqueConstraint("record", "sequence", name="uq_event_log_record_sequence"),
    )
    op.create_table(
        "occurrences",
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("milestone", sa.Text, nullable=False),
        sa.Column("occurrence", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("started_at", UtcInstant),
        sa.Column("target_at", UtcInstant),
        sa.Column("completed_at", UtcInstant),
        sa.Column("violated", sa.Boolean, nullable=False),
        sa.Column("violated_at", UtcInstant),
        sa.Column("retracted", sa.Boolean, nullable=False),
        sa.Column("ended_at", UtcInstant),
        sa.Column("limit_s", Seconds, nullable=False),
        sa.Column("elapsed_s", Seconds),
        sa.Column("stopped_s", Seconds, nullable=False),
        sa.Column("actual_s", Seconds),
        sa.Column("overdue_s", Seconds, nullable=False),
        sa.Column("remaining_s", Seconds, nullable=False),
        sa.Column("reason", sa.Text),
        sa.ForeignKeyConstraint(["record"], ["records.id"], name="fk_occurrences_record"),
        sa.PrimaryKeyConstraint("record", "milestone", "occurrence", name="pk_occurrences"),
    )
    op.create_index("ix_occurrences_milestone_status", "occurrences", ["milestone", "status"])
    op.create_table(
        "outcome_facts",
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("milestone", sa.Text, nullable=False),
        sa.Column("occurrence", sa.Integer, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("at", UtcInstant, nullable=False),
        sa.Column("as_of", UtcInstant, nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.ForeignKeyConstraint(["record"], ["records.id"], name="fk_outcome_facts_record"),
        sa.PrimaryKeyConstraint("record", "number", name="pk_outcome_facts"),
    )
    op.create_index("ix_outcome_facts_what_at", "outcome_facts", ["what", "at"])
    op.create_table(
        "person_queues",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_person_queues_person"),
        sa.ForeignKeyConstraint(["queue"], ["queues.id"], name="fk_person_queues_queue"),
        sa.PrimaryKeyConstraint("person", "queue", name="pk_person_queues"),
    )
    op.create_index("ix_person_queues_queue", "person_queues", ["queue"])
    op.create_table(
        "person_roles",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_person_roles_person"),
        sa.PrimaryKeyConstraint("person", "role", name="pk_person_roles"),
    )
    op.create_index("ix_person_roles_role", "person_roles", ["role"])
    op.create_table(
        "contacts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("account", sa.Text),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_contacts_account"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
