"""A log as a folder of files that any web server can serve, written and read.

Publishing goes:
1. A checkpoint that stands in the folder already must be the beginning of the one to publish.
2. Bundles and tiles that the larger log has are written, each to a name of its own and then
   renamed, and on disk before the next step.
3. The checkpoint is replaced last. A kill before that leaves the log that was; publishing again
   writes what is missing.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from writ.errors import Failed, Refused
from writ.ledger.merkle import Nodes, node_hash, root
from writ.ledger.tiles import (
    HASH_BYTES,
    HEIGHT,
    WIDTH,
    Tile,
    read_bundle,
    read_hashes,
    tiles_between,
    write_bundle,
)
from writ.signing.checkpoint import read_checkpoint
from writ.signing.note import MAX_BYTES, Note, read_note

CHECKPOINT = "checkpoint"
_BUDGET = WIDTH * (2 + 65_535)

Entries = Callable[[int, int], Sequence[bytes]]
"""Gives the entries `start` to `end` of a log."""


class Folder:
    """A published log; what is read from it is proved against a checkpoint by whoever asks."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def checkpoint(self) -> Note | None:
        """Return the checkpoint that stands there, unproved; None: nothing was published yet."""
        if not (self.path / CHECKPOINT).exists():
            return None
        return read_note(self._read(CHECKPOINT, MAX_BYTES))

    def hashes(self, tile: Tile) -> list[bytes]:
        """Return the hashes of a tile."""
        return read_hashes(self.tile(tile), tile.width)

    def entries(self, tile: Tile) -> list[bytes]:
        """Return the entries of a bundle."""
        return read_bundle(self.tile(tile), tile.width)

    def publish(self, note: Note, nodes: Nodes, entries: Entries) -> int:
        """Publish a checkpoint and what it needs; returns how many files were written."""
        new, old = read_checkpoint(note.text), self._check(note, nodes)
        written = 0
        # 2
        for tile in tiles_between(old, new.size):
            self._write(tile.path(), _content(tile, nodes, entries))
            written += 1
        # 3
        before = self.checkpoint()
        if before is not None and before.text == note.text:
            return written  # with the cosignatures that it may have got since
        self.put_checkpoint(note)
        return written + 1

    def put_checkpoint(self, note: Note) -> None:
        """Put a checkpoint in place, or the same one with more signatures."""
        self._write(CHECKPOINT, note.write())

    def _check(self, note: Note, nodes: Nodes) -> int:
        """Step 1; returns the size published so far."""
        before = self.checkpoint()
        if before is None:
            return 0
        old, new = read_checkpoint(before.text), read_checkpoint(note.text)
        if old.origin != new.origin:
            raise Refused(f"`{self.path}` has the log `{old.origin}`, not `{new.origin}`")
        if old.size > new.size:
            raise Refused(f"`{self.path}` has {old.size} entries, the checkpoint only {new.size}")
        if root(nodes, old.size) != old.root:
            raise Refused(f"`{self.path}` has another log than the one that was signed")
        return old.size

    def tile(self, tile: Tile) -> bytes:
        """Return a tile's or bundle's bytes; from the full one where the partial one is gone."""
        budget = _BUDGET if tile.level == "entries" else WIDTH * HASH_BYTES
        full = Tile(tile.level, tile.index)
        if tile.width == WIDTH or (self.path / tile.path()).exists():
            return self._read(tile.path(), budget)
        data = self._read(full.path(), budget)
        if tile.level == "entries":
            return write_bundle(read_bundle(data, WIDTH)[: tile.width])
        return data[: tile.width * HASH_BYTES]

    def _read(self, name: str, budget: int) -> bytes:
        try:
            with (self.path / name).open("rb") as file:
                data = file.read(budget + 1)
        except FileNotFoundError:
            raise Refused(f"the log lacks `{name}`") from None
        except OSError as error:
            raise Failed(f"cannot read `{self.path / name}`: {error.strerror}") from None
        if len(data) > budget:
            raise Refused(f"`{name}` is larger than any log's")
        return data

    def _write(self, name: str, data: bytes) -> None:
        place = self.path / name
        draft = place.with_name(f".{place.name}.draft")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(place)
            _sync(place.parent)
        except OSError as error:
            raise Failed(f"cannot write `{place}`: {error.strerror}") from None


class TileNodes:
    """The nodes of a published log of a size, read from its tiles as they are wanted."""

    def __init__(self, folder: Folder, size: int) -> None:
        self._folder = folder
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
            self._kept[level, index] = self._folder.hashes(Tile(level, index, width))
        return self._kept[level, index]


def top(hashes: Sequence[bytes]) -> bytes:
    """Return the root of a full subtree from the hashes of one of its levels."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [node_hash(left, right) for left, right in pairs]
    return hashes[0]


def _content(tile: Tile, nodes: Nodes, entries: Entries) -> bytes:
    end = tile.start + tile.width
    if tile.level == "entries":
        return write_bundle(entries(tile.start, end))
    level = tile.level * HEIGHT
    return b"".join(nodes.node(level, index) for index in range(tile.start, end))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
