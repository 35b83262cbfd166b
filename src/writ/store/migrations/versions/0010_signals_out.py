"""Signals that are to be sent."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "signal_out",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("receiver", sa.Text, nullable=False),
        sa.Column("jti", sa.Text, nullable=False, unique=True),
        sa.Column("subject", sa.Text, sa.ForeignKey("subject.id"), nullable=False),
        sa.Column("models", sa.Text, nullable=False),
        sa.Column("access", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger),
    )
    op.create_index("signal_out_subject", "signal_out", ["subject"])
    op.create_index("signal_out_state", "signal_out", ["state"])
