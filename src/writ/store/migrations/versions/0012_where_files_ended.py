"""What the end of a file of receipts was when it was last read: so that another one is told from it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; of files read before, it is not known until they are read on."""
    op.add_column("receipt_file", sa.Column("ending", sa.Text))
