"""Flip every bit of every proof of every size: `python -m tests.laws.every_bit 300`.

1. Of a size there is a proof of inclusion for each entry, and one of consistency for each earlier size
   from 1 on. Each is right as it was made.
2. With one bit of the leaf's hash, of a root, or of any hash on the path changed, none is.

Sizes with a flip that proves are printed with it; exit 1 if there was any. `--from N` starts at
another size, so that several can run at once: to 300 it is 230 million checks, half an hour on one
core. `tests/unit/ledger/test_every_bit.py` says what of it every run of the tests does.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from writ.errors import Refused
from writ.ledger.merkle import (
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
)

BITS = 256


class Grown:
    """A tree of entries 0, 1, 2... kept as every full subtree."""

    def __init__(self, size: int) -> None:
        self.levels: list[list[bytes]] = [[leaf_hash(b"%d" % index) for index in range(size)]]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            self.levels.append([node_hash(left, right) for left, right in pairs])

    def node(self, level: int, index: int) -> bytes:
        """Return a full subtree's hash."""
        return self.levels[level][index]


@dataclass(frozen=True, slots=True)
class Case:
    """A proof: of an entry at `place` in a log of `size`, or that the log began with `place` entries.

    `parts` are what may be flipped: a leaf or the earlier root, the root, and the path.
    """

    of_entry: bool
    place: int
    size: int
    parts: tuple[bytes, ...]

    def holds(self, parts: tuple[bytes, ...]) -> bool:
        """Whether it is proved by these parts."""
        first, head, *path = parts
        try:
            if self.of_entry:
                check_inclusion(first, self.place, self.size, path, head)
            else:
                check_consistency((self.place, first), (self.size, head), path)
        except Refused:
            return False
        return True

    def unnoticed(self, flips: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return which (part, bit) can be flipped, and it is proved all the same."""
        return [flip for flip in flips if self.holds(self._flipped(*flip))]

    def every_bit(self) -> Iterator[tuple[int, int]]:
        """Yield every part and bit."""
        return ((part, bit) for part in range(len(self.parts)) for bit in range(BITS))

    def _flipped(self, part: int, bit: int) -> tuple[bytes, ...]:
        changed = int.from_bytes(self.parts[part]) ^ 1 << bit
        return (*self.parts[:part], changed.to_bytes(BITS // 8), *self.parts[part + 1 :])


def cases(tree: Grown, size: int) -> Iterator[Case]:
    """Yield every proof of a size (rule 1)."""
    head = root(tree, size)
    for place in range(size):
        path = inclusion_proof(tree, place, size)
        yield Case(True, place, size, (tree.node(0, place), head, *path))  # noqa: FBT003  its kind
    for place in range(1, size + 1):
        path = consistency_proof(tree, place, size)
        yield Case(False, place, size, (root(tree, place), head, *path))  # noqa: FBT003  its kind


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("most", type=int)
    parser.add_argument("--from", dest="least", type=int, default=1)
    arguments = parser.parse_args()
    tree, wrong = Grown(arguments.most), 0
    for size in range(arguments.least, arguments.most + 1):
        flips = 0
        for case in cases(tree, size):
            found = case.unnoticed(case.every_bit())
            flips += BITS * len(case.parts)
            if found or not case.holds(case.parts):
                wrong += 1
                sys.stdout.write(f"{case}: {found or 'is not right as it was made'}\n")
        sys.stdout.write(f"size {size}: {flips} flips, {wrong} wrong so far\n")
        sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
