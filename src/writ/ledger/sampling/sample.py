"""Decisions drawn for people to look at: by chance, in each outcome as many, and on record.

1. What is drawn from is every receipt of a decision up to a checkpoint of the decision log, this
   moment's or that of a size that somebody has, within a span of time, by what it tells: served, substituted, asked to verify, denied, cut, or refused
   because nothing could be decided. A permit's receipt may stand for several requests.
2. Each receipt has a lot: the digest of the checkpoint's root, a seed and its number. The lowest are
   drawn. So whoever has the log can draw again, and no receipt is drawn twice. Who has it can also
   reckon ahead: nobody chose if whoever audits had a checkpoint, told the seed, and names its size.
3. Each draw is an event, so that nobody draws until they like what comes out.
4. Nothing of it tells who asked but the ids of the attestations that a permit rested on.
"""

import hashlib
import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from writ.canonical import Plain, encode
from writ.clock import FOREVER, Instant, parse_instant
from writ.errors import Refused
from writ.ledger.decisions import Decisions
from writ.ledger.log import DECISIONS, StoredNodes
from writ.ledger.merkle import root
from writ.signing.checkpoint import Checkpoint, read_checkpoint
from writ.signing.form import Form, as_form, read_form, to_base64
from writ.store.database import Connection
from writ.store.documents import fetch, keep
from writ.store.events import append, read_events, read_payload
from writ.store.receipts import read_receipts

SAMPLED = "audit.sampled"
SERVED = ("permit", "substitute")
REFUSED = ("verify", "deny", "cut", "error")
MOST = 10_000
_KINDS = frozenset({"permit", "refusal", "substitution", "cut"})


class Wish(Form, frozen=True):
    """What to draw: how many of each outcome, from which instants, by which seed, of how many entries.

    Without a size all that there are now count.
    """

    each: int
    since: Instant = 0
    until: Instant | None = None
    seed: str = ""
    size: int | None = None


class Strata(Form, frozen=True):
    """By outcome: how many receipts there are, and the numbers of those drawn."""

    there: dict[str, int]
    drawn: dict[str, list[int]]


class Sample(Form, frozen=True):
    """A draw as it stands on record; `strata` is the digest of a document."""

    origin: str
    size: int
    root: str
    wish: Wish
    strata: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Drawn:
    """A receipt that was drawn."""

    entry: int
    outcome: str
    receipt: Mapping[str, object]


class _Lots:
    """The lowest lots of each outcome so far."""

    def __init__(self, root: bytes, wish: Wish) -> None:
        self._prefix = root + wish.seed.encode() + b"\0"
        self._each = wish.each
        self._kept: dict[str, list[tuple[int, Drawn]]] = {}
        self.there = Counter[str]()

    def add(self, item: Drawn) -> None:
        """Keep a receipt if its lot is low enough (rule 2)."""
        self.there[item.outcome] += 1
        lot = int.from_bytes(hashlib.sha256(self._prefix + item.entry.to_bytes(8)).digest())
        kept = self._kept.setdefault(item.outcome, [])
        heapq.heappush(kept, (-lot, item))
        if len(kept) > self._each:
            heapq.heappop(kept)

    def drawn(self) -> list[Drawn]:
        """Return what was drawn, in the order of the log."""
        found = [item for kept in self._kept.values() for _, item in kept]
        return sorted(found, key=lambda item: item.entry)


def draw(decisions: Decisions, wish: Wish, now: Instant) -> tuple[int, list[Drawn]]:
    """Draw a sample and put it on record; return the event's number and what was drawn."""
    if not 0 < wish.each <= MOST:
        raise Refused(f"{wish.each} of each outcome cannot be drawn; from 1 to {MOST} can")
    checkpoint = _checkpoint(decisions, wish.size)
    lots = _Lots(checkpoint.root, wish)
    until = FOREVER if wish.until is None else wish.until
    with decisions.log.store.view() as connection:
        for row in read_receipts(connection):
            item = _read(row.seq, row.bytes) if row.seq <= checkpoint.size else None
            if item is not None and wish.since <= _at(item) < until:
                lots.add(item)
    found = lots.drawn()
    if not found:
        raise Refused("no decision was put down in that time; there is nothing to draw")
    drawn: dict[str, Plain] = {
        outcome: [item.entry for item in found if item.outcome == outcome] for outcome in lots.there
    }
    with decisions.log.store.unit() as connection:
        payload: dict[str, Plain] = {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": to_base64(checkpoint.root),
            "wish": msgspec.to_builtins(wish),
            "strata": keep(connection, encode({"there": dict(lots.there), "drawn": drawn})),
            "at": now,
        }
        return append(connection, SAMPLED, payload), found


def find_sample(connection: Connection, number: int) -> tuple[Sample, Strata]:
    """Return a draw by its event's number; an unknown one is Refused."""
    row = next(read_events(connection, number - 1, (SAMPLED,)), None)
    if row is None or row.seq != number:
        raise Refused(f"event {number} is no draw of a sample")
    sample = as_form(read_payload(row), Sample, f"event {number}")
    return sample, read_form(fetch(connection, sample.strata), Strata, "the sample")


def _checkpoint(decisions: Decisions, size: int | None) -> Checkpoint:
    """Return the checkpoint of this moment, or what the log's was when it had a size (rule 1)."""
    last = read_checkpoint(decisions.sign().text)
    if size is None:
        return last
    if not 0 < size <= last.size:
        raise Refused(f"the decision log has {last.size} entries, and none may be drawn of {size}")
    with decisions.log.store.view() as connection:
        return replace(last, size=size, root=root(StoredNodes(connection, DECISIONS), size))


def _read(entry: int, data: bytes) -> Drawn | None:
    """Return a decision's receipt; None: a line of another kind, or that cannot be read."""
    try:
        told = msgspec.json.decode(data, type=dict[str, object])
    except msgspec.DecodeError:
        return None
    kind = told.get("kind")
    if kind not in _KINDS:
        return None
    outcome = kind if kind in {"permit", "cut"} else told.get("outcome")
    return Drawn(entry, "error" if "error" in told else str(outcome), told)


def _at(item: Drawn) -> Instant:
    return parse_instant(str(item.receipt.get("at") or item.receipt.get("from")))
