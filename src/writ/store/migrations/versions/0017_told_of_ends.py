"""Notices that tell of an end say of which, so that each is told once."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; no notice before told of an end."""
    op.add_column("notice", sa.Column("ends_at", sa.BigInteger))
