"""What is offered where an order asks of owners, parents or dates."""

from dataclasses import replace

import pytest

from tests.worlds.june import CATALOGUE, RULE, V1, letter
from tests.worlds.owners import LISTED, OWNED, RUSSIAN
from writ.law.compiled.decide import decide
from writ.model.expression import (
    EmployedBy,
    Expression,
    Given,
    Group,
    HeldAt,
    Listed,
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
RUSSIANS = OwnedBy("50", Predicate(None, RUSSIAN))
FRENCH = Listed("citizen_of", "citizenships", frozenset({("FR", "*")}))
OF_SOMEBODY = ("incorporated_in", (("RU", ""),), "at_least", "?")
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
    return [
        (item.attribute, item.values, item.completeness, *([item.subject] if item.subject else []))
        for item in found
    ]


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
        (RUSSIANS, [("owners", (("?", "50"),), "at_least"), OF_SOMEBODY]),
        (ParentIs(RUSSIAN), [("ultimate_parent", (("?",),), "at_least"), OF_SOMEBODY]),
        (PARENT, [("ultimate_parent", (("annex-a",),), "at_least")]),
        (Not(PARENT), [("ultimate_parent", (), "exhaustive")]),
        (ParentIs(Given("organisation_in", Group("empty", frozenset()))), []),
    ],
)
def test_an_organisation_is_offered_what_it_can_show_itself(
    expression: Expression, want: list[tuple[object, ...]]
) -> None:
    """A list by its name, everything there is, or somebody and what they would have to show."""
    assert want == offered(expression, ACME)


@pytest.mark.parametrize(
    ("expression", "want"),
    [
        (EmployedBy(RUSSIAN), [("employer", (("?", "employee"),), "at_least"), OF_SOMEBODY]),
        (
            EmployedBy(Given("organisation_in", LISTED)),
            [("employer", (("annex-a", "employee"),), "at_least")],
        ),
        (Not(EmployedBy(RUSSIAN)), [("employer", (), "exhaustive")]),
    ],
)
def test_a_person_is_offered_an_employer(
    expression: Expression, want: list[tuple[object, ...]]
) -> None:
    """One of a list, somebody and what they would have to show, or that there is none."""
    assert want == offered(expression, ANN)


def test_an_employer_is_named_with_what_it_would_have_to_show() -> None:
    """Of itself, or of who owns it; a contractor's is not asked."""
    hold = holding("owners", ("top", "60"))
    related = {"a": hold, "top": Subject("top", "organisation")}
    at_work, on_contract = (
        Subject(
            "ann",
            "person",
            (),
            (Fact("employer", (Value(("a", relation)),), "exhaustive", 4, "m", "i", V1),),
            related,
        )
        for relation in ("employee", "contractor")
    )
    assert [("incorporated_in", RU, "at_least", "a")] == offered(EmployedBy(RUSSIAN), at_work)
    assert ("incorporated_in", RU, "at_least", "top") in offered(EmployedBy(RUSSIANS), at_work)
    assert [] == offered(Not(EmployedBy(RUSSIAN)), on_contract)


def test_what_was_held_is_known_false_from_both_lists() -> None:
    """A date cannot be offered, so nothing is where it would have to have been held."""
    held = HeldAt(FRENCH, V1 - 1)
    assert [] == offered(held, ANN)
    assert [("citizenships", (), "exhaustive"), ("former_citizenships", (), "exhaustive")] == (
        offered(Not(held), ANN)
    )


def holding(attribute: str, *values: tuple[str, ...], **others: Subject) -> Subject:
    """A company all of whose owners or parents are known by name."""
    fact = Fact(attribute, tuple(map(Value, values)), "exhaustive", 4, "m", "i", V1)
    return Subject("a", "organisation", (), (fact,), others)


RU = (("RU", ""),)
NOT_OWNED = [
    ("incorporated_in", (), "exhaustive", "hold"),
    ("owners", (), "exhaustive", "hold"),
]


@pytest.mark.parametrize(
    ("expression", "subject", "want"),
    [
        (
            RUSSIANS,
            holding("owners", ("hold", "60")),
            [("incorporated_in", RU, "at_least", "hold")],
        ),
        (Not(RUSSIANS), holding("owners", ("hold", "60")), NOT_OWNED),
        (Not(RUSSIANS), holding("owners", ("hold", "49.9")), []),
        (
            ParentIs(RUSSIAN),
            holding("ultimate_parent", ("top",)),
            [("incorporated_in", RU, "at_least", "top")],
        ),
        (
            Not(ParentIs(RUSSIAN)),
            holding("ultimate_parent", ("top",)),
            [("incorporated_in", (), "exhaustive", "top")],
        ),
        (
            ParentIs(RUSSIAN),
            holding("ultimate_parent", ("a",)),
            [("incorporated_in", RU, "at_least")],
        ),
        (ParentIs(RUSSIAN), holding("ultimate_parent", ("ann",), ann=ANN), []),
        (
            OwnedBy("50", Predicate(FRENCH, RUSSIAN)),
            holding("owners", ("ann", "50"), ann=ANN),
            [("citizenships", (("FR", ""),), "at_least", "ann")],
        ),
        (
            OwnedBy("50", Predicate(FRENCH, RUSSIAN)),
            holding("owners", ("bob", "50")),
            [
                ("incorporated_in", RU, "at_least", "bob"),
                ("citizenships", (("FR", ""),), "at_least", "bob"),
            ],
        ),
    ],
)
def test_owners_and_parents_are_named_with_what_they_would_have_to_show(
    expression: Expression, subject: Subject, want: list[tuple[object, ...]]
) -> None:
    """Theirs is the fact that is missing: of a known kind, or of either; a parent is its own."""
    assert want == offered(expression, subject)


def test_owners_of_owners_are_asked_too() -> None:
    """The nearest first, as far as through those who are on the books."""
    deep = Fact("owners", (Value(("deep", "70")),), "exhaustive", 4, "m", "i", V1)
    known = Fact("incorporated_in", (Value(("SG", "")),), "exhaustive", 4, "m", "i", V1)
    hold = Subject("hold", "organisation", (), (deep, known))
    subject = holding("owners", ("hold", "60"), hold=hold)
    assert [("incorporated_in", RU, "at_least", "deep")] == offered(RUSSIANS, subject)


def test_an_owner_is_settled_by_what_is_shown_beside_what_they_showed() -> None:
    """A complete list of an owner's has what the owner showed already."""
    shown = Fact("incorporated_in", (Value(("SG", "")),), "at_least", 4, "m", "i", V1)
    top = Subject("top", "organisation", (), (shown,))
    subject = holding("ultimate_parent", ("top",), top=top)
    want = [("incorporated_in", (("SG", ""),), "exhaustive", "top")]
    assert want == offered(Not(ParentIs(RUSSIAN)), subject)


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


def test_a_person_is_no_parent_to_ask() -> None:
    """Where a person is named as parent, somebody else would have to be one."""
    named = Fact("ultimate_parent", (Value(("ann",)),), "at_least", 4, "m", "i", V1)
    subject = Subject("a", "organisation", (), (named,), {"ann": ANN})
    want = [("ultimate_parent", (("?",),), "at_least"), OF_SOMEBODY]
    assert want == offered(ParentIs(RUSSIAN), subject)
