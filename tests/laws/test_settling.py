"""What a simulation says would settle whom is what `decide` lists first for that very person."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.worlds.lawbooks import lawbook, pool
from tests.worlds.populations import near, settled, world, written
from writ.study.comparison import Comparison
from writ.study.engine import Engine, open_engine
from writ.study.simulation import simulate

SEEDS = 8


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Open one engine for all."""
    with open_engine("duckdb://", threads=1) as opened:
        yield opened


@pytest.mark.parametrize("seed", range(SEEDS))
def test_everybody_is_told_their_own_evidence(engine: Engine, tmp_path: Path, seed: int) -> None:
    """Of people who hardly differ, in each phase, for each model, with a key of theirs and by request."""
    assert [] == differences(engine, tmp_path, seed)[0]


def differences(engine: Engine, folder: Path, seed: int) -> tuple[list[str], int]:
    """Return where what is counted is not what is decided one by one, and how many were open."""
    random = Random(seed)  # noqa: S311  drawn, not secret
    book = lawbook(random, pool(random))
    kept = tuple(version for version in book.versions if version.order != "o0")
    comparison = Comparison(replace(book, versions=kept), book)
    if not comparison.phases:
        return [], 0
    at = random.choice(comparison.phases).start
    people = near(random, world(random), at)
    found = simulate(engine, comparison, *people.write(folder, 0))
    wrong, total = list[str](), 0
    for item in found.phases:
        for figures in item.models:
            expected = settled(people, comparison.compiled[1], item.phase.start, figures.model)
            told = Counter(
                {
                    (written(evidence), measure): count
                    for (evidence, measure), count in figures.settling.items()
                }
            )
            total += expected.total()
            wrong += [f"{figures.model}: {one}" for one in ((expected - told) + (told - expected))]
    return wrong, total
