"""Proofs in one file that need no server: entry, path, checkpoint (c2sp.org/tlog-proof@v1).

A check goes:
1. The checkpoint is signed by the log that it names, and seen by witnesses as the policy asks.
2. The entry's hash leads to the checkpoint's root.

`extra` is handed on unproved; Writ puts the entry itself there.
"""

from dataclasses import dataclass

from writ.errors import Refused
from writ.ledger.merkle import check_inclusion, leaf_hash
from writ.ledger.policy import Policy, Seen
from writ.signing.checkpoint import read_hash, read_size
from writ.signing.form import from_base64, to_base64
from writ.signing.note import Note, read_note

MAGIC = "c2sp.org/tlog-proof@v1"
MOST = 63
"""Hashes on the longest path a log can have."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof as read; reading one proves nothing, `check` does."""

    index: int
    path: tuple[bytes, ...]
    note: Note
    extra: bytes | None = None

    def write(self) -> bytes:
        """Write the proof as `read_proof` reads it."""
        lines = [MAGIC]
        if self.extra is not None:
            lines.append(f"extra {to_base64(self.extra)}")
        lines += [f"index {self.index}", *map(to_base64, self.path), "", ""]
        return "\n".join(lines).encode() + self.note.write()

    def check(self, entry: bytes, policy: Policy) -> Seen:
        """Prove that `entry` stands in the log; anything else is Refused."""
        # 1
        seen = policy.see(self.note)
        # 2
        checkpoint = seen.checkpoint
        check_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.path, checkpoint.root)
        return seen


def read_proof(data: bytes) -> Proof:
    """Read a proof; whatever is not one is Refused."""
    head, gap, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Refused("a proof's first part is ASCII") from None
    if not gap or lines.pop(0) != MAGIC:
        raise Refused(f"not a proof: it does not begin with `{MAGIC}`")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0).removeprefix("extra "), "a proof's extra line")
    if not lines or not lines[0].startswith("index "):
        raise Refused("a proof tells its entry's index")
    index = read_size(lines.pop(0).removeprefix("index "))
    if len(lines) > MOST:
        raise Refused(f"a proof has at most {MOST} hashes")
    return Proof(index, tuple(map(read_hash, lines)), read_note(note), extra)
