"""The published test log of another implementation, where it lies beside this repository."""

from pathlib import Path

import pytest

from writ.ledger.audit import audit
from writ.ledger.folder import Folder
from writ.ledger.merkle import check_consistency, consistency_proof, leaf_hash, node_hash
from writ.ledger.policy import read_policy
from writ.ledger.published import TileNodes
from writ.ledger.tiles import read_path
from writ.signing.checkpoint import read_checkpoint
from writ.signing.note import Note, read_note

LOG = Path(__file__).parents[4] / "shared" / "vectors" / "tlog"
WORDS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eit",
    "nain",
    "ten",
    "ileven",
    "twelf",
    "threeten",
    "fourten",
    "fivten",
]
ENTRIES = [word.encode() for word in WORDS]
VKEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
POLICY = read_policy(f"log {VKEY}\nquorum none\n".encode())

pytestmark = pytest.mark.skipif(
    not LOG.is_dir(), reason="the other implementation's test log is not on this machine"
)


class Grown:
    """Nodes of the entries, computed anew."""

    def node(self, level: int, index: int) -> bytes:
        """Return a full subtree's hash."""
        if level == 0:
            return leaf_hash(ENTRIES[index])
        return node_hash(self.node(level - 1, index * 2), self.node(level - 1, index * 2 + 1))

    def row(self, level: int, start: int, end: int) -> list[bytes]:
        """Return the hashes of several."""
        return [self.node(level, index) for index in range(start, end)]


def test_every_checkpoint_is_theirs() -> None:
    """Each checkpoint from 0 to 15 verifies under their key, and each begins with the one before."""
    roots = [(0, POLICY.see(note(0)).checkpoint.root)]
    for size in range(1, 16):
        seen = POLICY.see(note(size)).checkpoint
        assert size == seen.size
        proof = consistency_proof(Grown(), size - 1, size)
        check_consistency(roots[-1], (size, seen.root), proof)
        roots.append((size, seen.root))


def test_their_entries_give_their_files(tmp_path: Path) -> None:
    """Published entry after entry, our folder has their tiles, bundles and checkpoints to the byte."""
    ours = Folder(tmp_path)
    for size in range(16):
        ours.publish(note(size), Grown(), lambda start, end: ENTRIES[start:end])
        assert (LOG / f"checkpoint.{size}").read_bytes() == (tmp_path / "checkpoint").read_bytes()
    theirs = {
        path.relative_to(LOG).as_posix(): path.read_bytes()
        for path in LOG.rglob("*")
        if path.is_file() and "checkpoint" not in path.name
    }
    mine = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and path.name != "checkpoint"
    }
    assert theirs == mine
    assert sorted(mine) == sorted(read_path(name).path() for name in mine)


def test_their_folder_is_audited() -> None:
    """Their files as they are hold against their last checkpoint."""
    folder = Folder(LOG)
    last = folder.checkpoint()
    assert last is not None
    checkpoint = POLICY.see(last).checkpoint
    assert 15 == audit(folder, checkpoint)
    assert consistency_proof(Grown(), 7, 15) == consistency_proof(TileNodes(folder, 15), 7, 15)


def note(size: int) -> Note:
    """Read one of their checkpoints."""
    read = read_note((LOG / f"checkpoint.{size}").read_bytes())
    assert size == read_checkpoint(read.text).size
    return read
