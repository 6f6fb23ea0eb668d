"""Erasures: that somebody was forgotten, by whom and when, with digests in the place of names."""

import sqlalchemy as sa
from alembic import op

from store.types import Json, UtcInstant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Both begin empty."""
    op.create_table(
        "erasures",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", UtcInstant, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("contact", sa.Text),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("spellings", Json, nullable=False),
        sa.Column("places", Json, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_erasures"),
    )
    op.create_table(
        "erased_records",
        sa.Column("erasure", sa.Integer, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("log_before", sa.Text, nullable=False),
        sa.Column("log_after", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("erasure", "record", name="pk_erased_records"),
        sa.ForeignKeyConstraint(["erasure"], ["erasures.number"], name="fk_erased_records_erasure"),
        sa.ForeignKeyConstraint(["record"], ["records.id"], name="fk_erased_records_record"),
    )
    op.create_index("ix_erased_records_record", "erased_records", ["record"])
