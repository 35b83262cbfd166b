"""Keys that assert end users are registered with how far what they say is believed."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the assurance; those that are there were registered to name people, and no more."""
    column = sa.Column("assurance", sa.Integer, nullable=False, server_default="0")
    op.add_column("issuer", column)
