"""The default business hours: which were set from which revision of the catalogue on."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It begins empty: what is set, the first worker notes, for the records that there are and those to come."""
    op.create_table(
        "default_hours",
        sa.Column("revision", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("calendar", sa.Text),
        sa.PrimaryKeyConstraint("revision", name="pk_default_hours"),
    )
