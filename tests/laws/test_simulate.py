"""What the simulation counts is what `decide` says, one by one."""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeAlias

import pytest

from tests.worlds.lawbooks import lawbook, pool
from tests.worlds.populations import asked, hit, moved, world
from writ.clock import format_instant
from writ.study.by_organisation import COUNTS, NONE, counted, largest, write
from writ.study.comparison import Comparison
from writ.study.engine import open_engine
from writ.study.figures import together
from writ.study.simulation import simulate

SEEDS = 20
Moves: TypeAlias = dict[str, dict[str, Counter[tuple[str, str]]]]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_counts_are_those_of_one_by_one(seed: int) -> None:
    """Every subject and request, on both sides of every phase, gets what it gets when asked alone.

    And so do those of each organisation, which is told as hit as often as it is.
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
        table = counted(engine, found, 1)
        told = largest(engine, table, found)
        write(engine, table, found, Path(folder) / "organisations.csv")
        written = _read(Path(folder) / "organisations.csv")

    for place, phase in enumerate(found.phases):
        for number, figures in enumerate(phase.models):
            for side, compiled in enumerate(comparison.compiled):
                expected = asked(people, compiled, phase.phase.start, figures.model)
                outcomes = {name: Counter(tally.by(side)) for name, tally in figures.all.items()}
                assert {name: +count for name, count in expected.items() if name in outcomes} == {
                    name: +count for name, count in outcomes.items()
                }
            moves = moved(people, comparison.compiled, phase.phase.start, figures.model)
            for measure, ranked in figures.hit.items():
                assert hit(moves, measure) == Counter(
                    {one.organisation: one.count for one in ranked}
                )
            by_name = told[place][number]
            assert _some(moves) == _some(
                {
                    name: {measure: tally.moves for measure, tally in tallies.items()}
                    for name, tallies in by_name.items()
                    if name != NONE
                }
            )
            assert written.get((format_instant(phase.phase.start), figures.model), {}) == _some(
                moves
            )
            sums = together(by_name.values())
            assert {name: tally for name, tally in figures.all.items() if tally.total} == sums


def _some(moves: Mapping[str, Mapping[str, Counter[tuple[str, str]]]]) -> Moves:
    """Leave out what is none."""
    return {
        name: {measure: +found for measure, found in measures.items() if +found}
        for name, measures in moves.items()
    }


def _read(file: Path) -> dict[tuple[str, str], Moves]:
    """Read the rows of organisations again, by phase and model."""
    found: dict[tuple[str, str], Moves] = {}
    with file.open(newline="") as opened:
        for row in csv.DictReader(opened):
            measures = found.setdefault((row["from"], row["model"]), {}).setdefault(
                row["organisation"], {}
            )
            for measure in COUNTS:
                if count := int(row[measure]):
                    of = measures.setdefault(measure, Counter())
                    of[row["before"], row["after"]] += count
    return found
