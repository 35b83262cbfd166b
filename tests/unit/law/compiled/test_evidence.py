"""What facts leave open, where a value leaves a part of itself unsaid."""

import pytest

from writ.law.compiled.cells import Partition
from writ.law.compiled.evidence import known
from writ.model.expression import Listed
from writ.model.subject import Fact, Value


def test_a_class_that_nobody_told_stays_open() -> None:
    """A complete list closes other countries, and no class of a country it names without one."""
    citizen = Listed("citizen_of", "citizenships", frozenset({("US", "citizen")}))
    german = Listed("citizen_of", "citizenships", frozenset({("DE", "*")}))
    partition = Partition([citizen, german])
    for shown, open_cells in ((("US", ""), partition.mask(citizen)), (("US", "national"), 0)):
        fact = Fact("citizenships", (Value(shown),), "exhaustive", 2, "m", "i", 0)
        told = known(partition, [fact], 1)
        assert open_cells == told.free
        assert 0 == (told.yes | told.free) & partition.mask(german)


def place(*parts: tuple[str, str], complete: bool = True, at: int = 0) -> Fact:
    """Return a fact about a residence."""
    values = tuple(map(Value, parts))
    return Fact("residence", values, "exhaustive" if complete else "at_least", 2, "m", "i", at)


WHOLE, PART, OTHER = ("UA", ""), ("UA", "UA-43"), ("UA", "UA-14")
ASKED = (
    Listed("resident_in", "residence", frozenset({("UA", "*")})),
    Listed("resident_in", "residence", frozenset({PART})),
    Listed("resident_in", "residence", frozenset({OTHER})),
    Listed("resident_in", "residence", frozenset({("PL", "*")})),
)


@pytest.mark.parametrize(
    ("facts", "answers"),
    [
        ([place(PART, complete=False)], "true true unknown unknown"),
        ([place(WHOLE, complete=False)], "true unknown unknown unknown"),
        ([place(WHOLE)], "true unknown unknown false"),
        ([place(PART)], "true true false false"),
        ([place(WHOLE, complete=False), place(PART, at=1)], "true true false false"),
        ([place(PART), place(WHOLE, complete=False, at=1)], "true true false false"),
        ([place(WHOLE), place(PART, complete=False, at=1)], "true true unknown false"),
        ([place(PART, complete=False), place(WHOLE, at=1)], "true true unknown false"),
        ([place(PART), place(OTHER, at=1)], "unknown unknown unknown unknown"),
        ([place(PART), place(WHOLE, PART)], "unknown unknown unknown unknown"),
        ([place(PART), place(OTHER, complete=False, at=1)], "true true true unknown"),
    ],
)
def test_a_country_and_its_region_are_no_two_places(facts: list[Fact], answers: str) -> None:
    """Ukraine, Crimea, Donetsk and Poland, of what is shown in two pieces."""
    partition = Partition(ASKED)
    told = known(partition, facts, 2)
    said = []
    for listed in ASKED:
        mask = partition.mask(listed)
        open_to = "unknown" if told.free & mask else "false"
        said.append("true" if told.yes & mask else open_to)
    assert answers.split() == said
