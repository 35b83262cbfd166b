"""Checkpoints: what a log commits to (c2sp.org/tlog-checkpoint v1.0.0).

1. Three lines: origin, size, root. Writ writes no more; what stands after them is read and kept.
"""

import re
from dataclasses import dataclass

from writ.errors import Refused
from writ.signing.form import from_base64, to_base64

HASH_BYTES = 32
LARGEST = 2**63
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's origin, number of entries, and root hash (32 bytes)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Write the text of the note."""
        lines = (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        return "".join(line + "\n" for line in lines)


def read_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint's text; anything else is Refused."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < _LINES or not all(lines):
        raise Refused("a checkpoint has three lines: origin, size and root")
    origin, size, root, *extensions = lines
    return Checkpoint(origin, read_size(size), read_hash(root), tuple(extensions))


def read_size(text: str) -> int:
    """Read a tree size, or an index, as logs write it."""
    if not _SIZE.fullmatch(text) or int(text) >= LARGEST:
        raise Refused(f"`{text[:20]}` is no number of entries")
    return int(text)


def read_hash(text: str) -> bytes:
    """Read a hash as logs write it."""
    data = from_base64(text, "a hash")
    if len(data) != HASH_BYTES:
        raise Refused(f"a hash has {HASH_BYTES} bytes, not {len(data)}")
    return data
