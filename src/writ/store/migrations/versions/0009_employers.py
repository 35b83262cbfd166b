"""How employers show who they are, their people, and what they determined of them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "employer_credential",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("organisation", sa.Text, sa.ForeignKey("subject.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("shown", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("assurance", sa.Integer, nullable=False),
        sa.Column("enrols", sa.Boolean, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_table(
        "personnel",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("organisation", sa.Text, sa.ForeignKey("subject.id"), nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, sa.ForeignKey("subject.id"), nullable=False),
        sa.Column("external_id", sa.Text),
        sa.Column("left_at", sa.BigInteger),
        sa.Column("removed", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("organisation", "user"),
    )
    op.create_index("personnel_external_id", "personnel", ["organisation", "external_id"])
    op.create_index("personnel_subject", "personnel", ["subject"])
    op.create_table(
        "determined",
        sa.Column("attestation", sa.LargeBinary, sa.ForeignKey("attestation.id"), primary_key=True),
        sa.Column("person", sa.Text, sa.ForeignKey("personnel.id"), nullable=False),
        sa.Column("credential", sa.Text, sa.ForeignKey("employer_credential.id"), nullable=False),
    )
    op.create_index("determined_person", "determined", ["person"])
