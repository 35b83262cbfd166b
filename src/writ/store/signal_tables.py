"""Signals that came: by transmitter and digest of the SET's `jti`, and not about whom."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from writ.store.tables import metadata

signal = Table(
    "signal",
    metadata,
    Column("transmitter", Text, primary_key=True),
    Column("jti", LargeBinary, primary_key=True),
    Column("event", Text, nullable=False),
    Column("fallen", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
)
Index("signal_at", signal.c.at)
