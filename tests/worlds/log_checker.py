"""Checks published logs from outside: a process of its own, without a line of Writ.

Run as `python log_checker.py VKEY`. Each line on stdin names a log and the folder it is in; each is
answered with one JSON line, {"size": ...} or {"wrong": ...}. A look goes:
1. The checkpoint is signed by the key (Ed25519, c2sp.org/signed-note).
2. Every entry is read from its bundle, and their root by pymerkle is the one that was signed.
3. Every tile has the hashes of what is below it.
4. The log begins with each one that was seen of it before, by the roots of then.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymerkle import InmemoryTree

WIDTH = 256


class Wrong(Exception):
    """What a look found."""


def look(folder: Path, vkey: str, seen: dict[int, bytes]) -> int:
    """Check a log in full; return its size, and remember its root."""
    origin, _, key = vkey.split("+", 2)
    text, signature = (folder / "checkpoint").read_text("utf-8").split("\n\n")
    name, size, root = text.split("\n")
    raw = base64.b64decode(signature.split(" ")[2])
    try:  # 1
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:])
        public.verify(raw[4:], f"{text}\n".encode())
    except InvalidSignature:
        raise Wrong("the checkpoint is signed by another") from None
    if name != origin:
        raise Wrong(f"the checkpoint is of {name}")
    tree, leaves = InmemoryTree(algorithm="sha256"), []
    before = {0: hashlib.sha256().digest()}
    for entry in entries(folder, int(size)):  # 2
        tree.append_entry(entry)
        leaves.append(hashlib.sha256(b"\0" + entry).digest())
        if len(leaves) in seen or len(leaves) == int(size):
            before[len(leaves)] = tree.get_root()
    if before[int(size)] != base64.b64decode(root):
        raise Wrong("the entries have another root")
    check_tiles(folder, leaves)  # 3
    for earlier, told in seen.items():  # 4
        if before.get(earlier) != told:
            raise Wrong(f"it does not begin with the {earlier} entries that were there")
    seen[int(size)] = before[int(size)]
    return int(size)


def entries(folder: Path, size: int) -> list[bytes]:
    """Read all entries."""
    found: list[bytes] = []
    for start in range(0, size, WIDTH):
        data = tile(folder / "tile" / "entries", start // WIDTH, min(WIDTH, size - start))
        while data:
            length = int.from_bytes(data[:2])
            found.append(data[2 : 2 + length])
            data = data[2 + length :]
    if len(found) != size:
        raise Wrong(f"{len(found)} entries are there, not {size}")
    return found


def check_tiles(folder: Path, hashes: list[bytes]) -> None:
    """Compare the tiles of every level."""
    level = 0
    while hashes:
        above = []
        for start in range(0, len(hashes), WIDTH):
            row = hashes[start : start + WIDTH]
            if tile(folder / "tile" / str(level), start // WIDTH, len(row)) != b"".join(row):
                raise Wrong(f"a tile of level {level} has other hashes")
            while len(row) > 1 and start + WIDTH <= len(hashes):
                pairs = zip(row[::2], row[1::2], strict=True)
                row = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs]
            above += row if len(row) == 1 and start + WIDTH <= len(hashes) else []
        hashes, level = above, level + 1


def tile(folder: Path, index: int, width: int) -> bytes:
    """Read a tile's file; no log here has a thousand of them."""
    name = f"{index:03}" if width == WIDTH else f"{index:03}.p/{width}"
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        raise Wrong(f"{folder.name}/{name} is not there") from None


def main(vkey: str) -> None:
    """Answer until nobody asks any more."""
    seen = dict[str, dict[int, bytes]]()
    for line in sys.stdin:
        asked = json.loads(line)
        told = seen.setdefault(asked["log"], {})
        try:
            said: dict[str, object] = {"size": look(Path(asked["folder"]), vkey, told)}
        except Wrong as error:
            said = {"wrong": str(error)}
        print(json.dumps(said), flush=True)  # noqa: T201  its output


if __name__ == "__main__":
    main(sys.argv[1])
