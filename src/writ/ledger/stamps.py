"""Stamps of another authority on checkpoints: kept by digest, and put on record by an event.

1. What is stamped is a checkpoint as the log signed it, cosignatures left out.
2. That a stamp is of that checkpoint is proved before it is kept. Whose stamp it is, is proved by
   who asked for it, and again by whoever relies on it: only they know whom they trust.
3. The governance log alone is stamped: it names every checkpoint of the other.
"""

from writ.canonical import Plain
from writ.clock import Clock, Instant
from writ.errors import Refused
from writ.ledger.evidence.said import STAMPED
from writ.ledger.log import Log
from writ.signing.timestamp import read_stamp
from writ.store.documents import keep
from writ.store.events import append
from writ.store.trees import read_checkpoint


def record_stamp(log: Log, clock: Clock, size: int, answer: bytes) -> Instant:
    """Keep a stamp on the checkpoint of a size; return the time that it tells."""
    with log.store.unit() as connection:
        note = read_checkpoint(connection, log.name, size)
        if note is None:
            raise Refused(f"no checkpoint of {size} entries was signed")
        told = read_stamp(answer, note)
        payload: dict[str, Plain] = {
            "size": size,
            "note": keep(connection, note),
            "token": keep(connection, answer),
            "stamped": told,
            "at": clock.now(),
        }
        append(connection, STAMPED, payload)
    return told
