"""Of a review that was accepted, when what came of it ends: until then it is kept, and not for long after."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; of what was accepted before, it is not known, and taken to be as late as it may be."""
    op.add_column("review", sa.Column("ends_at", sa.BigInteger))
