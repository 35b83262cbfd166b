"""What the simulation counts is what `decide` says, one by one."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from tests.worlds.lawbooks import lawbook, pool
from tests.worlds.populations import asked, hit, world
from writ.study.comparison import Comparison
from writ.study.engine import open_engine
from writ.study.simulation import simulate

SEEDS = 20


@pytest.mark.parametrize("seed", range(SEEDS))
def test_counts_are_those_of_one_by_one(seed: int) -> None:
    """Every subject and request, on both sides of every phase, gets what it gets when asked alone.

    And each organisation is told as hit as often as it is.
    """
    random = Random(seed)  # noqa: S311  drawn, not secret
    book = lawbook(random, pool(random))
    kept = tuple(version for version in book.versions if version.order != "o0")
    comparison = Comparison(replace(book, versions=kept), book)
    if not comparison.phases:
        return
    people = world(random)
    with TemporaryDirectory() as folder, open_engine("duckdb://", threads=1) as engine:
        names = people.write(Path(folder), 0)
        found = simulate(engine, comparison, *names)

    for phase in found.phases:
        for figures in phase.models:
            for side, compiled in enumerate(comparison.compiled):
                expected = asked(people, compiled, phase.phase.start, figures.model)
                counted = {name: Counter(tally.by(side)) for name, tally in figures.all.items()}
                assert {name: +count for name, count in expected.items() if name in counted} == {
                    name: +count for name, count in counted.items()
                }
            hits = hit(people, comparison.compiled, phase.phase.start, figures.model)
            for measure, by_organisation in hits.items():
                ranked = figures.hit.get(measure, [])
                assert by_organisation == Counter(
                    {item.organisation: item.count for item in ranked}
                )
