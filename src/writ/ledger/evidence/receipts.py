"""Receipts of a pack: some that nobody chose, and the order's own, opened.

1. Which are drawn follows from the root of the decision log, by hashing it with a counter; so
   whoever made the pack could not choose, and whoever checks it draws again.
2. Every receipt drawn is there with its proof. It is opened if it tells of this order and of none
   that may not be told; else it is shown as the commitment that the log has.
3. The decision log's checkpoint stands in the governance log, by an event of this pack.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from writ.canonical import Plain, decode
from writ.errors import Refused
from writ.ledger.evidence.events import (
    OPENING,
    Event,
    entries,
    place_of,
    prove,
    read_opening,
    see,
)
from writ.ledger.policy import Policy
from writ.signing.checkpoint import Checkpoint
from writ.signing.form import to_base64

FOLDER = "log/receipts"
CHECKPOINT = "log/decisions.checkpoint"
SIGNED = "decisions.signed"


@dataclass(frozen=True, slots=True)
class Receipts:
    """The decision log's checkpoint, the event that names it, and entries by number.

    `drawn` are those that nobody chose, `there` all that are in the pack.
    """

    checkpoint: Checkpoint
    vouched: Event
    drawn: tuple[int, ...] = ()
    there: tuple[int, ...] = ()
    opened: Mapping[int, Mapping[str, Plain]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Count those opened by what they tell, permits by requests begun."""
        found = Counter[str]()
        for receipt in self.opened.values():
            begun = receipt.get("begun")
            told = receipt.get("outcome") or receipt.get("kind")
            found[str(told)] += begun if isinstance(begun, int) else 1
        return dict(sorted(found.items()))


def draw(checkpoint: Checkpoint, count: int) -> tuple[int, ...]:
    """Draw as many different entries of a log, from 1, ascending (rule 1)."""
    wanted, found, number = min(count, checkpoint.size), set[int](), 0
    while len(found) < wanted:
        drawn = hashlib.sha256(checkpoint.root + number.to_bytes(8)).digest()
        found.add(int.from_bytes(drawn) % checkpoint.size + 1)
        number += 1
    return tuple(sorted(found))


def read_receipts(
    files: Mapping[str, bytes], events: Sequence[Event], policy: Policy, count: int
) -> Receipts | None:
    """Return a pack's receipts, all proved; None: it has no decision log."""
    if CHECKPOINT not in files:
        if any(event.kind == SIGNED for event in events) or list(entries(files, FOLDER)):
            raise Refused(f"the pack lacks `{CHECKPOINT}`")
        return None
    seen = see(files, CHECKPOINT, policy)
    vouched = _vouched(seen.checkpoint, events)
    opened, there = dict[int, Mapping[str, Plain]](), set[int]()
    for seq in entries(files, FOLDER):
        place = place_of(FOLDER, seq)
        receipt = _opened(files, place)
        if prove(files, place, seen, policy, None if receipt is None else receipt[0]) != seq:
            raise Refused(f"`{place}` is of another entry than {seq}")
        there.add(seq)
        if receipt is not None:
            opened[seq] = receipt[1]
    drawn = draw(seen.checkpoint, count)
    for seq in drawn:
        if seq not in there:
            raise Refused(f"receipt {seq} was drawn and is not in the pack")  # 2
    return Receipts(seen.checkpoint, vouched, drawn, tuple(sorted(there)), opened)


def _vouched(checkpoint: Checkpoint, events: Sequence[Event]) -> Event:
    """Return the event that names a checkpoint (rule 3)."""
    told = {"size": checkpoint.size, "root": to_base64(checkpoint.root)}
    for event in events:
        if event.kind == SIGNED and told.items() <= event.payload.items():
            return event
    raise Refused(f"no event of the pack names the checkpoint of `{CHECKPOINT}`")


def _opened(files: Mapping[str, bytes], place: str) -> tuple[bytes, Mapping[str, Plain]] | None:
    """Return the entry that an opened receipt has, and what the receipt says."""
    if place + OPENING not in files:
        return None
    opening = read_opening(files[place + OPENING], place + OPENING)
    try:
        told = decode(opening.row)
    except ValueError:
        told = None
    if not isinstance(told, Mapping):
        raise Refused(f"`{place + OPENING}` is no receipt")
    return opening.entry(), told


def tells_of(receipt: Mapping[str, object], order: str, models: frozenset[str]) -> bool:
    """Whether a receipt tells of an order and of no other (rule 2)."""
    rules = receipt.get("rules")
    if isinstance(rules, Sequence):
        named = [item.get("order") for item in rules if isinstance(item, Mapping)]
        return bool(named) and set(named) == {order}
    return receipt.get("kind") == "permit" and receipt.get("model") in models
