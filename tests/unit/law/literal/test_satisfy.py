from dataclasses import replace

import pytest

from tests.worlds.june import CARVE_OUT, RULE
from writ.law.literal.satisfy import Link, branch, exempted, predicate_satisfied, true_in
from writ.law.literal.worlds import World
from writ.model.expression import (
    AllOf,
    AnyOf,
    Expression,
    Given,
    Group,
    Listed,
    Never,
    Not,
    Predicate,
)

GROUP = Group("annex-a", frozenset({"company", "marie"}))
PERSON = Link("requester", "person", "marie", acting_for="company")
COMPANY = Link("organisation", "organisation", "company", acting_for="company")
NOBODY = Link("end_user", "person")
AMERICAN: World = frozenset({("citizenships", ("US", "x"))})
NOTHING: World = frozenset()
CITIZEN = Listed("citizen_of", "citizenships", frozenset({("US", "*")}))


@pytest.mark.parametrize(
    ("expression", "in_american", "in_nothing"),
    [
        (CITIZEN, True, False),
        (Listed("resident_in", "residence", frozenset({("US", "*")})), False, False),
        (Not(CITIZEN), False, True),
        (AnyOf((Never("x"), CITIZEN)), True, False),
        (AllOf((Not(Never("x")), CITIZEN)), True, False),
        (Never("x"), False, False),
    ],
)
def test_true_in(expression: Expression, in_american: bool, in_nothing: bool) -> None:  # noqa: FBT001 - a table of answers
    """Expressions are evaluated as they read."""
    assert (in_american, in_nothing) == tuple(
        true_in(expression, PERSON, world) for world in (AMERICAN, NOTHING)
    )


@pytest.mark.parametrize(
    ("link", "acting_for", "organisation_in", "person_in"),
    [
        (PERSON, True, False, True),
        (COMPANY, False, True, False),
        (NOBODY, False, False, False),
    ],
)
def test_given(link: Link, acting_for: bool, organisation_in: bool, person_in: bool) -> None:  # noqa: FBT001 - a table of answers
    """What is given is asked of its own kind of subject, and nobody is on a list."""
    assert (acting_for, organisation_in, person_in) == (
        true_in(Given("acting_for", GROUP), link, NOTHING),
        true_in(Given("organisation_in", GROUP), link, NOTHING),
        true_in(Given("person_in", GROUP), link, NOTHING),
    )


def test_sense() -> None:
    """`only` is met where the predicate holds and `bar` where it does not."""
    bar = replace(RULE, sense="bar")
    worlds = (frozenset({("citizenships", ("US", ""))}), NOTHING)
    assert [True, False] == [predicate_satisfied(RULE, PERSON, world) for world in worlds]
    assert [False, True] == [predicate_satisfied(bar, PERSON, world) for world in worlds]


def test_no_branch() -> None:
    """A predicate without a branch for a kind is false for it: `only` fails and `bar` is met."""
    people = replace(RULE, predicate=Predicate(CITIZEN, None))
    assert Never("no branch") == branch(people.predicate, COMPANY)
    assert not predicate_satisfied(people, COMPANY, AMERICAN)
    assert predicate_satisfied(replace(people, sense="bar"), COMPANY, AMERICAN)


def test_exempted() -> None:
    """An exception holds where `who` does and `unless` does not."""
    citizens = replace(CARVE_OUT, who=Predicate(CITIZEN, None))
    limited = replace(citizens, unless=Predicate(Given("person_in", GROUP), None))
    other = replace(PERSON, id="jean")
    assert [True, False, True, False] == [
        exempted(citizens, PERSON, AMERICAN),
        exempted(limited, PERSON, AMERICAN),
        exempted(limited, other, AMERICAN),
        exempted(limited, other, NOTHING),
    ]
