"""The Setup desk: series of versions with notes, entitlements, migrations of records, access, the audit log."""

import sqlalchemy as sa
from alembic import op

from store.types import Counter, Json, UtcInstant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New columns are empty, but for the status of calendars: what was published is active."""
    op.add_column("records", sa.Column("opened_under", Json))
    op.add_column("records", sa.Column("entitlement", sa.Text))
    for name in ("account", "opened_at", "out_next_deadline", "out_owner"):
        op.drop_index(f"ix_records_{name}", table_name="records")
    op.create_index("ix_records_opened_at_id", "records", ["opened_at", "id"])
    for first in ("", "status", "process", "account", "owner", "queue"):
        columns = [*([first] if first else []), "out", "next_deadline", "opened_at", "id"]
        op.create_index(f"ix_records_{'_'.join(columns)}", "records", columns)
    op.add_column("accounts", sa.Column("tier", sa.Text))
    op.add_column("calendar_versions", sa.Column("status", sa.Text, nullable=False, server_default="active"))
    for table in ("process_versions", "calendar_versions"):
        for name, kind in (
            ("created_by", sa.Text),
            ("notes", sa.Text),
            ("based_on", sa.Integer),
            ("activated_at", UtcInstant),
            ("retired_at", UtcInstant),
        ):
            op.add_column(table, sa.Column(name, kind))
    op.create_table(
        "products",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
    )
    op.create_table(
        "assets",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("product", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_assets"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_assets_account"),
        sa.ForeignKeyConstraint(["product"], ["products.id"], name="fk_assets_product"),
    )
    op.create_index("ix_assets_account", "assets", ["account"])
    op.create_table(
        "contracts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_contracts"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_contracts_account"),
    )
    op.create_index("ix_contracts_account", "contracts", ["account"])
    op.create_table(
        "entitlement_templates",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entitlement_templates"),
    )
    op.create_table(
        "entitlements",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("asset", sa.Text),
        sa.Column("product", sa.Text),
        sa.Column("contract", sa.Text),
        sa.Column("contacts", Json, nullable=False),
        sa.Column("process", sa.Text),
        sa.Column("ends_on", sa.Date),
        sa.Column("per_incident", sa.Integer),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entitlements"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_entitlements_account"),
        sa.ForeignKeyConstraint(["asset"], ["assets.id"], name="fk_entitlements_asset"),
        sa.ForeignKeyConstraint(["contract"], ["contracts.id"], name="fk_entitlements_contract"),
        sa.ForeignKeyConstraint(["product"], ["products.id"], name="fk_entitlements_product"),
    )
    op.create_index("ix_entitlements_account", "entitlements", ["account"])
    op.create_index("ix_entitlements_ends_on", "entitlements", ["ends_on"])
    op.create_index("ix_entitlements_process", "entitlements", ["process"])
    op.create_table(
        "entitlement_uses",
        sa.Column("entitlement", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("at", UtcInstant, nullable=False),
        sa.PrimaryKeyConstraint("entitlement", "record", name="pk_entitlement_uses"),
        sa.ForeignKeyConstraint(["entitlement"], ["entitlements.id"], name="fk_entitlement_uses_entitlement"),
    )
    op.create_table(
        "entitlement_choices",
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("at", UtcInstant, nullable=False),
        sa.Column("chosen", sa.Text),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("rejected", Json, nullable=False),
        sa.PrimaryKeyConstraint("record", name="pk_entitlement_choices"),
    )
    op.create_table(
        "migrations",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("to_process", sa.Text, nullable=False),
        sa.Column("to_version", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("wanted", Json, nullable=False),
        sa.Column("per_second", sa.Integer, nullable=False),
        sa.Column("started_at", UtcInstant, nullable=False),
        sa.Column("started_by", sa.Text, nullable=False),
        sa.Column("ended_at", UtcInstant),
        sa.Column("state", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_migrations"),
    )
    op.create_table(
        "migration_records",
        sa.Column("migration", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("at", UtcInstant),
        sa.PrimaryKeyConstraint("migration", "record", name="pk_migration_records"),
        sa.ForeignKeyConstraint(["migration"], ["migrations.id"], name="fk_migration_records_migration"),
        sa.UniqueConstraint("migration", "position", name="uq_migration_records_migration_position"),
    )
    op.create_index("ix_migration_records_migration_state", "migration_records", ["migration", "state"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("created_at", UtcInstant, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("expires_at", UtcInstant),
        sa.Column("revoked_at", UtcInstant),
        sa.Column("used_at", UtcInstant),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_table(
        "audit_log",
        sa.Column("number", Counter, nullable=False, autoincrement=False),
        sa.Column("at", UtcInstant, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("door", sa.Text, nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("before", Json),
        sa.Column("after", Json),
        sa.Column("request_id", sa.Text),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    op.create_index("ix_audit_log_subject_number", "audit_log", ["subject", "number"])
    op.create_index("ix_audit_log_who_number", "audit_log", ["who", "number"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("number", Counter, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    _only_added_to("audit_log")
    op.create_table(
        "hooks",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("applied_at", UtcInstant, nullable=False),
        sa.Column("applied_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hooks"),
    )
    op.create_table(
        "idempotent_answers",
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("media_type", sa.Text),
        sa.Column("body", sa.Text),
        sa.Column("at", UtcInstant, nullable=False),
        sa.PrimaryKeyConstraint("who", "key", name="pk_idempotent_answers"),
    )
    op.create_index("ix_idempotent_answers_at", "idempotent_answers", ["at"])


def _only_added_to(table: str) -> None:
    """Have the database itself refuse to change or remove the table's rows."""
    problem = f"{table} is only added to"
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{problem}'); END"
            )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{problem}'; END $$"
    )
    for name, change in (("row", "UPDATE OR DELETE"), ("table", "TRUNCATE")):
        each = "ROW" if name == "row" else "STATEMENT"
        op.execute(
            f"CREATE TRIGGER {table}_keeps_{name} BEFORE {change} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {table}_refuse()"
        )
