"""A log as a folder of files that any web server can serve.

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
from writ.ledger.merkle import Nodes, root
from writ.ledger.published import CHECKPOINT, Published
from writ.ledger.tiles import HEIGHT, Tile, tiles_between, write_bundle
from writ.signing.checkpoint import read_checkpoint
from writ.signing.note import Note

_SIDE_BY_SIDE = 16

Entries = Callable[[int, int], Sequence[bytes]]
"""Gives the entries `start` to `end` of a log."""


class Rows(Nodes, Protocol):
    """Keeps the nodes of a tree, and gives many at once."""

    def row(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Return the hashes of nodes `start` to `end` of a level."""
        ...


class Folder(Published):
    """A published log in a folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(self._file)
        self.path = path

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

    def _file(self, name: str, budget: int) -> bytes | None:
        try:
            with (self.path / name).open("rb") as file:
                return file.read(budget + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise Failed(f"cannot read `{self.path / name}`: {error.strerror}") from None

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
