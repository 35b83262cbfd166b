"""Parts of a published log, each proved against a signed root from the tiles that it takes.

1. Entries one after the other lead, with the nodes beside them, to the root that was signed: each
   stands at its own number, and none between them was left out or changed places.
2. The root of an earlier log is made from tiles, which are proved to be the signed log's. So a log
   that has another beginning is told from tiles that were changed.
3. A log may have grown since the checkpoint was signed; its tiles answer for every size before.
"""

from collections.abc import Iterator
from itertools import chain, islice

from writ.errors import Refused
from writ.ledger.merkle import check_consistency, consistency_proof, leaf_hash, root, span_root
from writ.ledger.published import Published, TileNodes
from writ.ledger.tiles import WIDTH, Tile
from writ.signing.checkpoint import Checkpoint, read_checkpoint


class Excerpt:
    """What can be proved of a published log without reading all of it; the checkpoint is believed."""

    def __init__(self, log: Published, checkpoint: Checkpoint) -> None:
        shown = log.checkpoint()
        grown = 0 if shown is None else read_checkpoint(shown.text).size
        self._log = log
        self._signed = checkpoint
        self._there = max(checkpoint.size, grown)  # 3
        self._nodes = TileNodes(log, self._there)

    def check_root(self) -> None:
        """Prove that the tiles have the root that was signed, and no more of them; else Refused."""
        if root(self._nodes, self._signed.size) != self._signed.root:
            raise Refused("the log's tiles do not have the root that was signed")

    def check_entries(self, first: int, last: int) -> None:
        """Prove entries `first` to `last`, counted from 1 (rule 1); else Refused."""
        size = self._signed.size
        if not 1 <= first <= last <= size:
            raise Refused(f"the checkpoint has entries 1 to {size}, not {first} to {last}")
        span = (first - 1, last)
        if span_root(self._nodes, self._leaves(*span), span, size) != self._signed.root:
            raise Refused(
                f"entries {first} to {last} and the tiles beside them do not have the root that"
                " was signed"
            )

    def check_beginning(self, before: Checkpoint) -> None:
        """Prove that the log begins with an earlier one (rule 2); else Refused."""
        signed = self._signed
        if before.origin != signed.origin:
            raise Refused(f"the checkpoints are of `{before.origin}` and of `{signed.origin}`")
        if before.size > signed.size:
            raise Refused(f"the log shrank from {before.size} to {signed.size} entries")
        mine = root(self._nodes, before.size)
        proof = consistency_proof(self._nodes, before.size, signed.size)
        try:
            check_consistency((before.size, mine), (signed.size, signed.root), proof)
        except Refused:
            raise Refused("the log's tiles do not have the root that was signed") from None
        if mine != before.root:
            raise Refused(
                f"the log's first {before.size} entries are others than were signed before; keep"
                " both checkpoints, they show it"
            )

    def _leaves(self, start: int, end: int) -> Iterator[bytes]:
        """Give the hashes of entries, a bundle of them in memory at a time."""
        bundles = map(self._bundle, range(start // WIDTH, -(-end // WIDTH)))
        return islice(chain.from_iterable(bundles), start % WIDTH, None)

    def _bundle(self, index: int) -> Iterator[bytes]:
        width = min(WIDTH, self._there - index * WIDTH)
        return map(leaf_hash, self._log.entries(Tile("entries", index, width)))
