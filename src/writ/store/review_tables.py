"""Tables of credentials and reviews, as values to build queries from."""

from collections import Counter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
)

from writ.store.database import Connection
from writ.store.tables import metadata

backing = Table(
    "backing",
    metadata,
    Column("nullifier", LargeBinary, primary_key=True),
    Column("subject", Text, ForeignKey("subject.id"), primary_key=True),
    Column("state", Text, nullable=False),  # stands | asked
    Column("at", BigInteger, nullable=False),
)

burnt = Table("burnt", metadata, Column("nullifier", LargeBinary, primary_key=True))

source = Table(
    "source",
    metadata,
    Column("attestation", LargeBinary, ForeignKey("attestation.id"), primary_key=True),
    Column("nullifier", LargeBinary),
    Column("revocation", LargeBinary),  # sealed
    Column("model", Text),  # that it was shown for
)

review = Table(
    "review",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject", Text, ForeignKey("subject.id"), nullable=False),
    Column("kind", Text, nullable=False),  # papers | appeal | reuse
    Column("document", Text, nullable=False),
    Column("asked", LargeBinary, nullable=False),  # canonical JSON: what is claimed
    Column("about", Text),  # of an appeal: the review it is against
    Column("nullifier", LargeBinary),
    Column("opened_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),  # open | accepted | rejected
    Column("decided_at", BigInteger),
    Column("model", Text),  # that papers were shown for
    Column("ends_at", BigInteger),  # of one that was accepted: when what came of it ends
    Column("known", Text),  # of an appeal against what is known: digest of that, and of the law
)
Index("review_subject", review.c.subject)

opinion = Table(
    "opinion",
    metadata,
    Column("review", Text, ForeignKey("review.id"), primary_key=True),
    Column("by", Text, primary_key=True),
    Column("envelope", LargeBinary, nullable=False),  # a signed word, with its reason
    Column("at", BigInteger, nullable=False),
)

tally = Table(  # how reviews came out that are erased
    "review_tally",
    metadata,
    Column("document", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)


def decided_on() -> Select[Any]:
    """Select whom people decide about at present."""
    return review.select().with_only_columns(review.c.subject).where(review.c.state == "open")


def count_review(connection: Connection, document: str, kind: str, state: str) -> None:
    """Count one more review that is erased."""
    here = (tally.c.document == document, tally.c.kind == kind, tally.c.state == state)
    counted = connection.execute(tally.update().where(*here).values(count=tally.c.count + 1))
    if not counted.rowcount:
        values = {"document": document, "kind": kind, "state": state, "count": 1}
        connection.execute(tally.insert().values(values))


def read_tallies(connection: Connection) -> Counter[tuple[str, str, str]]:
    """Read how erased reviews came out, by document, kind and state."""
    return Counter(
        {
            (row.document, row.kind, row.state): row.count
            for row in connection.execute(tally.select())
        }
    )
