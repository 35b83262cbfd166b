import pytest

from writ.errors import Failed
from writ.law.literal.facts import Level
from writ.law.literal.worlds import Cell, cells_of, listed_in, worlds
from writ.model.expression import AllOf, AnyOf, Given, Group, Listed, Never, Not
from writ.model.subject import Completeness, Fact, Value

ANY = Level(0, None)


def listed(*patterns: tuple[str, ...], attribute: str = "citizenships") -> Listed:
    """An atom."""
    return Listed("citizen_of", attribute, frozenset(patterns))


def fact(*values: tuple[str, ...], complete: bool = False, verified_at: int = 0) -> Fact:
    """A citizenship fact."""
    completeness: Completeness = "exhaustive" if complete else "at_least"
    held = tuple(Value(parts) for parts in values)
    return Fact("citizenships", held, completeness, 2, "passport", "x", verified_at)


US, FR = ("US",), ("FR",)
BOTH = frozenset({listed(US), listed(FR)})


def yes(*values: tuple[str, ...]) -> frozenset[Cell]:
    """A world in which somebody has exactly these citizenships."""
    return frozenset(("citizenships", parts) for parts in values)


def test_atoms_of_an_expression() -> None:
    """Atoms about values are found wherever they stand; others need no world."""
    one, other = listed(US), listed(FR)
    given = Given("acting_for", Group("self", frozenset()))
    expression = AnyOf((AllOf((one, given)), Not(other), Never("person_in")))
    assert frozenset({one, other}) == listed_in(expression)


def test_values_named_alike_share_a_cell() -> None:
    """Two values that the same lists name are one cell, whatever else is in the lists."""
    union = listed(US, FR, ("DE",))
    assert 1 == len(cells_of(frozenset({union})))
    assert 2 == len(cells_of(frozenset({union, listed(US)})))


def test_wildcards_make_the_cells_they_can_tell_apart() -> None:
    """Patterns that overlap make a cell for each way in which some value meets them."""
    patterns = frozenset({listed(("US", "*")), listed(("*", "national"))})
    assert 3 == len(cells_of(patterns))


def test_attributes_have_cells_of_their_own() -> None:
    """The same list about another attribute is another cell."""
    assert 2 == len(cells_of(frozenset({listed(US), listed(US, attribute="residence")})))


def test_budget() -> None:
    """More cells than can be counted out are refused with the reason."""
    with pytest.raises(Failed, match="tell 15 cells of values apart"):
        cells_of(frozenset(listed((str(number),)) for number in range(15)))


def test_nothing_known() -> None:
    """Without facts every world is possible, the empty one included."""
    assert {yes(), yes(US), yes(FR), yes(US, FR)} == worlds((), BOTH, ANY, 0)


def test_shown() -> None:
    """A shown value is a yes and leaves the rest free."""
    assert {yes(US), yes(US, FR)} == worlds((fact(US),), BOTH, ANY, 0)


def test_closed() -> None:
    """An exhaustive list leaves one world; values that nobody asks about are in no cell."""
    assert {yes(US)} == worlds((fact(US, ("DE",), complete=True),), BOTH, ANY, 0)


def test_contradicted() -> None:
    """A contradicted attribute leaves every world."""
    facts = (fact(US, complete=True), fact(FR))
    assert 4 == len(worlds(facts, BOTH, ANY, 0))


def test_wildcard_cell_of_a_value_nobody_names() -> None:
    """A value falls into the cell of the lists that name it, though none spells it out."""
    atoms = frozenset({listed(("US", "*")), listed(("US", "national"))})
    [only] = worlds((fact(("US", "citizen"), complete=True),), atoms, ANY, 0)
    [(_, parts)] = only
    assert (True, False) == (
        listed(("US", "*")).names(parts),
        listed(("US", "national")).names(parts),
    )
