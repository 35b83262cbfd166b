"""Merkle trees of RFC 6962, section 2.1: hashes, roots, proofs and how they are checked.

1. A leaf is hashed as 0x00 and its bytes, a node as 0x01, its left and its right hash.
2. A tree of n leaves is its largest full subtrees, from the left; nodes below those never change.
3. Proofs are made from nodes, told by level (0: leaves) and index; whoever keeps them is a `Nodes`.
4. Checks follow RFC 9162, sections 2.1.3.2 and 2.1.4.2; what does not prove is Refused.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Protocol

from writ.errors import Refused

EMPTY = hashlib.sha256(b"").digest()


class Nodes(Protocol):
    """Keeps the nodes of a tree."""

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of the `index`-th full subtree of 2**level leaves."""
        ...


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry (rule 1)."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees (rule 1)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def peaks(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield (level, index) of the largest full subtrees that make up leaves start to end.

    `start` is where a subtree of the tree starts: 0, or a multiple of a power of two that is at
    least `end - start` (rule 2).
    """
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def root(nodes: Nodes, size: int) -> bytes:
    """Return the root of the first `size` leaves."""
    return _subtree(nodes, 0, size) if size else EMPTY


def _subtree(nodes: Nodes, start: int, end: int) -> bytes:
    hashes = [nodes.node(level, index) for level, index in peaks(start, end)]
    found = hashes.pop()
    while hashes:
        found = node_hash(hashes.pop(), found)
    return found


def span_root(nodes: Nodes, leaves: Iterator[bytes], span: tuple[int, int], size: int) -> bytes:
    """Return the root of `size` leaves: the hashes of those in a span are told, nodes have the rest.

    `span` is the first of them and the one after the last; the tree has them all.
    """
    return _spanned(nodes, leaves, span, (0, size))


def _spanned(
    nodes: Nodes, leaves: Iterator[bytes], span: tuple[int, int], among: tuple[int, int]
) -> bytes:
    start, end = among
    if end <= span[0] or span[1] <= start:
        return _subtree(nodes, start, end)
    if end - start == 1:
        return next(leaves)
    middle = start + _split(end - start)
    left = _spanned(nodes, leaves, span, (start, middle))
    return node_hash(left, _spanned(nodes, leaves, span, (middle, end)))


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root of `size` leaves, the leaf's first."""
    if not 0 <= index < size:
        raise Refused(f"a log of {size} entries has no entry {index + 1}")
    start, end, path = 0, size, list[bytes]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_subtree(nodes, middle, end))
            end = middle
        else:
            path.append(_subtree(nodes, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(nodes: Nodes, old: int, size: int) -> list[bytes]:
    """Return the hashes that show the first `old` leaves of `size` to be the tree of before."""
    if not 0 <= old <= size:
        raise Refused(f"a log of {size} entries was never one of {old}")
    if old in (0, size):
        return []
    start, end, whole, path = 0, size, True, list[bytes]()
    while old < end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_subtree(nodes, middle, end))
            end = middle
        else:
            path.append(_subtree(nodes, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_subtree(nodes, start, end))
    return path[::-1]


def check_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> None:
    """Prove that a leaf's hash stands at `index` under the root `expected` (rule 4)."""
    if not 0 <= index < size:
        raise Refused(f"a log of {size} entries has no entry {index + 1}")
    place, last, found = index, size - 1, leaf
    for item in proof:
        if last == 0:
            raise Refused("the inclusion proof is too long")
        if place & 1 or place == last:
            found = node_hash(item, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, item)
        place, last = place >> 1, last >> 1
    if last:
        raise Refused("the inclusion proof is too short")
    if found != expected:
        raise Refused(f"the proof does not lead from entry {index + 1} to the root")


def check_consistency(
    old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]
) -> None:
    """Prove that the tree `new` (size, root) begins with the tree `old` (rule 4)."""
    (size, before), (larger, after) = old, new
    if size > larger:
        raise Refused(f"the log shrank from {size} to {larger} entries")
    if size in (0, larger):
        if proof or (size and before != after) or (not size and before != EMPTY):
            raise Refused("the trees are not one and the same log's")
        return
    if not proof:
        raise Refused("the consistency proof is missing")
    hashes = list(proof)
    place, last = size - 1, larger - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = hashes.pop(0) if size & (size - 1) else before
    _climb(hashes, (place, last, first), (before, after))


def _climb(hashes: list[bytes], start: tuple[int, int, bytes], roots: tuple[bytes, bytes]) -> None:
    place, last, old = start
    new = old
    for item in hashes:
        if last == 0:
            raise Refused("the consistency proof is too long")
        if place & 1 or place == last:
            old, new = node_hash(item, old), node_hash(item, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, item)
        place, last = place >> 1, last >> 1
    if last or (old, new) != roots:
        raise Refused("the later log does not begin with the earlier one")


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
