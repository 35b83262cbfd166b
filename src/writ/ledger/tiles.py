"""Tiles: a log as files that never change (c2sp.org/tlog-tiles v0.1.0).

1. A tile of level L has up to 256 consecutive nodes of level 8 * L; it is served at
   `tile/L/N[.p/W]`, where `.p/W` marks one of fewer, W.
2. Entries are served in bundles of up to 256 at `tile/entries/N[.p/W]`, each after its length in
   two bytes.
3. N is written in groups of three digits, all but the last after an `x`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from writ.errors import Refused

WIDTH = 256
HEIGHT = 8
HASH_BYTES = 32
MAX_ENTRY = 65_535
_PATH = re.compile(
    r"tile/(entries|0|[1-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/([1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a tile is: its level (`entries` for a bundle), place, and number of items."""

    level: int | Literal["entries"]
    index: int
    width: int = WIDTH

    @property
    def start(self) -> int:
        """The first node or entry in it."""
        return self.index * WIDTH

    def path(self) -> str:
        """Write where it is served (rules 1 to 3)."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
        number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{self.level}/{number}{partial}"


def read_path(path: str) -> Tile:
    """Read where a tile is served; what no log serves is Refused."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Refused(f"`{path[:80]}` is no tile")
    level, number, width = match.groups()
    index = int(number.replace("x", "").replace("/", ""))
    tile = Tile(
        "entries" if level == "entries" else int(level),
        index,
        WIDTH if width is None else int(width),
    )
    if tile.path() != path:
        raise Refused(f"`{path[:80]}` is no tile")
    return tile


def tiles_between(old: int, size: int) -> Iterator[Tile]:
    """Yield the bundles and tiles that a log of `size` entries has and one of `old` has not."""
    yield from _level(old, size, "entries")
    level = 0
    while size >> HEIGHT * level:
        yield from _level(old >> HEIGHT * level, size >> HEIGHT * level, level)
        level += 1


def _level(old: int, size: int, level: int | Literal["entries"]) -> Iterator[Tile]:
    if old == size:
        return
    for index in range(old // WIDTH, size // WIDTH):
        yield Tile(level, index)
    if size % WIDTH:
        yield Tile(level, size // WIDTH, size % WIDTH)


def write_bundle(entries: Iterable[bytes]) -> bytes:
    """Write entries as a bundle (rule 2); one over 65,535 bytes is a ValueError."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise ValueError(f"a log's entry has at most {MAX_ENTRY} bytes, not {len(entry)}")
        parts += (len(entry).to_bytes(2), entry)
    return b"".join(parts)


def read_bundle(data: bytes, width: int) -> list[bytes]:
    """Read a bundle of `width` entries; any other bytes are Refused."""
    entries: list[bytes] = []
    place = 0
    while place < len(data):
        size = int.from_bytes(data[place : place + 2])
        entry = data[place + 2 : place + 2 + size]
        if place + 2 > len(data) or len(entry) != size:
            raise Refused("a bundle of entries is cut off")
        entries.append(entry)
        place += 2 + size
    if len(entries) != width:
        raise Refused(f"a bundle has {len(entries)} entries, not {width}")
    return entries


def read_hashes(data: bytes, width: int) -> list[bytes]:
    """Read the hashes of a tile of `width`; any other bytes are Refused."""
    if len(data) != width * HASH_BYTES:
        raise Refused(f"a tile has {len(data)} bytes, not {width * HASH_BYTES}")
    return [data[place : place + HASH_BYTES] for place in range(0, len(data), HASH_BYTES)]
