"""A digest over every line taken over of a file of receipts: so that one changed early is told too."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; of files read before, it is not known until they are read on."""
    op.add_column("receipt_file", sa.Column("chain", sa.Text))
