"""The tables as values to build queries from; migrations/versions has what made them.

Rooms above query through these objects' own methods (`event.select()`, `event.c.seq`), so that
only this room knows the database library.
"""

from sqlalchemy import (
    BigInteger,
    Column,
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
    Column("salt", LargeBinary, nullable=False),
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

receipt = Table(
    "receipt",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, index=True),
    Column("salt", LargeBinary, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

receipt_file = Table(
    "receipt_file",
    metadata,
    Column("name", Text, primary_key=True),
    Column("taken", BigInteger, nullable=False),
    Column("ending", Text),
    Column("chain", Text),
)

node = Table(
    "log_node",
    metadata,
    Column("log", Text, primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("place", BigInteger, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
)

entry = Table(
    "log_entry",
    metadata,
    Column("log", Text, primary_key=True),
    Column("place", BigInteger, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

checkpoint = Table(
    "log_checkpoint",
    metadata,
    Column("log", Text, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    Column("note", LargeBinary, nullable=False),
    Column("signed_at", BigInteger, nullable=False),
)

cover = Table(
    "cover",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("period", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

notice = Table(
    "notice",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("recipient", Text, nullable=False),
    Column("order", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("phase", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("models", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("taken_at", BigInteger),
    Column("ends_at", BigInteger),  # of one that tells of an end: when
)
