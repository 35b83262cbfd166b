"""Examples and words where rules ask of owners, parents and dates."""

from dataclasses import replace

import pytest

from tests.worlds.june import CATALOGUE, RULE, V1, letter
from tests.worlds.owners import LISTED, OWNED, RUSSIAN
from writ.clock import format_instant
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide
from writ.law.compiled.rule import LinkKind
from writ.law.explain.english import value_words
from writ.law.explain.examples import Examples, settlement_words
from writ.law.explain.people import Sketches, Telling, masks
from writ.law.explain.rules import who_lines
from writ.law.literal.decide import decide as literal
from writ.law.truth import alone, truth
from writ.model.decision import Settlement
from writ.model.expression import (
    AllOf,
    EmployedBy,
    Expression,
    Given,
    HeldAt,
    Listed,
    MostRecent,
    Not,
    OwnedBy,
    ParentIs,
    Predicate,
)
from writ.model.order import ActiveRule, Lawbook, Rule

PERSON: LinkKind = "person"
ORGANISATION: LinkKind = "organisation"
RECENT = MostRecent(frozenset({"FR"}))
CITIZEN = Listed("citizen_of", "citizenships", frozenset({("FR", "*")}))
GERMANS = OwnedBy(
    "25", Predicate(Listed("citizen_of", "citizenships", frozenset({("DE", "*")})), None)
)
PARENT = ParentIs(AllOf((RUSSIAN, Not(Given("organisation_in", LISTED)))))


def ruled(expression: Expression, kind: LinkKind) -> Rule:
    """A rule that asks one kind of subject."""
    branches = (expression, None) if kind == "person" else (None, expression)
    return replace(RULE, predicate=Predicate(branches[0], branches[1]))


def sketches(expression: Expression, kind: LinkKind) -> Sketches:
    """The examples of one rule."""
    rule = ruled(expression, kind)
    return Sketches((ActiveRule(letter(1, V1, rules=(rule,)), rule, ()),), rule.models, kind, V1)


@pytest.mark.parametrize(
    ("atom", "kind"),
    [
        (RECENT, "person"),
        (AllOf((RECENT, CITIZEN)), "person"),
        (HeldAt(CITIZEN, V1 - 1), "person"),
        (OWNED, "organisation"),
        (OwnedBy("50", Predicate(None, RUSSIAN)), "organisation"),
        (GERMANS, "organisation"),
        (PARENT, "organisation"),
        (AllOf((PARENT, OWNED)), "organisation"),
        (EmployedBy(RUSSIAN), "person"),
        (EmployedBy(Given("organisation_in", LISTED)), "person"),
    ],
)
def test_examples_show_each_answer(atom: Expression, kind: LinkKind) -> None:
    """Somebody of whom it is true, false and unknown, whichever meaning is asked."""
    predicate = ruled(atom, kind).predicate
    people = list(sketches(atom, kind).subjects(2))
    answers = [
        [truth(predicate, alone(who), V1, meaning) for who in people]
        for meaning in (decide, literal)
    ]
    assert answers[0] == answers[1]
    assert {"true", "false", "unknown"} == set(answers[0])


def test_since_when_an_example_held_it_is_told() -> None:
    """Where rules ask what was held at an instant, examples say when it began."""
    found = sketches(HeldAt(CITIZEN, V1 - 1), "person")
    telling = Telling(masks(found.groups), frozenset(found.closed), V1)
    said = f"citizenships: France (FR) since {format_instant(V1 - 1)}, perhaps more (A2)"
    assert any(said in telling.of(who) for who in found.subjects(1))


def test_who_an_example_owner_is_is_told() -> None:
    """Whoever reads of an example reads what was shown of its owner too, and nobody's name."""
    found = sketches(OwnedBy("50", Predicate(None, RUSSIAN)), "organisation")
    telling = Telling(masks(found.groups), frozenset(found.closed), V1)
    told = [telling.of(who) for who in found.subjects(1)]
    assert (
        "a company with owners: example-owner (50 %), perhaps more (A2); where `example-owner` is"
        " a company with places of incorporation: Russia (RU), perhaps more (A2)"
    ) in told
    listed = sketches(OWNED, "organisation")
    telling = Telling(masks(listed.groups), frozenset(listed.closed), V1)
    said = " ".join(telling.of(who) for who in listed.subjects(1))
    assert (True, False) == ("one of `annex-a` (50 %)" in said, "evil" in said)


def test_what_a_parent_would_have_to_show_is_said() -> None:
    """Of whoever it is, once named; and of one who is named."""
    book = Lawbook(CATALOGUE, (letter(1, V1, rules=(ruled(ParentIs(RUSSIAN), "organisation"),)),))
    lines = [line.text for line in Examples(Compiled(book), "fable-5", V1).settling()]
    assert [
        "For a company of whom nothing is known, any one of these would do, the cheapest first:",
        (
            "together: ultimate parent: ? (A2) and of whoever `?` is, as owner, parent or employer,"
            " places of incorporation: Russia (RU) (A2)"
        ),
    ] == lines[-2:]
    named = Settlement("organisation", "incorporated_in", (), "exhaustive", 2, (), None, "top-co")
    assert (
        "of `top-co`, as owner, parent or employer, a complete list of places of incorporation,"
        " nothing that counts on it (A2)"
    ) == settlement_words(named)


def test_an_owner_without_a_share_is_said_so() -> None:
    """Nobody takes an empty share for none."""
    assert "acme (share not told)" == value_words("owners", ("acme", ""))


@pytest.mark.parametrize(
    ("expression", "kind", "words"),
    [
        (RECENT, "person", "which country is the most recent is known only from complete lists"),
        (PARENT, "organisation", "what is asked of its ultimate parent is judged by that parent's"),
        (OWNED, "organisation", "that it is so owned is known to be true once the shares shown"),
    ],
)
def test_when_it_is_known_is_said_once(expression: Expression, kind: LinkKind, words: str) -> None:
    """Each sentence stands once, however many atoms of its kind there are."""
    twice = AllOf((expression, Not(expression), expression))
    lines = [line.text for line in who_lines(ruled(twice, kind)) if words in line.text]
    assert 1 == len(lines)


def test_whether_others_are_followed_is_known_of_a_lawbook() -> None:
    """One that asks about owners or employers follows them; one about dates alone does not."""
    books = [
        Lawbook(CATALOGUE, (letter(1, V1, rules=(ruled(atom, kind),)),))
        for atom, kind in (
            (OWNED, ORGANISATION),
            (EmployedBy(RUSSIAN), PERSON),
            (RECENT, PERSON),
        )
    ]
    assert [{"organisation"}, {"person"}, set()] == [Compiled(book).follows for book in books]
