"""Subjects, API keys, end users, the keys that assert them, and attestations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _subject(name: str, *, key: bool = False, nullable: bool = False) -> sa.Column[str]:
    reference = sa.ForeignKey("subject.id")
    return sa.Column(name, sa.Text, reference, primary_key=key, nullable=nullable)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "subject",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
    )
    op.create_table("acts_for", _subject("subject", key=True), _subject("organisation", key=True))
    op.create_table(
        "api_key",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        _subject("requester"),
        _subject("organisation", nullable=True),
        sa.Column("refuses_substitutes", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_table(
        "end_user",
        _subject("organisation", key=True),
        sa.Column("sub", sa.Text, primary_key=True),
        _subject("subject"),
    )
    op.create_table(
        "issuer",
        _subject("organisation", key=True),
        sa.Column("kid", sa.Text, primary_key=True),
        sa.Column("public", sa.LargeBinary, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_table(
        "attestation",
        sa.Column("id", sa.LargeBinary, primary_key=True),
        _subject("subject"),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_index("attestation_subject", "attestation", ["subject"])
    op.create_index("attestation_content", "attestation", ["content"])
