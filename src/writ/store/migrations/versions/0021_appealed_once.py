"""An appeal against what is known is kept with a digest of that: while it is the same, one answer is enough."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; of what was appealed before, it is not known, and may be appealed once more."""
    op.add_column("review", sa.Column("known", sa.Text))
