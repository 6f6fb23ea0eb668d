"""What gave a record its process is kept with the choice of its entitlement; of older ones it is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Older releases do not write it."""
    op.add_column("entitlement_choices", sa.Column("process_by", sa.Text))
