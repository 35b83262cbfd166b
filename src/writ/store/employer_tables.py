"""Tables of employers: how they show who they are, their people, what they determined."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
    true,
)

from writ.store.database import Connection
from writ.store.tables import metadata

employer_credential = Table(
    "employer_credential",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, ForeignKey("subject.id"), nullable=False),
    Column("kind", Text, nullable=False),  # token | key
    Column("shown", LargeBinary, nullable=False, unique=True),  # SHA-256 of a token | a raw key
    Column("assurance", Integer, nullable=False),
    Column("enrols", Boolean, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

personnel = Table(
    "personnel",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, ForeignKey("subject.id"), nullable=False),
    Column("user", Text, nullable=False),  # the organisation's own word for them
    Column("subject", Text, ForeignKey("subject.id"), nullable=False),
    Column("external_id", Text),
    Column("left_at", BigInteger),  # the last time
    Column("removed", Boolean, nullable=False),  # nobody to the employer; when they left is kept
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("organisation", "user"),
)
Index("personnel_external_id", personnel.c.organisation, personnel.c.external_id)
Index("personnel_subject", personnel.c.subject)

determined = Table(
    "determined",
    metadata,
    Column("attestation", LargeBinary, ForeignKey("attestation.id"), primary_key=True),
    Column("person", Text, ForeignKey("personnel.id"), nullable=False),
    Column("credential", Text, ForeignKey("employer_credential.id"), nullable=False),
)
Index("determined_person", determined.c.person)


def people_of(organisation: str) -> Select[Any]:
    """Select the people of an organisation, the oldest first."""
    here = (personnel.c.organisation == organisation, personnel.c.removed.is_(False))
    return personnel.select().where(*here).order_by(personnel.c.created_at, personnel.c.id)


def how_many(connection: Connection, organisation: str) -> int:
    """Count the people of an organisation."""
    here = (personnel.c.organisation == organisation, personnel.c.removed.is_(False))
    query = select(func.count()).select_from(personnel).where(*here)
    return connection.execute(query).scalar_one()


def determines(connection: Connection, public: bytes) -> bool:
    """Whether a key is, or was, registered for determinations."""
    here = (employer_credential.c.shown == public, employer_credential.c.kind == "key")
    return connection.execute(employer_credential.select().where(*here)).first() is not None
