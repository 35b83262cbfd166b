"""A published log as whoever asks for its files gets them, from a folder or from where it is served.

1. Nothing that is read is believed: it is proved against a checkpoint, by whoever asks.
2. Tiles that were not full yet may be gone once the full ones are there; those answer for them.
"""

from collections.abc import Callable, Sequence

from writ.errors import Refused
from writ.ledger.merkle import node_hash
from writ.ledger.tiles import (
    HASH_BYTES,
    HEIGHT,
    WIDTH,
    Tile,
    read_bundle,
    read_hashes,
    write_bundle,
)
from writ.signing.note import MAX_BYTES, Note, read_note

CHECKPOINT = "checkpoint"
_BUDGET = WIDTH * (2 + 65_535)

Read = Callable[[str, int], bytes | None]
"""Gives a file by its name, at least as far as to one byte more than so many; None: it is not there."""


class Published:
    """A published log (rule 1)."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def checkpoint(self) -> Note | None:
        """Return the checkpoint that stands there, unproved; None: nothing was published yet."""
        data = self._bounded(CHECKPOINT, MAX_BYTES)
        return None if data is None else read_note(data)

    def hashes(self, tile: Tile) -> list[bytes]:
        """Return the hashes of a tile."""
        return read_hashes(self.tile(tile), tile.width)

    def entries(self, tile: Tile) -> list[bytes]:
        """Return the entries of a bundle."""
        return read_bundle(self.tile(tile), tile.width)

    def tile(self, tile: Tile) -> bytes:
        """Return a tile's or bundle's bytes, from the full one where need be (rule 2)."""
        budget = _BUDGET if tile.level == "entries" else WIDTH * HASH_BYTES
        data = self._bounded(tile.path(), budget)
        if data is not None:
            return data
        full = Tile(tile.level, tile.index)
        data = None if tile == full else self._bounded(full.path(), budget)
        if data is None:
            raise Refused(f"the log lacks `{tile.path()}`")
        if tile.level == "entries":
            return write_bundle(read_bundle(data, WIDTH)[: tile.width])
        return data[: tile.width * HASH_BYTES]

    def _bounded(self, name: str, budget: int) -> bytes | None:
        data = self._read(name, budget)
        if data is not None and len(data) > budget:
            raise Refused(f"`{name}` is larger than any log's")
        return data


class TileNodes:
    """The nodes of a published log of a size, read from its tiles as they are wanted."""

    def __init__(self, log: Published, size: int) -> None:
        self._log = log
        self._size = size
        self._kept: dict[tuple[int, int], list[bytes]] = {}

    def node(self, level: int, index: int) -> bytes:
        """Return a node's hash, from the tile of the level at or below its own."""
        base, height = divmod(level, HEIGHT)
        first = index << height
        row = self._row(base, first // WIDTH)
        return top(row[first % WIDTH :][: 1 << height])

    def _row(self, level: int, index: int) -> list[bytes]:
        if (level, index) not in self._kept:
            width = min(WIDTH, (self._size >> HEIGHT * level) - index * WIDTH)
            self._kept[level, index] = self._log.hashes(Tile(level, index, width))
        return self._kept[level, index]


def top(hashes: Sequence[bytes]) -> bytes:
    """Return the root of a full subtree from the hashes of one of its levels."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [node_hash(left, right) for left, right in pairs]
    return hashes[0]
