"""A log as a folder of files that any web server can serve, written and read.

Publishing goes:
1. A checkpoint that stands in the folder already must be the beginning of the one to publish.
2. Bundles and tiles that the larger log has are written to names of their own; once all of them
   are on disk they are renamed, and the folders they are in are on disk before the next step.
   Syncs are asked for side by side, so that the disk makes one of many.
3. The checkpoint is replaced last. A kill before that leaves the log that was; publishing again
   writes what is missing.
"""

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

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
_SIDE_BY_SIDE = 16

Entries = Callable[[int, int], Sequence[bytes]]
"""Gives the entries `start` to `end` of a log."""


class Rows(Nodes, Protocol):
    """Keeps the nodes of a tree, and gives many at once."""

    def row(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Return the hashes of nodes `start` to `end` of a level."""
        ...


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

    def publish(self, note: Note, nodes: Rows, entries: Entries) -> int:
        """Publish a checkpoint and what it needs; returns how many files were written."""
        new, old = read_checkpoint(note.text), self._check(note, nodes)
        # 2
        tiles = tiles_between(old, new.size)
        written = self._write((tile.path(), _content(tile, nodes, entries)) for tile in tiles)
        # 3
        before = self.checkpoint()
        if before is not None and before.text == note.text:
            return written  # with the cosignatures that it may have got since
        self.put_checkpoint(note)
        return written + 1

    def put_checkpoint(self, note: Note) -> None:
        """Put a checkpoint in place, or the same one with more signatures."""
        self._write([(CHECKPOINT, note.write())])

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

    def _write(self, files: Iterable[tuple[str, bytes]]) -> int:
        """Put files in place, each whole, and all on disk when this returns (step 2)."""
        places: list[Path] = []
        try:
            for name, data in files:
                places.append(self.path / name)
                places[-1].parent.mkdir(parents=True, exist_ok=True)
                _draft(places[-1]).write_bytes(data)
            _sync([_draft(place) for place in places])
            for place in places:
                _draft(place).replace(place)
            _sync({folder for place in places for folder in self._folders(place)})
        except OSError as error:
            raise Failed(f"cannot write `{error.filename}`: {error.strerror}") from None
        return len(places)

    def _folders(self, place: Path) -> Sequence[Path]:
        """Return the folders that lead to a file, and the one the log is in; any may be new."""
        return place.parents[: len(place.relative_to(self.path).parts) + 1]


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


def _content(tile: Tile, nodes: Rows, entries: Entries) -> bytes:
    end = tile.start + tile.width
    if tile.level == "entries":
        return write_bundle(entries(tile.start, end))
    return b"".join(nodes.row(tile.level * HEIGHT, tile.start, end))


def _draft(place: Path) -> Path:
    return place.with_name(f".{place.name}.draft")


def _sync(paths: Collection[Path]) -> None:
    """Return once all of these are on disk."""
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        list(pool.map(_sync_one, paths))


def _sync_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
