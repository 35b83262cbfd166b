"""When facts end by themselves; digests of revoked facts, and counts of reviews, that are erased."""

import base64
import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_AT_ONCE = 10_000


def upgrade() -> None:
    """Make them; when what is there ends stands in its statement."""
    op.add_column("attestation", sa.Column("ends_at", sa.BigInteger))
    table = sa.table(
        "attestation",
        sa.column("id", sa.LargeBinary),
        sa.column("envelope", sa.LargeBinary),
        sa.column("ends_at", sa.BigInteger),
    )
    connection, last = op.get_bind(), b""
    query = sa.select(table.c.id, table.c.envelope).order_by(table.c.id).limit(_AT_ONCE)
    while rows := list(connection.execute(query.where(table.c.id > last))):
        for row in rows:
            here = table.c.id == row.id
            connection.execute(table.update().where(here).values(ends_at=_ends_at(row.envelope)))
        last = rows[-1].id
    for name in ("revoked_at", "ends_at"):
        op.create_index(f"attestation_{name}", "attestation", [name])
    op.create_table(
        "struck",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("until", sa.BigInteger),
    )
    op.create_table(
        "review_tally",
        sa.Column("document", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )


def _ends_at(envelope: bytes) -> int | None:
    """Read the end out of an envelope; one that was emptied, or cannot be read, says none."""
    try:
        payload = base64.b64decode(json.loads(envelope)["payload"])
        text = json.loads(payload)["fact"].get("expires_at")
        return None if text is None else (datetime.fromisoformat(text) - _EPOCH) // _MICROSECOND
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
