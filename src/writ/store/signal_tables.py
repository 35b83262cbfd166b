"""Signals that came, and those that are to be sent.

1. Of what came, the transmitter and the digest of the SET's `jti` are kept, and not about whom it is.
2. What is to be sent goes in the order of `seq`.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

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

telling = Table(
    "signal_out",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("receiver", Text, nullable=False),
    Column("jti", Text, nullable=False, unique=True),
    Column("subject", Text, ForeignKey("subject.id"), nullable=False),
    Column("models", Text, nullable=False),
    Column("access", Text, nullable=False),  # closed, open
    Column("made_at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),  # waiting, sent, refused
    Column("at", BigInteger),
)
stream = Table(
    "signal_stream",
    metadata,
    Column("receiver", Text, primary_key=True),
    Column("status", Text, nullable=False),  # enabled, paused, disabled
    Column("reason", Text),
    Column("owed", Text),  # the jti of a verification
    Column("state", Text),  # that it carries back
    Column("asked_at", BigInteger),
)
Index("signal_out_subject", telling.c.subject)
Index("signal_out_state", telling.c.state)
