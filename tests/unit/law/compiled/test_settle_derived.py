"""What is offered where an order asks of owners, parents or dates."""

from dataclasses import replace

import pytest

from tests.worlds.june import CATALOGUE, RULE, V1, letter
from tests.worlds.owners import LISTED, OWNED, RUSSIAN
from writ.law.compiled.decide import decide
from writ.model.expression import (
    Expression,
    Given,
    Group,
    MostRecent,
    Not,
    OwnedBy,
    ParentIs,
    Predicate,
    Settling,
)
from writ.model.order import Lawbook
from writ.model.subject import Chain, Fact, Subject, Value

RECENT = MostRecent(frozenset({"CA", "FR", "JP", "US"}))
PARENT = ParentIs(Given("organisation_in", LISTED))
OWNERS = ("owners", (), "exhaustive")
COMPLETE: dict[str, list[tuple[object, ...]]] = {
    code: [
        ("citizenships", ((code, ""),), "exhaustive"),
        ("permanent_residences", (), "exhaustive"),
    ]
    for code in ("CA", "FR", "JP")
}


def offered(
    expression: Expression, subject: Subject, *settling: Settling
) -> list[tuple[object, ...]]:
    """What would settle somebody of whom only this is asked."""
    person = subject.kind == "person"
    branches = (expression, None) if person else (None, expression)
    predicate = Predicate(branches[0], branches[1], settling=settling)
    rule = replace(RULE, predicate=predicate, standing="organisation")
    lawbook = Lawbook(CATALOGUE, (letter(1, V1, rules=(rule,)),))
    chain = Chain(subject) if person else Chain(Subject("key", "service", ("a",)), subject)
    found = decide(lawbook, chain, "fable-5", V1).would_settle
    return [(item.attribute, item.values, item.completeness) for item in found]


ANN = Subject("ann", "person")
ACME = Subject("a", "organisation")


def test_both_lists_settle_the_most_recent_citizenship() -> None:
    """One country and nothing beside it; of many countries a few are offered."""
    found = offered(RECENT, ANN)
    assert [True] * 3 == [pair[0] in found and pair[1] in found for pair in COMPLETE.values()]
    assert [] == [item for item in found if item[1] == (("US", ""),)]
    assert [
        ("citizenships", (), "exhaustive"),
        ("permanent_residences", (), "exhaustive"),
    ] == offered(Not(RECENT), ANN)


@pytest.mark.parametrize(
    ("expression", "want"),
    [
        (OWNED, [("owners", (("annex-a", "50"),), "at_least")]),
        (Not(OWNED), [OWNERS]),
        (OwnedBy("50", Predicate(None, RUSSIAN)), []),
        (PARENT, [("ultimate_parent", (("annex-a",),), "at_least")]),
        (Not(PARENT), [("ultimate_parent", (), "exhaustive")]),
        (ParentIs(Given("organisation_in", Group("empty", frozenset()))), []),
    ],
)
def test_an_organisation_is_offered_what_it_can_show_itself(
    expression: Expression, want: list[tuple[object, ...]]
) -> None:
    """A list by its name, or everything there is; not what an owner would have to show."""
    assert want == offered(expression, ACME)


def test_owners_shown_already_are_part_of_the_complete_list() -> None:
    """Nobody is told to show less than they have."""
    shown = Fact("owners", (Value(("ann", "40")),), "at_least", 4, "m", "i", V1)
    company = Subject("a", "organisation", (), (shown,), {"ann": ANN})
    assert [("owners", (("ann", "40"),), "exhaustive")] == offered(Not(OWNED), company)


def test_a_definition_may_offer_what_no_list_asks() -> None:
    """Values that no list tells apart are offered one by one."""
    settling = Settling(
        "organisation", "owners", (("evil-co", "50"), ("ann", "1")), "at_least", ("register",)
    )
    assert ("owners", (("evil-co", "50"),), "at_least") in offered(OWNED, ACME, settling)
