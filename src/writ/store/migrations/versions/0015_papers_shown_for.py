"""Papers that people look at are kept with the model that they were shown for, as what is shown at once is."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the model; of what was opened before, it is not known."""
    op.add_column("review", sa.Column("model", sa.Text))
