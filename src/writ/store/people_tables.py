"""The registry's tables as values to build queries from; migrations/versions has what made them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    select,
)

from writ.store.tables import metadata

subject = Table(
    "subject",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

acts_for = Table(
    "acts_for",
    metadata,
    Column("subject", Text, ForeignKey("subject.id"), primary_key=True),
    Column("organisation", Text, ForeignKey("subject.id"), primary_key=True),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("requester", Text, ForeignKey("subject.id"), nullable=False),
    Column("organisation", Text, ForeignKey("subject.id")),
    Column("refuses_substitutes", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

end_user = Table(
    "end_user",
    metadata,
    Column("organisation", Text, ForeignKey("subject.id"), primary_key=True),
    Column("sub", Text, primary_key=True),
    Column("subject", Text, ForeignKey("subject.id"), nullable=False),
)

issuer = Table(
    "issuer",
    metadata,
    Column("organisation", Text, ForeignKey("subject.id"), primary_key=True),
    Column("kid", Text, primary_key=True),
    Column("public", LargeBinary, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("assurance", Integer, nullable=False, server_default="0"),
)

attestation = Table(
    "attestation",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # SHA-256 of the statement
    Column("subject", Text, ForeignKey("subject.id"), nullable=False),
    Column("content", LargeBinary, nullable=False),  # what it says, keyed: finds doubles
    Column("envelope", LargeBinary, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("ends_at", BigInteger),  # as the statement says; with none it does not end by itself
)
Index("attestation_subject", attestation.c.subject)
Index("attestation_content", attestation.c.content)
Index("attestation_revoked_at", attestation.c.revoked_at)
Index("attestation_ends_at", attestation.c.ends_at)

struck = Table(  # what was revoked and is erased, by its id and its content: it does not come back
    "struck",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("until", BigInteger),  # from then on it would count for nothing
)


def count_subjects(connection: Connection) -> int:
    """Count everybody on the books."""
    number: int = connection.execute(select(func.count()).select_from(subject)).scalar_one()
    return number
