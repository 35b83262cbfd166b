"""What would settle those who are judged alike, and yet would have to show something else."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.worlds.lawbooks import CATALOGUE, DENY, START
from tests.worlds.populations import World, settled, written
from writ.model.expression import WILD, AllOf, Given, Group, Listed, Not, OwnedBy, Predicate
from writ.model.order import Effect, Evidence, InFlight, Lawbook, OrderVersion, Rule
from writ.model.outcome import Outcome
from writ.model.subject import Fact, Subject, Value
from writ.study.comparison import Comparison
from writ.study.engine import open_engine
from writ.study.figures import ModelFigures
from writ.study.simulation import simulate

AMERICAN = Listed("incorporated_in", "incorporated_in", frozenset({("US", WILD)}))
FRENCH = Listed("citizen_of", "citizenships", frozenset({("FR", WILD)}))
LISTED = Given("organisation_in", Group("annex-a", frozenset({"member"}), "sha256:a"))
PREDICATES = {
    "amber": Predicate(FRENCH, None),
    "birch": Predicate(None, OwnedBy("50", Predicate(None, AllOf((LISTED, AMERICAN))))),
    "cedar": Predicate(None, OwnedBy("50", Predicate(Not(FRENCH), AMERICAN))),
}


def shown(attribute: str, *values: tuple[str, ...], complete: bool = False) -> Fact:
    """Return a fact of the best kind, seen long ago."""
    told = tuple(map(Value, values))
    return Fact(
        attribute, told, "exhaustive" if complete else "at_least", 4, "how", "by", START - 60
    )


GERMAN = shown("citizenships", ("DE", ""), complete=True)
JAPANESE = shown("citizenships", ("JP", ""))
OWNED = shown("owners", ("ring", "60"))
SUBJECTS = (
    Subject("before", "person", (), (GERMAN, JAPANESE)),
    Subject(
        "now", "person", (), tuple(replace(item, verified_at=START) for item in (GERMAN, JAPANESE))
    ),
    Subject("member", "organisation", (), (shown("incorporated_in", ("US", "")),)),
    Subject("nobody's", "organisation"),
    Subject("ring", "organisation", (), (OWNED,)),
    Subject("owned", "organisation", (), (OWNED,)),
    *(
        Subject(f"owned-by-{name}", "organisation", (), (shown("owners", (name, "60")),))
        for name in ("before", "now")
    ),
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModelFigures]:
    """Simulate an order of three rules; everybody is told what `decide` lists for them."""
    rules = tuple(
        Rule(
            f"rule-{model}",
            ("c1",),
            frozenset({model}),
            "bar" if model == "amber" else "only",
            predicate,
            "organisation",
            Evidence(2, 2, None),
            DENY,
            Effect(Outcome.VERIFY),
            InFlight(0),
        )
        for model, predicate in PREDICATES.items()
    )
    version = OrderVersion(
        "o", 1, "restriction", "an order", START, None, "none", {"en": "No."}, {"c1": "A clause."}, rules
    )  # fmt: skip
    comparison = Comparison(Lawbook(CATALOGUE), Lawbook(CATALOGUE, (version,)))
    world = World(SUBJECTS, dict.fromkeys((one.id for one in SUBJECTS), None), ())
    folder = tmp_path_factory.mktemp("world")
    with open_engine("duckdb://", threads=1) as engine:
        counted = simulate(engine, comparison, world.write(folder, 0)[0])
    figures = {item.model: item for item in counted.phases[0].models}
    for model, item in figures.items():
        told = Counter({(written(one), name): n for (one, name), n in item.settling.items()})
        assert settled(world, comparison.compiled[1], START, model) == told
    return figures


def told(figures: ModelFigures) -> Counter[tuple[tuple[str, str | None], ...]]:
    """Return how many would show which attributes, and whose; `?` is an owner's."""
    return Counter(
        {
            tuple((item.attribute, item.subject) for item in evidence): count
            for (evidence, _), count in figures.settling.items()
        }
    )


def test_who_was_seen_at_the_very_instant(found: dict[str, ModelFigures]) -> None:
    """Lists that contradict each other are settled by a later one, and not by one of the same instant."""
    assert {(("citizenships", None),): 1, (): 1} == told(found["amber"])


def test_whom_a_list_names_is_on_the_books(found: dict[str, ModelFigures]) -> None:
    """A member of a list is tried as an owner with what is known of it: no more has to be shown."""
    assert 2 == told(found["birch"])[("owners", None),]


def test_whose_facts_come_back_to_them(found: dict[str, ModelFigures]) -> None:
    """Whoever owns itself shows what others with the very same facts would have it show."""
    alone, other = (("incorporated_in", None),), (("incorporated_in", "?"),)
    assert (1, 1) == (told(found["cedar"])[alone], told(found["cedar"])[other])


def test_whose_owners_have_shown_something_else(found: dict[str, ModelFigures]) -> None:
    """An owner whose lists are settled by a later one settles its company; the other one cannot."""
    assert 1 == told(found["cedar"])[("citizenships", "?"),]
