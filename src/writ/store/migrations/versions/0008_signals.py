"""Signals that came."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "signal",
        sa.Column("transmitter", sa.Text, primary_key=True),
        sa.Column("jti", sa.LargeBinary, primary_key=True),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("fallen", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("signal_at", "signal", ["at"])
