"""Tables of credentials and reviews, as values to build queries from."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text

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
