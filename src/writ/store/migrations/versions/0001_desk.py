"""Events, documents, the legal clock's mark, and what the desk decides."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "event",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
    )
    op.create_table(
        "document",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "mark",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("instant", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "epoch",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("snapshot", sa.Text, nullable=False),
        sa.Column("bundle", sa.Text, sa.ForeignKey("document.digest"), nullable=False),
        sa.Column("sources", sa.Text, sa.ForeignKey("document.digest"), nullable=False),
        sa.Column("event", sa.Integer, sa.ForeignKey("event.seq"), nullable=False),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("snapshot", sa.Text, sa.ForeignKey("document.digest"), nullable=False),
        sa.Column("envelope", sa.Text, sa.ForeignKey("document.digest"), nullable=False),
        sa.Column("sources", sa.Text, sa.ForeignKey("document.digest"), nullable=False),
        sa.Column("event", sa.Integer, sa.ForeignKey("event.seq"), nullable=False),
    )
    op.create_index(
        "proposal_open", "proposal", ["state"], unique=True, sqlite_where=sa.text("state = 'open'")
    )
    op.create_table(
        "order_version",
        sa.Column("order_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
    )
