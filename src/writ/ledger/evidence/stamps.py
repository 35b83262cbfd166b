"""Stamps of a pack, proved from the certificates of an authority, that whoever checks it has."""

from collections.abc import Iterator

from writ.clock import Instant, format_instant
from writ.errors import Refused
from writ.ledger.evidence.contents import Contents
from writ.signing.timestamp import prove_stamp


def prove_stamps(found: Contents, roots: bytes) -> Iterator[Instant]:
    """Yield when checkpoints existed, each stamp proved, and its event to tell the same; else Refused."""
    for item in found.stamps:
        told = prove_stamp(found.documents[item.token], found.documents[item.note], roots)
        if told != item.stamped:
            raise Refused(
                f"event {item.seq} says that a checkpoint was stamped {format_instant(item.stamped)},"
                f" and the stamp says {format_instant(told)}"
            )
        yield told
