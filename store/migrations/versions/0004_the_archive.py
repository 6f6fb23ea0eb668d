"""The archive: the runs of each record's workflow, and the histories of those that have closed."""

import sqlalchemy as sa
from alembic import op

from store.types import Json, UtcInstant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Both begin empty: who keeps the archive asks Temporal for the runs that there have been."""
    op.create_table(
        "runs",
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("seen_at", UtcInstant, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("look_at", UtcInstant),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text),
        sa.PrimaryKeyConstraint("record", "run_id", name="pk_runs"),
        sa.ForeignKeyConstraint(["record"], ["records.id"], name="fk_runs_record"),
    )
    op.create_index("ix_runs_look_at", "runs", ["look_at"])
    op.create_index("ix_runs_state", "runs", ["state"])
    op.create_table(
        "archived_runs",
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("began_us", sa.BigInteger, nullable=False),
        sa.Column("started_at", UtcInstant),
        sa.Column("closed_at", UtcInstant),
        sa.Column("continues", sa.Text),
        sa.Column("continued_by", sa.Text),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("definitions", Json, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("archived_at", UtcInstant, nullable=False),
        sa.Column("redacted_at", UtcInstant),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("original_digest", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("record", "run_id", name="pk_archived_runs"),
        sa.ForeignKeyConstraint(["record"], ["records.id"], name="fk_archived_runs_record"),
    )
    op.create_index("ix_archived_runs_closed_at", "archived_runs", ["closed_at"])
