"""A salt for every event, and what is kept of the logs over them: entries, nodes, signed checkpoints."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, fill it, and make the tables."""
    op.add_column(
        "event", sa.Column("salt", sa.LargeBinary, nullable=False, server_default=sa.text("x''"))
    )
    event = sa.table("event", sa.column("seq", sa.Integer), sa.column("salt", sa.LargeBinary))
    connection = op.get_bind()
    for (seq,) in connection.execute(sa.select(event.c.seq)).all():
        salted = event.update().where(event.c.seq == seq).values(salt=secrets.token_bytes(16))
        connection.execute(salted)
    op.create_table(
        "log_node",
        sa.Column("log", sa.Text, primary_key=True),
        sa.Column("level", sa.Integer, primary_key=True),
        sa.Column("place", sa.BigInteger, primary_key=True),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "log_entry",
        sa.Column("log", sa.Text, primary_key=True),
        sa.Column("place", sa.BigInteger, primary_key=True),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("log", sa.Text, primary_key=True),
        sa.Column("size", sa.BigInteger, primary_key=True),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("signed_at", sa.BigInteger, nullable=False),
    )
