import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from tests.laws.every_bit import Grown
from writ.errors import Refused
from writ.ledger.merkle import (
    EMPTY,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
)

MOST = 300


TREE = Grown(MOST)
ROOTS = [root(TREE, size) for size in range(MOST + 1)]


def test_roots_are_those_of_an_independent_library() -> None:
    """Every size up to a few hundred has the root that pymerkle gives."""
    theirs = InmemoryTree(algorithm="sha256")
    for size in range(1, MOST + 1):
        theirs.append_entry(b"%d" % (size - 1))
        assert theirs.get_root() == ROOTS[size]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    """RFC 6962, section 2.1."""
    assert hashlib.sha256().digest() == EMPTY == ROOTS[0]


@given(st.data())
def test_an_entry_is_proved_at_its_own_place_only(data: st.DataObject) -> None:
    """The proof of one entry proves it at no other index."""
    size = data.draw(st.integers(2, MOST))
    index, other = data.draw(
        st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True)
    )
    with pytest.raises(Refused):
        check_inclusion(
            leaf_hash(b"%d" % index), other, size, inclusion_proof(TREE, index, size), ROOTS[size]
        )


@pytest.mark.parametrize(
    "change",
    [lambda path: path[:-1], lambda path: [*path, EMPTY]],
    ids=["shorter", "longer"],
)
def test_proofs_have_their_length(change: object) -> None:
    """A hash left out or added refuses, in both kinds of proof."""
    assert callable(change)
    with pytest.raises(Refused, match=r"too (long|short)"):
        check_inclusion(leaf_hash(b"5"), 5, 11, change(inclusion_proof(TREE, 5, 11)), ROOTS[11])
    with pytest.raises(Refused, match=r"too long|does not begin"):
        check_consistency((5, ROOTS[5]), (11, ROOTS[11]), change(consistency_proof(TREE, 5, 11)))


def test_what_is_no_place_is_refused() -> None:
    """No proof is made or checked for entries and sizes that are not there."""
    with pytest.raises(Refused, match="a log of 3 entries has no entry 4"):
        inclusion_proof(TREE, 3, 3)
    with pytest.raises(Refused, match="a log of 3 entries has no entry 4"):
        check_inclusion(EMPTY, 3, 3, [], EMPTY)
    with pytest.raises(Refused, match="was never one of 4"):
        consistency_proof(TREE, 4, 3)
    with pytest.raises(Refused, match="the log shrank from 4 to 3"):
        check_consistency((4, ROOTS[4]), (3, ROOTS[3]), [])


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        ((3, ROOTS[3]), (3, ROOTS[4]), []),
        ((3, ROOTS[3]), (3, ROOTS[3]), [EMPTY]),
        ((0, ROOTS[1]), (3, ROOTS[3]), []),
        ((0, EMPTY), (3, ROOTS[3]), [EMPTY]),
    ],
)
def test_trees_that_need_no_proof_take_none(
    old: tuple[int, bytes], new: tuple[int, bytes], proof: list[bytes]
) -> None:
    """Equal sizes need equal roots, the empty tree needs its own root, and neither a path."""
    with pytest.raises(Refused, match="not one and the same"):
        check_consistency(old, new, proof)


def test_a_missing_consistency_proof_is_refused() -> None:
    """Two sizes that differ need a path."""
    with pytest.raises(Refused, match="is missing"):
        check_consistency((2, ROOTS[2]), (3, ROOTS[3]), [])


def test_roots_differ() -> None:
    """No two neighbouring sizes have one root: the trees above were not all alike."""
    assert all(before != after for before, after in pairwise(ROOTS))
