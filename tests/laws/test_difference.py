"""Random lawbooks compared: examples change as they say, and nobody who changes is overlooked."""

from functools import cache
from random import Random

import pytest

from tests.worlds.chains import chain, instant
from tests.worlds.lawbooks import MODELS, lawbook, pool
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import outcome_of
from writ.law.difference import Found, Moved, moved
from writ.law.literal.decide import decide as literal
from writ.model.order import Lawbook
from writ.model.subject import Chain

SEEDS = (1, 2, 4, 7, 8, 9)
CHAINS = 40


@cache
def compared(seed: int) -> tuple[Lawbook, Lawbook, Moved]:
    """Draw two lawbooks of the same material, and compare them."""
    random = Random(seed)  # noqa: S311  drawing cases, not secrets
    material = pool(random)
    old, new = lawbook(random, material), lawbook(random, material)
    return old, new, moved(old, new)


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_changes_has_an_example(seed: int) -> None:
    """Any chain whose outcome differs at any instant is of a kind that was found."""
    random = Random(seed)  # noqa: S311  drawing cases, not secrets
    old, new, found = compared(seed)
    kinds = {(mover.model, mover.before, mover.after) for mover in found.movers}
    sides = (Compiled(old), Compiled(new))
    missed: list[tuple[str, list[Found]]] = []
    for _ in range(CHAINS):
        asked = chain(random)
        at = instant(random, old, asked)
        for model in MODELS:
            got = [outcome_of(side, asked, model, at) for side in sides]
            if got[0] != got[1] and (model, *got) not in kinds:
                missed.append((model, got))
    assert ([], True) == (missed, found.complete)


@pytest.mark.parametrize("seed", SEEDS)
def test_examples_change_by_the_literal_meaning_too(seed: int) -> None:
    """Each example has the outcomes that are said of it, on both sides."""
    old, new, found = compared(seed)

    def by(book: Lawbook, asked: Chain, model: str, at: int) -> Found:
        decision = literal(book, asked, model, at)
        return decision.outcome, decision.served_by

    movers = found.movers
    assert [(mover.before, mover.after) for mover in movers] == [
        (by(old, mover.chain, mover.model, mover.at), by(new, mover.chain, mover.model, mover.at))
        for mover in movers
    ]
    assert len({(mover.model, mover.before, mover.after) for mover in movers}) == len(movers)
