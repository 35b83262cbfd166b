"""How receivers of signals have their streams, and what they are owed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; a receiver without a row has its stream enabled."""
    op.create_table(
        "signal_stream",
        sa.Column("receiver", sa.Text, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("owed", sa.Text),
        sa.Column("state", sa.Text),
        sa.Column("asked_at", sa.BigInteger),
    )
