"""What was shown at the portal stays known with the model that it was shown for."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the model; of what was shown before, it is not known."""
    op.add_column("source", sa.Column("model", sa.Text))
