"""The desk's tables as values to build queries from; migrations/versions has what made them.

Rooms above query through these objects' own methods (`epoch.select()`, `epoch.c.number`), so that
only this room knows the database library.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()

event = Table(
    "event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("digest", Text, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

mark = Table(
    "mark",
    metadata,
    Column("name", Text, primary_key=True),
    Column("instant", BigInteger, nullable=False),
)

epoch = Table(
    "epoch",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("snapshot", Text, nullable=False),  # digest of the snapshot in force
    Column("bundle", Text, ForeignKey("document.digest"), nullable=False),
    Column("sources", Text, ForeignKey("document.digest"), nullable=False),  # manifest
    Column("event", Integer, ForeignKey("event.seq"), nullable=False),
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),  # open | activated | replaced | overtaken
    Column("base", Integer, nullable=False),
    Column("snapshot", Text, ForeignKey("document.digest"), nullable=False),
    Column("envelope", Text, ForeignKey("document.digest"), nullable=False),
    Column("sources", Text, ForeignKey("document.digest"), nullable=False),
    Column("event", Integer, ForeignKey("event.seq"), nullable=False),
)
Index("proposal_open", proposal.c.state, unique=True, sqlite_where=proposal.c.state == "open")

order_version = Table(
    "order_version",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
)
