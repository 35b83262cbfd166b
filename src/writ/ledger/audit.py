"""An audit: every entry and every tile of a published log, against the root that was signed.

1. Each bundle's entries are hashed; each row of 256 hashes is the tile published for it, and is
   hashed into the level above; so are the rows that are not full yet.
2. The hashes of all levels together have the root.
"""

from collections.abc import Callable, Iterator

from writ.errors import Refused
from writ.ledger.merkle import EMPTY, leaf_hash, node_hash
from writ.ledger.published import Published, top
from writ.ledger.tiles import HEIGHT, WIDTH, Tile
from writ.signing.checkpoint import Checkpoint


def audit(
    log: Published, checkpoint: Checkpoint, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Return how many entries a published log has, all proved; what is wrong first is Refused.

    `progress` is told the number of entries proved so far.
    """
    rows = _Rows(log)
    done = 0
    for tile in _bundles(checkpoint.size):
        rows.add([leaf_hash(entry) for entry in log.entries(tile)])  # 1
        done += tile.width
        progress(done)
    rows.end()
    if rows.root() != checkpoint.root:  # 2
        raise Refused("the log's entries do not have the root that was signed")
    return done


class _Rows:
    """Per level the hashes that fill no tile yet, and how many tiles were filled."""

    def __init__(self, log: Published) -> None:
        self._log = log
        self._rest: list[list[bytes]] = []
        self._full: list[int] = []

    def add(self, hashes: list[bytes], level: int = 0) -> None:
        """Add hashes to a level; a row that is full is compared and goes up."""
        if level == len(self._rest):
            self._rest.append([])
            self._full.append(0)
        rest = self._rest[level]
        rest += hashes
        if len(rest) == WIDTH:
            self._compare(level)
            self._full[level] += 1
            above = top(rest)
            rest.clear()
            self.add([above], level + 1)

    def end(self) -> None:
        """Compare the rows that are not full."""
        for level, rest in enumerate(self._rest):
            if rest:
                self._compare(level)

    def root(self) -> bytes:
        """Return the root of all entries (rule 2)."""
        peaks: list[bytes] = []
        for rest in reversed(self._rest):
            peaks += _peaks(rest)
        if not peaks:
            return EMPTY
        found = peaks.pop()
        while peaks:
            found = node_hash(peaks.pop(), found)
        return found

    def _compare(self, level: int) -> None:
        rest = self._rest[level]
        tile = Tile(level, self._full[level], len(rest))
        if self._log.hashes(tile) != rest:
            raise Refused(f"`{tile.path()}` does not have the hashes of what is below it")


def _bundles(size: int) -> Iterator[Tile]:
    for index in range(size // WIDTH):
        yield Tile("entries", index)
    if size % WIDTH:
        yield Tile("entries", size // WIDTH, size % WIDTH)


def _peaks(hashes: list[bytes]) -> Iterator[bytes]:
    """Yield the roots of the full subtrees of a row, from the left."""
    place = 0
    for height in reversed(range(HEIGHT)):
        if len(hashes) >> height & 1:
            yield top(hashes[place : place + (1 << height)])
            place += 1 << height
