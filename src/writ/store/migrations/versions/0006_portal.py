"""Credentials that back a person, reviews by people, and their opinions."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "backing",
        sa.Column("nullifier", sa.LargeBinary, primary_key=True),
        sa.Column("subject", sa.Text, sa.ForeignKey("subject.id"), primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table("burnt", sa.Column("nullifier", sa.LargeBinary, primary_key=True))
    op.create_table(
        "source",
        sa.Column("attestation", sa.LargeBinary, sa.ForeignKey("attestation.id"), primary_key=True),
        sa.Column("nullifier", sa.LargeBinary),
        sa.Column("revocation", sa.LargeBinary),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, sa.ForeignKey("subject.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("asked", sa.LargeBinary, nullable=False),
        sa.Column("about", sa.Text),
        sa.Column("nullifier", sa.LargeBinary),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("decided_at", sa.BigInteger),
    )
    op.create_index("review_subject", "review", ["subject"])
    op.create_table(
        "opinion",
        sa.Column("review", sa.Text, sa.ForeignKey("review.id"), primary_key=True),
        sa.Column("by", sa.Text, primary_key=True),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
