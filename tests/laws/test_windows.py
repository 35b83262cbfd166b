"""A version's window never overlaps its successor's, nor does it come back after it."""

from itertools import groupby
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.lawbooks import MODELS, lawbook, pool
from writ.law.compiled.book import Compiled
from writ.model.order import Lawbook


def governing(book: Lawbook) -> dict[str, list[int]]:
    """Return, per order, which version speaks at each boundary and its neighbours, as compiled."""
    compiled = Compiled(book)
    spoken: dict[str, list[int]] = {}
    instants = sorted({edge + step for edge in book.boundaries() for step in (-1, 0, 1)})
    for at in instants:
        rules = (active for model in MODELS for active in compiled.speaking(model, at).rules)
        found = {(active.version.order, active.version.version) for active in rules}
        assert len(found) == len({order for order, _ in found})
        for order, version in found:
            spoken.setdefault(order, []).append(version)
    return spoken


@settings(max_examples=150)
@given(st.randoms(use_true_random=False))
def test_windows_never_overlap(random: Random) -> None:
    """At each instant one version of an order speaks, each for one span, and numbers only rise."""
    book = lawbook(random, pool(random))
    for versions in governing(book).values():
        spans = [version for version, _ in groupby(versions)]
        assert sorted(set(spans)) == spans
    by_order = {item.order: item for item in book.in_force(max(book.boundaries()))}
    for item in book.versions:
        if item.order in by_order:
            assert item.version <= by_order[item.order].version
