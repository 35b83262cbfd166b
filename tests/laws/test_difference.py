"""Random lawbooks compared: examples change as they say, and nobody who changes is overlooked."""

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


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_changes_has_an_example_that_changes(seed: int) -> None:
    """What differs at any instant is of a kind that was found; examples are as they are said to be."""
    random = Random(seed)  # noqa: S311  drawing cases, not secrets
    material = pool(random)
    old, new = lawbook(random, material), lawbook(random, material)
    found = moved(old, new)
    assert ([], True) == (missed(old, new, found, Random(seed)), found.complete)  # noqa: S311
    movers = found.movers
    assert [(mover.before, mover.after) for mover in movers] == [
        (by(old, mover.chain, mover.model, mover.at), by(new, mover.chain, mover.model, mover.at))
        for mover in movers
    ]
    assert len({(mover.model, mover.before, mover.after) for mover in movers}) == len(movers)


def missed(old: Lawbook, new: Lawbook, found: Moved, random: Random) -> list[object]:
    """Ask anybody at any instant, and list what changes and is of no kind that was found."""
    kinds = {(mover.model, mover.before, mover.after) for mover in found.movers}
    sides = (Compiled(old), Compiled(new))
    overlooked: list[object] = []
    for _ in range(CHAINS):
        asked = chain(random)
        at = instant(random, old, asked)
        for model in MODELS:
            got = [outcome_of(side, asked, model, at) for side in sides]
            if got[0] != got[1] and (model, *got) not in kinds:
                overlooked.append((model, got))
    return overlooked


def by(book: Lawbook, asked: Chain, model: str, at: int) -> Found:
    """Return what the literal meaning says of one request."""
    decision = literal(book, asked, model, at)
    return decision.outcome, decision.served_by
