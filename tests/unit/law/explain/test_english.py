"""Predicates in plain English."""

import pytest

from writ.canonical import Plain
from writ.law.document import read_plain
from writ.law.explain.english import (
    GIVEN,
    LISTED,
    joined,
    phrase,
    simplified,
    tree,
    value_words,
)
from writ.law.expressions import OPERATORS, read_expression
from writ.law.reading import Reader
from writ.law.scope import Scope
from writ.model.expression import AllOf, AnyOf, Expression, Given, Group, Listed, Never, Not
from writ.model.vocabulary import Kind

ANNEX = Group("annex-a", frozenset({"brit-co", "tamar"}), "sha256:00")
FRENCH = Listed("citizen_of", "citizenships", frozenset({("FR", "*")}))
SAMPLES: dict[str, tuple[Kind, Plain, str]] = {
    "citizen_of": (
        "person",
        {"citizen_of": ["US", "FR"]},
        "is a citizen of France (FR) or the United States (US)",
    ),
    "citizen_only_of": (
        "person",
        {"citizen_only_of": ["CA", "CH"]},
        (
            "both is a citizen of Canada (CA) or Switzerland (CH); and not (is a citizen of another"
            " country than Canada (CA) or Switzerland (CH))"
        ),
    ),
    "permanent_resident_of": (
        "person",
        {"permanent_resident_of": ["US"]},
        "has permanent residence in the United States (US)",
    ),
    "protected_by": (
        "person",
        {"protected_by": {"by": ["US"], "status": ["refugee", "asylee"]}},
        "has been given protection as an asylee or a refugee by the United States (US)",
    ),
    "resident_in": ("person", {"resident_in": ["KP"]}, "resides in North Korea (KP)"),
    "incorporated_in": (
        "organisation",
        {"incorporated_in": ["GB"]},
        "is incorporated in the United Kingdom (GB)",
    ),
    "organised_in": ("organisation", {"organised_in": ["FR"]}, "is organised in France (FR)"),
    "employee_of": (
        "person",
        {"employee_of": "annex-a"},
        "is shown to be an employee of one of those listed in `annex-a`; a contractor is none",
    ),
    "acting_for": (
        "person",
        {"acting_for": "self"},
        (
            "asks on behalf of the provider itself (acme-ai) (the request's company is compared,"
            " nothing is to be shown)"
        ),
    ),
    "organisation_in": (
        "organisation",
        {"organisation_in": "annex-a"},
        (
            "is one of those listed in `annex-a` (its id is compared with the list, nothing is to be"
            " shown)"
        ),
    ),
    "person_in": (
        "person",
        {"person_in": "annex-a"},
        (
            "is one of those listed in `annex-a` (their id is compared with the list, nothing is to be"
            " shown)"
        ),
    ),
    "most_recent_of": (
        "person",
        {"most_recent_of": ["IR"]},
        "has as the most recent country of citizenship or permanent residence Iran (IR)",
    ),
    "ultimate_parent_is": (
        "organisation",
        {"ultimate_parent_is": {"headquartered_in": ["CN"]}},
        "has an ultimate parent that has its headquarters in China (CN)",
    ),
    "employed_by": (
        "person",
        {"employed_by": {"headquartered_in": ["CN"]}},
        ("is an employee (not a contractor) of a company that has its headquarters in China (CN)"),
    ),
    "owned_by": (
        "organisation",
        {
            "owned_by": {
                "share": "50",
                "who": {
                    "organisation": {"organisation_in": "annex-a"},
                    "person": {"citizen_of": ["FR"]},
                },
            }
        },
        (
            "is owned to 50 % or more, all of their shares together, by those who count (a company"
            " that is one of those listed in `annex-a` (its id is compared with the list, nothing is"
            " to be shown); or a person who is a citizen of France (FR); an owner so owned itself"
            " counts as one of them)"
        ),
    ),
    "government_of": (
        "organisation",
        {"government_of": ["VE"]},
        "is the government, or an organ or agency of the government, of Venezuela (VE)",
    ),
    "any": (
        "person",
        {"any": [{"citizen_of": ["FR"]}, {"resident_in": ["FR"]}]},
        "either is a citizen of France (FR); or resides in France (FR)",
    ),
    "all": (
        "person",
        {"all": [{"citizen_of": ["FR"]}, {"resident_in": ["FR"]}]},
        "both is a citizen of France (FR); and resides in France (FR)",
    ),
    "not": ("person", {"not": {"citizen_of": ["FR"]}}, "not (is a citizen of France (FR))"),
}


def read(kind: Kind, value: Plain) -> Expression:
    """Read an expression of an order."""
    reader = Reader()
    scope = Scope(reader, kind, {"annex-a": ANNEX}, "acme-ai")
    found = read_expression(scope, read_plain(value))
    reader.done()
    return found


def test_what_was_held_then_reads_as_english() -> None:
    """The nationality, and when."""
    value: Plain = {"citizen_of": ["RU"], "held_at": "2022-02-24T00:00:00Z"}
    assert (
        "held the nationality of Russia (RU) at 2022-02-24T00:00:00Z, whether or not any more"
    ) == phrase(simplified(read("person", value), "person"))


@pytest.mark.parametrize("word", SAMPLES)
def test_every_operator_reads_as_english(word: str) -> None:
    """Countries by name and code, groups by name, never by who is in them."""
    kind, value, said = SAMPLES[word]
    assert said == phrase(simplified(read(kind, value), kind))


@pytest.mark.parametrize("word", sorted(set(OPERATORS) - {"any", "all", "not", "class"}))
def test_no_operator_is_said_in_the_files_notation(word: str) -> None:
    """Every operator that asks has a sentence of its own."""
    operator = OPERATORS[word]
    given = {"acting_for", "organisation_in", "person_in"}
    derived = {"employed_by", "most_recent_of", "owned_by", "ultimate_parent_is"}
    assert operator.word in (GIVEN if word in given else derived if word in derived else LISTED)


def test_what_cannot_be_asked_is_left_out() -> None:
    """Of an organisation, employment and acting for another are false, and not said."""
    listed = Given("organisation_in", ANNEX)
    who = AnyOf((listed, AllOf((Never("employee_of"), Given("acting_for", ANNEX))), Never("x")))
    assert listed == simplified(who, "organisation")
    assert simplified(Not(Never("x")), "person") is True
    assert simplified(AllOf((Not(Never("x")),)), "person") is True
    assert FRENCH == simplified(AllOf((Not(Never("x")), FRENCH)), "person")
    never, always = simplified(Never("x"), "person"), simplified(Not(Never("x")), "person")
    assert ("is nobody at all", "is anybody at all") == (phrase(never), phrase(always))


def test_nested_statements_stand_below_each_other() -> None:
    """One statement a line, joined by a line that says how."""
    lines = tree(AnyOf((FRENCH, AllOf((FRENCH, Not(AnyOf((FRENCH,))))))))
    assert [
        (1, "at least one of these is so:"),
        (2, "is a citizen of France (FR)"),
        (2, "all of these are so:"),
        (3, "is a citizen of France (FR)"),
        (3, "none of these is so:"),
        (4, "is a citizen of France (FR)"),
    ] == [(line.depth, line.text) for line in lines]


def test_values_are_said_by_what_they_are() -> None:
    """A class, a status, a relation; a code that is no country stays."""
    assert "the United Kingdom (GB), of the class `GBN`" == value_words(
        "citizenships", ("GB", "GBN")
    )
    assert "as a refugee by France (FR)" == value_words("protection", ("refugee", "FR"))
    assert "acme (as regular employee)" == value_words("employer", ("acme", "regular_employee"))
    assert "QQ" == value_words("citizenships", ("QQ", ""))
    assert "the region UA-43 of Ukraine (UA)" == value_words("residence", ("UA", "UA-43"))
    assert "a, b and c" == joined(["a", "b", "c"], "and")


def test_protections_are_grouped_by_who_grants_them() -> None:
    """Three kinds by two states are one statement, not six."""
    value: Plain = {"by": ["DE", "FR"], "status": ["refugee", "asylee", "subsidiary"]}
    said = phrase(read("person", {"protected_by": value}))
    assert (
        "has been given protection as an asylee, a refugee or a beneficiary of subsidiary"
        " protection by Germany (DE) or France (FR)"
    ) == said
