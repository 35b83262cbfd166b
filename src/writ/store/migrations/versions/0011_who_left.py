"""When somebody last left stays known once they are there again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add whether somebody is there; until now, whoever had not left was."""
    op.add_column(
        "personnel", sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true())
    )
    op.execute("UPDATE personnel SET active = (left_at IS NULL)")
