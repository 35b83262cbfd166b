"""A log: an append-only tree over rows of a store: event rows, receipts, or commitments at a pace.

1. A row is in the log from the moment it is written: they are one row. What the tree says of it
   is a commitment, the digest of its salt and its bytes; opening an entry is showing both.
2. Before a checkpoint is signed, rows that came since are hashed into the tree, and the last
   checkpoint that was signed is proved to be the beginning of it. A tree that is smaller, or has
   another beginning, is never signed.
3. A checkpoint is in the store before anybody is shown it, in the transaction that made it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

from writ.canonical import digest_bytes, encode
from writ.clock import SECOND, Clock
from writ.errors import Refused
from writ.ledger.folder import Folder
from writ.ledger.growth import Growth
from writ.ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    root,
)
from writ.ledger.proof import Proof
from writ.signing.checkpoint import Checkpoint, read_checkpoint
from writ.signing.note import Note, NoteSignature, read_note
from writ.store import trees
from writ.store.covers import read_covers
from writ.store.database import Connection, Store
from writ.store.events import SALT_BYTES, Event, read_events, read_payload
from writ.store.receipts import read_receipts

GOVERNANCE: Literal["governance"] = "governance"
DECISIONS: Literal["decisions"] = "decisions"
COVER: Literal["cover"] = "cover"
FORMAT = "writ-entry-1"


class Row(Protocol):
    """What an entry commits to; `seq` counts from 1 without a gap."""

    @property
    def seq(self) -> int: ...

    @property
    def salt(self) -> bytes: ...

    @property
    def bytes(self) -> bytes: ...


Sign = Callable[[str, int], NoteSignature]
"""Signs a checkpoint's text at a time in seconds."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A row with its salt: whoever has both can compute the entry."""

    salt: bytes
    row: bytes

    def entry(self) -> bytes:
        """Return the log's entry that commits to the row (rule 1)."""
        return entry_of(self.salt, self.row)


@dataclass(frozen=True, slots=True)
class Proved:
    """A row, opened, and the proof that the log has it."""

    opening: Opening
    proof: Proof


class StoredNodes:
    """The nodes of one log within one transaction."""

    def __init__(self, connection: Connection, log: str) -> None:
        self._connection = connection
        self._log = log

    def node(self, level: int, index: int) -> bytes:
        """Return a node's hash."""
        return trees.read_node(self._connection, self._log, level, index)

    def row(self, level: int, start: int, end: int) -> list[bytes]:
        """Return the hashes of nodes `start` to `end` of a level."""
        return trees.read_nodes(self._connection, self._log, level, (start, end))


class Log:
    """One log of a store; safe to share between threads."""

    def __init__(
        self,
        store: Store,
        origin: str,
        signers: Iterable[Sign],
        clock: Clock,
        name: Literal["governance", "decisions", "cover"] = GOVERNANCE,
    ) -> None:
        self.store = store
        self.origin = origin
        self.name = name
        self._signers = tuple(signers)
        self._clock = clock
        self._rows = _ROWS[name]

    def sign(self) -> Note:
        """Return a checkpoint over every row so far, signed now if there are new ones (rule 2)."""
        with self.store.unit() as connection:
            size = self._take_in(connection)
            last = self._last(connection)
            if last is not None and read_checkpoint(last.text).size == size:
                self._check(connection, last)
                return last
            if last is not None:
                self._check(connection, last)
            head = root(StoredNodes(connection, self.name), size)
            text = Checkpoint(self.origin, size, head).text()
            now = self._clock.now()
            note = Note(text, tuple(sign(text, now // SECOND) for sign in self._signers))
            trees.add_checkpoint(connection, self.name, size, note.write(), now)  # 3
        return note

    def last(self) -> Note | None:
        """Return the last checkpoint that was signed."""
        with self.store.view() as connection:
            return self._last(connection)

    def prove(self, seq: int, shown: Note | None = None) -> Proved:
        """Return a row with the proof that the last checkpoint has it.

        `shown` is that checkpoint with the cosignatures it got since; another one is left aside.
        """
        with self.store.view() as connection:
            note = self._last(connection)
            if note is None:
                raise Refused("no checkpoint was signed yet; run `writ log checkpoint`")
            if shown is not None and shown.text == note.text:
                note = shown
            return self._proved(connection, seq, note)

    def prove_to(self, seq: int, note: Note) -> Proved:
        """Return a row with the proof that one of this log's checkpoints has it, be it an early one."""
        with self.store.view() as connection:
            size = read_checkpoint(note.text).size
            signed = trees.read_checkpoint(connection, self.name, size)
            if signed is None or read_note(signed).text != note.text:
                raise Refused(f"the log `{self.origin}` never signed that checkpoint")
            return self._proved(connection, seq, note)

    def _proved(self, connection: Connection, seq: int, note: Note) -> Proved:
        size = read_checkpoint(note.text).size
        if not 0 < seq <= size:
            raise Refused(f"the checkpoint has entries 1 to {size}, and no entry {seq}")
        row = next(iter(self._rows(connection, seq - 1)))
        path = inclusion_proof(StoredNodes(connection, self.name), seq - 1, size)
        opening = Opening(row.salt, row.bytes)
        return Proved(opening, Proof(seq - 1, tuple(path), note, opening.entry()))

    def consistency(self, old: int, size: int) -> list[bytes]:
        """Return the proof that the first `old` entries of `size` are the log of then."""
        with self.store.view() as connection:
            if size > trees.count_leaves(connection, self.name):
                raise Refused(f"the log has not {size} entries yet")
            return consistency_proof(StoredNodes(connection, self.name), old, size)

    def publish(self, folder: Folder, note: Note) -> int:
        """Publish a checkpoint of this log into a folder; returns how many files were written."""
        with self.store.view() as connection:
            nodes = StoredNodes(connection, self.name)
            return folder.publish(note, nodes, partial(trees.read_entries, connection, self.name))

    def _last(self, connection: Connection) -> Note | None:
        data = trees.read_checkpoint(connection, self.name)
        return None if data is None else read_note(data)

    def _check(self, connection: Connection, last: Note) -> None:
        before = read_checkpoint(last.text)
        size = trees.count_leaves(connection, self.name)
        if before.origin != self.origin:
            raise Refused(f"the store has the log `{before.origin}`, not `{self.origin}`")
        if before.size > size:
            raise Refused(f"the log had {before.size} entries when last signed, and has {size}")
        if root(StoredNodes(connection, self.name), before.size) != before.root:
            raise Refused(f"the first {before.size} entries are not those last signed")

    def _take_in(self, connection: Connection) -> int:
        """Hash new rows into the tree; return how many there are now."""
        tree = Growth(connection, self.name)
        for row in self._rows(connection, tree.size):
            if row.seq != tree.size + 1:
                raise Refused(
                    f"row {tree.size + 1} of the log `{self.name}` is missing from the store"
                )
            tree.add(entry_of(row.salt, row.bytes))
        tree.keep()
        return tree.size


def entry_of(salt: bytes, data: bytes) -> bytes:
    """Return the entry that commits to a row's bytes under its salt (rule 1)."""
    if len(salt) != SALT_BYTES:
        raise Refused("the row's salt was destroyed; its entry cannot be opened any more")
    return encode({"commitment": digest_bytes(salt + data), "format": FORMAT})


def _events(connection: Connection, after: int) -> Iterator[Event]:
    """Give event rows, each proved to be what it says."""
    for row in read_events(connection, after):
        read_payload(row)
        yield row


_ROWS: dict[str, Callable[[Connection, int], Iterator[Row]]] = {
    GOVERNANCE: _events,
    DECISIONS: read_receipts,
    COVER: read_covers,
}
