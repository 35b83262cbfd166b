"""The table of the June 2026 case, written out by hand, against the literal meaning."""

import pytest

from tests.worlds.june import (
    AMERICAN,
    BOOK,
    LETTER,
    PROVIDER,
    V1,
    V2,
    V3,
    VISA_HOLDER,
    british,
    company,
    fact,
    foreigner,
    person,
    service,
)
from writ.law.literal.decide import decide
from writ.model.subject import Chain


def canadian(assurance: int) -> Chain:
    """The provider's own employee from Canada, using the provider's own key for employees."""
    employed = fact("employer", (PROVIDER, "employee"), assurance=assurance)
    provider = company(fact("incorporated_in", ("US", "")), name=PROVIDER)
    return Chain(person(*foreigner("CA"), employed), provider)


DELAWARE = company(fact("incorporated_in", ("US", "")))
ALBIONS_EMPLOYEE = person(*foreigner("FR"), fact("employer", ("albion", "employee")), name="marie")
GREEN_CARD = person(
    fact("citizenships", ("FR", "")), fact("permanent_residences", ("US", "")), name="jeanne"
)
DUAL = person(fact("citizenships", ("DE", "")))

ROWS = {
    "US citizen in Paris, shown by a passport": (Chain(AMERICAN), "permit", "permit"),
    "US citizen, nothing shown yet": (Chain(person()), "verify", "verify"),
    "French visa holder, all shown": (Chain(VISA_HOLDER), "deny", "deny"),
    "French citizen, passport only": (
        Chain(person(fact("citizenships", ("FR", "")))),
        "verify",
        "verify",
    ),
    "French citizen with a green card": (Chain(GREEN_CARD), "permit", "permit"),
    "refugee": (Chain(person(fact("protection", ("refugee", "US")))), "permit", "permit"),
    "asylee": (Chain(person(fact("protection", ("asylee", "US")))), "permit", "permit"),
    "German and US citizen who discloses the German one": (Chain(DUAL), "verify", "verify"),
    "the provider's Canadian, employment at A2": (canadian(2), "deny", "permit"),
    "the provider's Canadian, employment at A1": (canadian(1), "deny", "deny"),
    "Delaware company, nobody named": (service(DELAWARE), "verify", "verify"),
    "Delaware company, US person named": (service(DELAWARE, AMERICAN), "permit", "permit"),
    "Delaware company, visa holder named": (service(DELAWARE, VISA_HOLDER), "deny", "deny"),
    "Delaware company, someone unknown": (service(DELAWARE, person()), "verify", "verify"),
    "British company, nobody named": (service(british()), "deny", "deny"),
    "British company, US person named": (service(british(), AMERICAN), "deny", "deny"),
    "British company by an at_least fact": (
        service(company(fact("incorporated_in", ("GB", "")))),
        "verify",
        "verify",
    ),
    "Annex A company, nobody named": (service(british("albion")), "deny", "verify"),
    "Annex A company, its employee named": (
        service(british("albion"), ALBIONS_EMPLOYEE),
        "deny",
        "permit",
    ),
    "Annex A company, not its employee": (service(british("albion"), VISA_HOLDER), "deny", "deny"),
    "Annex A employee with a personal key": (Chain(ALBIONS_EMPLOYEE), "deny", "deny"),
    "no facts at all": (Chain(person()), "verify", "verify"),
}


def outcome(chain: Chain, model: str, at: int) -> str:
    """The outcome in a word."""
    return decide(BOOK, chain, model, at).outcome.word


@pytest.mark.parametrize("row", ROWS)
def test_first_letter(row: str) -> None:
    """From the letter's own instant both models follow the first column."""
    chain, first, _ = ROWS[row]
    assert [first] * 4 == [outcome(chain, model, at) for model in LETTER for at in (V1, V2 - 1)]


@pytest.mark.parametrize("row", ROWS)
def test_second_letter(row: str) -> None:
    """The amendment changes Mythos 5 to the second column and leaves Fable 5 alone."""
    chain, first, second = ROWS[row]
    assert [first, second] * 2 == [
        outcome(chain, model, at) for at in (V2, V3 - 1) for model in ("fable-5", "mythos-5")
    ]


@pytest.mark.parametrize("row", ROWS)
def test_before_and_after(row: str) -> None:
    """Before the first letter and from the third on, everybody may use everything."""
    chain, _, _ = ROWS[row]
    assert ["permit"] * 4 == [outcome(chain, model, at) for model in LETTER for at in (V1 - 1, V3)]


@pytest.mark.parametrize("row", ROWS)
def test_other_models(row: str) -> None:
    """The model that no letter names is open to everybody throughout."""
    chain, _, _ = ROWS[row]
    assert ["permit"] * 4 == [outcome(chain, "opus-4-8", at) for at in (V1 - 1, V1, V2, V3)]


def test_dual_citizen_discloses_both() -> None:
    """A second citizenship shown later is added to the first and settles it."""
    both = person(*DUAL.facts, fact("citizenships", ("US", "")))
    assert "permit" == outcome(Chain(both), "fable-5", V1)
