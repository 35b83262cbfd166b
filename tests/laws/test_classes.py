"""Who is counted together is judged alike, where a row says for all its facts when they were seen."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.worlds.chains import fact
from tests.worlds.lawbooks import (
    COUNTRIES,
    GRID,
    START,
    Pool,
    chance,
    held_at,
    lawbook,
    most_recent,
    owned_by,
    pick,
    predicate,
    some,
)
from tests.worlds.populations import World
from writ.model.expression import AnyOf, EmployedBy, Expression
from writ.model.order import Lawbook
from writ.model.subject import Fact, Subject, Value
from writ.study.classes import Classes, lists_of, thresholds
from writ.study.comparison import Comparison
from writ.study.engine import Engine, open_engine
from writ.study.population import read_population

SEEDS = 6
LOOKS = 3
"""Different lists of facts; everybody else shows the same and was only seen at another instant."""
DATES = (START - 27, START - 7, START + 4, START + 13)
SEEN = sorted({at + beside for at in (*DATES, *GRID[:4]) for beside in (-1, 0, 1)})
LISTS = ("citizenships", "permanent_residences", "former_citizenships")


def _owned_employer(random: Random) -> EmployedBy:
    return EmployedBy(owned_by(random))


ATOMS: tuple[Callable[[Random], Expression], ...] = (most_recent, held_at, _owned_employer)


def drawn(random: Random) -> Lawbook:
    """Draw orders that ask what began last and what was held then, of people and who owns their employer."""
    atoms = tuple(pick(random, ATOMS)(random) for _ in range(3))
    pool = Pool((*atoms, AnyOf(atoms)), (owned_by(random),))
    return lawbook(random, replace(pool, predicates=(predicate(random, pool),)))


def look(random: Random) -> tuple[Fact, ...]:
    """Draw lists, mostly complete, of which some things have a date; and who employs."""
    shown = [
        replace(
            fact(
                random,
                attribute,
                tuple(
                    Value((code, ""), pick(random, (None, *DATES)))
                    for code in some(random, COUNTRIES, least=0)
                ),
                complete=chance(random, 85),
            ),
            assurance=4,
        )
        for attribute in LISTS
    ]
    employer = fact(random, "employer", (Value(("c1", "employee")),), complete=True)
    return (*shown, employer) if chance(random, 50) else tuple(shown)


def people(random: Random) -> World:
    """Draw a few looks, each of somebody seen at every one of some instants; `p1` and `p2` own `c1`."""
    looks = [look(random) for _ in range(LOOKS)]
    subjects = [
        Subject(
            f"p{1 + place + LOOKS * number}",
            "person",
            (),
            tuple(replace(item, verified_at=seen, expires_at=None) for item in shown),
        )
        for number, seen in enumerate(random.sample(SEEN, 14))
        for place, shown in enumerate(looks)
    ]
    owners = fact(random, "owners", (Value(("p1", "50")), Value(("p2", "25"))), complete=True)
    company = Subject("c1", "organisation", (), (replace(owners, verified_at=START - 60),))
    everybody = (*subjects, company)
    return World(everybody, dict.fromkeys((one.id for one in everybody), None), ())


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Open one engine for all."""
    with open_engine("duckdb://", threads=1) as opened:
        yield opened


@pytest.mark.parametrize("seed", range(SEEDS))
def test_who_was_seen_at_another_instant_is_judged_as_if_alone(
    engine: Engine, tmp_path: Path, seed: int
) -> None:
    """Dates told and instants of being seen are compared, and nobody is of another's class for it."""
    random = Random(seed)  # noqa: S311  drawn, not secret
    comparison = Comparison(Lawbook((book := drawn(random)).catalogue), book)
    world = people(random)
    classes = Classes(comparison.asked())
    edges = thresholds(comparison.compiled, [phase.start for phase in comparison.phases])
    lists = lists_of(comparison.compiled)
    found = read_population(engine, world.write(tmp_path, 0)[0], classes, lists, edges)
    seats = found.subjects.select("id", number=found.seats.number(found.subjects.seat))

    everybody = {one.id: one for one in world.subjects}
    alone = {one.id: classes.of(replace(one, related=everybody)) for one in world.subjects}
    assert alone == {row["id"]: row["number"] for row in engine.rows(seats)}
