"""Attempts at actions are noted as they begin, so that one that was lost with its worker is known to have been made."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of its own: the counts of failed attempts stay as they are."""
    op.create_table(
        "effect_begun",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("begun", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_effect_begun"),
    )
    op.create_index("ix_effect_begun_record", "effect_begun", ["record"])
