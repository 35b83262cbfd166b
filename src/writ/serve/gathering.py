"""What a pack of evidence on one order has in it, gathered from a deployment.

1. Epochs, from the first that has the order to the last, with bundle and sources. What was compiled
   has all orders in it: where another is in it that may not be told in full, somebody names it.
2. Rows of annexes stay unless they are asked for, and so do receipts that tell of other orders.
3. Events of those epochs and their proposals, words on the order's duties, drills, samples of
   decisions since and what people found in them, timestamps, and the decision log's last checkpoint;
   each opened and proved.
4. What is handed in beside is enclosed.

What each file is, and when, is no word of this one: it follows from what is gathered
(`writ.ledger.evidence.listing`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from writ.canonical import Plain, digest_bytes
from writ.clock import Instant, format_instant
from writ.desk import history
from writ.desk.duties import MET, OCCURRED
from writ.errors import InvalidInput, Refused
from writ.law.annexes import annex_files
from writ.law.document import read_yaml
from writ.law.reading import nearest
from writ.ledger.evidence import chain, contents, events, receipts, said
from writ.ledger.evidence.listing import BESIDE, ENCLOSED, apart
from writ.ledger.log import DECISIONS, GOVERNANCE
from writ.ledger.sampling.report import REPORTED
from writ.ledger.sampling.sample import SAMPLED
from writ.serve.site import Site
from writ.signing.approval import read_bundle
from writ.signing.certified import CertifiedKey
from writ.signing.checkpoint import read_checkpoint
from writ.signing.dsse import read_envelope
from writ.signing.form import to_base64
from writ.signing.note import Note
from writ.store import trees
from writ.store.database import Connection
from writ.store.documents import fetch
from writ.store.events import Event, read_events, read_payload
from writ.store.receipts import read_receipts

FULL = "full"
_EPOCHS = frozenset({history.ACTIVATED, history.HELD})
_PROPOSALS = frozenset({history.SUBMITTED, history.SIGNED, history.NOTED})


@dataclass(frozen=True, slots=True)
class Wish:
    """What to hand over: of which order, how many receipts drawn, whether every one of its own."""

    order: str
    beside: frozenset[str] = frozenset()
    draw: int = 50
    every: bool = False
    annexes: bool = False
    attached: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class Gathered:
    """Files by name, and when the governance log was signed."""

    as_of: str
    files: dict[str, bytes] = field(default_factory=dict)

    def put(self, name: str, data: bytes) -> None:
        """Put a file in; other bytes under the same name get a name of their own."""
        if self.files.get(name, data) != data:
            name = apart(name, digest_bytes(data))
        self.files.setdefault(name, data)


class _Source(msgspec.Struct):
    disclosure: str = "none"


class _Order(msgspec.Struct):
    order: str
    effective: Instant
    version: int
    file: _Source


class _Rule(msgspec.Struct):
    order: str | None
    models: list[str]


class _Segment(msgspec.Struct):
    rules: list[_Rule] = []


class _Snapshot(msgspec.Struct):
    orders: list[_Order]
    segments: list[_Segment]
    rules: list[_Rule] = []

    def models_of(self, order: str) -> set[str]:
        """Return the models that an order's rules name, in either form of a snapshot."""
        rules = [*self.rules, *(rule for segment in self.segments for rule in segment.rules)]
        return {model for rule in rules if rule.order == order for model in rule.models}


class _Sources(msgspec.Struct):
    files: dict[str, str]


def gather(site: Site, wish: Wish, notes: tuple[Note, Note], seal: CertifiedKey) -> Gathered:
    """Gather everything but the pages, proved to the checkpoints of both logs."""
    governance, _ = notes
    with site.store.view() as connection:
        size = read_checkpoint(governance.text).size
        signed = format_instant(trees.signed_at(connection, GOVERNANCE, size))
        work = _Gathering(site, wish, connection, Gathered(signed), notes)
        work.keys(seal)
        work.epochs()
        work.events()
        work.receipts()
    work.attached()
    return work.found


class _Gathering:
    """One gathering, over one state of the store."""

    def __init__(
        self,
        site: Site,
        wish: Wish,
        connection: Connection,
        found: Gathered,
        notes: tuple[Note, Note],
    ) -> None:
        self._note, self._decisions = notes
        self.found = found
        self._site = site
        self._wish = wish
        self._store = connection
        size = read_checkpoint(self._note.text).size  # what came since is for the next pack
        rows = (row for row in read_events(connection) if row.seq <= size)
        self._rows = [(row, read_payload(row)) for row in rows]
        self._models = set[str]()
        self._first = 0
        self._proposals = set[Plain]()

    def keys(self, seal: CertifiedKey) -> None:
        """Put in what everything is proved from."""
        ledger = self._site.ledger
        vkeys = [vkey for name in (GOVERNANCE, DECISIONS) for vkey in ledger.vkeys[name]]
        policy = "".join(f"log {vkey}\n" for vkey in vkeys) + "quorum none\n"
        trust = self._site.config.trust_file.read_bytes()
        self.found.put(contents.POLICY, policy.encode())
        self.found.put(chain.TRUST, trust)
        self.found.put(contents.CERTIFICATE, seal.certificate)
        self.found.put(events.CHECKPOINT, self._note.write())

    def epochs(self) -> None:
        """Rule 1."""
        named = set[str]()
        for row, payload in self._rows:
            if row.kind not in _EPOCHS:
                continue
            bundle = fetch(self._store, str(payload["bundle"]))
            snapshot = read_bundle(bundle, self._site.trust).snapshot
            compiled = msgspec.json.decode(snapshot, type=_Snapshot)
            orders = compiled.orders
            named.update(item.order for item in orders)
            if not self._first and not any(item.order == self._wish.order for item in orders):
                continue
            self._first = self._first or row.seq
            self._check_told(orders)
            self._proposals.add(payload["proposal"])
            self._models |= compiled.models_of(self._wish.order)
            self._epoch(payload, bundle, orders)
        if not self._first:
            raise Refused(
                f"no order `{self._wish.order}` was ever in force{nearest(self._wish.order, named)}"
            )

    def events(self) -> None:
        """Rule 3."""
        for row, payload in self._rows:
            if not self._tells(row, payload):
                continue
            self._entry(GOVERNANCE, events.FOLDER, row.seq)
            for digest, place, _ in said.named_by(row.kind, payload):
                self.found.put(place, fetch(self._store, digest))
            if row.kind == said.STAMPED and isinstance(size := payload["size"], int):
                self._beginning(size)

    def receipts(self) -> None:
        """Put in the receipts drawn, and every one of the order's if it is asked for (rule 2)."""
        note = self._decisions
        checkpoint = read_checkpoint(note.text)
        self.found.put(receipts.CHECKPOINT, note.write())
        drawn = set(receipts.draw(checkpoint, self._wish.draw))
        for receipt in read_receipts(self._store):
            if receipt.seq > checkpoint.size or not (self._wish.every or receipt.seq in drawn):
                continue
            told = _told(receipt.bytes)
            own = receipts.tells_of(told, self._wish.order, frozenset(self._models))
            if own or receipt.seq in drawn:
                self._entry(DECISIONS, receipts.FOLDER, receipt.seq, opened=own)

    def attached(self) -> None:
        """Rule 4."""
        for name, data in self._wish.attached.items():
            self.found.put(f"{ENCLOSED}/{name}", data)

    def _check_told(self, orders: list[_Order]) -> None:
        """Refuse to show what may not be told of another order, unless it was named."""
        allowed = {self._wish.order, *self._wish.beside}
        for item in orders:
            if item.order not in allowed and item.file.disclosure != FULL:
                raise Refused(
                    f"`{item.order}` was in force beside it and may not be told in full;"
                    f" hand it over too with --beside {item.order}"
                )

    def _epoch(self, payload: Mapping[str, Plain], bundle: bytes, orders: list[_Order]) -> None:
        folder, put = f"epochs/{payload['epoch']:04d}", self.found.put
        sources = fetch(self._store, str(payload["sources"]))
        put(f"{folder}/bundle.json", bundle)
        put(f"{folder}/sources.json", sources)
        versions = {item.version for item in orders if item.order == self._wish.order}
        named = msgspec.json.decode(sources, type=_Sources).files
        kept = {name: fetch(self._store, digest) for name, digest in named.items()}
        annexes = {annex for data in kept.values() for annex in _annexes(data)}
        for name, data in kept.items():
            found = chain.named_in(data) if name.endswith((".yaml", ".yml")) else None
            place = f"{chain.ORDER}/v{found[1]}.yaml" if found is not None else ""
            own = found is not None and found[0] == self._wish.order and found[1] in versions
            if own and self.found.files.get(place, data) == data:  # else another edition of it
                put(place, data)
            elif name not in annexes or self._wish.annexes:
                put(f"{BESIDE}/{name}", data)

    def _tells(self, row: Event, payload: Mapping[str, Plain]) -> bool:
        """Whether a row is handed over (rule 3)."""
        if row.kind in _EPOCHS:
            return row.seq >= self._first
        if row.kind in _PROPOSALS:
            return payload["id"] in self._proposals
        if row.kind in {said.IN_FORCE, SAMPLED}:
            return row.seq > self._first
        if row.kind == REPORTED:
            return isinstance(sample := payload["sample"], int) and sample > self._first
        if row.kind in {MET, OCCURRED}:
            envelope = read_envelope(fetch(self._store, str(payload["envelope"])))
            return _order_of(envelope.payload) == self._wish.order
        return row.kind in {contents.SEALED, receipts.SIGNED, said.STAMPED, said.DRILLED}

    def _entry(
        self,
        log: str,
        folder: str,
        seq: int,
        *,
        opened: bool = True,
    ) -> None:
        """Put one entry in: its proof, and what opens it."""
        note = self._note if log == GOVERNANCE else self._decisions
        proved = self._site.ledger.log(log).prove_to(seq, note)  # whatever is signed meanwhile
        place = events.place_of(folder, seq)
        self.found.put(place + events.PROOF, proved.proof.write())
        if opened:
            self.found.put(place + events.OPENING, events.write_opening(proved.opening))

    def _beginning(self, size: int) -> None:
        """Put in the proof that a stamped checkpoint is the beginning of the pack's."""
        last = read_checkpoint(self._note.text).size
        proof = self._site.ledger.governance.consistency(size, last)
        data = "".join(f"{to_base64(item)}\n" for item in proof).encode()
        self.found.put(f"{events.BEGINNINGS}/{size:08d}", data)


class _Predicate(msgspec.Struct):
    said: dict[str, object]


class _Statement(msgspec.Struct):
    predicate: _Predicate


def _order_of(payload: bytes) -> str:
    """Return the order whose duty a word is about: named by itself, or before the first slash."""
    told = msgspec.json.decode(payload, type=_Statement).predicate.said
    return str(told.get("order") or told.get("name", "")).partition("/")[0]


def _annexes(data: bytes) -> list[str]:
    try:
        return list(annex_files(read_yaml(data, "")))
    except InvalidInput:
        return []  # a list of rows is no order


def _told(data: bytes) -> Mapping[str, object]:
    try:
        return msgspec.json.decode(data, type=dict[str, object])
    except msgspec.DecodeError:
        return {}  # a gateway wrote it; it is evidence all the same
