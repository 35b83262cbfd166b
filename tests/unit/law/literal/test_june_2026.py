"""The table of the June 2026 case, written out by hand, against the literal meaning."""

import pytest

from writ.clock import DAY, parse_instant
from writ.law.literal.decide import decide
from writ.model.catalogue import Catalogue, Model
from writ.model.expression import AllOf, AnyOf, Given, Group, Listed, Predicate
from writ.model.order import (
    Effect,
    Evidence,
    Exemption,
    InFlight,
    Lawbook,
    OrderKind,
    OrderVersion,
    Rule,
)
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Completeness, Fact, Subject, Value

V1 = parse_instant("2026-06-12T17:21:00-04:00")
V2 = parse_instant("2026-06-26T18:00:00-04:00")
V3 = parse_instant("2026-06-30T20:00:00-04:00")
BEFORE = V1 - 30 * DAY

PROVIDER = "provider"
CATALOGUE = Catalogue(PROVIDER, {name: Model(name) for name in ("fable-5", "mythos-5", "opus-4-8")})
LETTER = frozenset({"fable-5", "mythos-5"})
SELF = Group("self", frozenset({PROVIDER}))
ANNEX = Group("annex-a", frozenset({"albion"}), "sha256:annex-a")


def employee_of(group: Group) -> Listed:
    """Employees of a group, as the order file's word has it."""
    relations = ("employee", "regular_employee")
    patterns = frozenset((company, relation) for company in group.members for relation in relations)
    return Listed("employee_of", "employer", patterns, group)


US_PERSON = Predicate(
    AnyOf(
        (
            Listed("citizen_of", "citizenships", frozenset({("US", "*")})),
            Listed("permanent_resident_of", "permanent_residences", frozenset({("US", "*")})),
            Listed("protected_by", "protection", frozenset({("refugee", "US"), ("asylee", "US")})),
        )
    ),
    AnyOf(
        (
            Listed("incorporated_in", "incorporated_in", frozenset({("US",)})),
            Listed("organised_in", "organised_in", frozenset({("US",)})),
        )
    ),
    "ear.us_person@1",
    "sha256:definition",
)
RULE = Rule(
    "only-us-persons",
    ("c1", "c2"),
    LETTER,
    "only",
    US_PERSON,
    "natural_person",
    Evidence(to_serve=2, to_bar=1, max_age=365 * DAY),
    Effect(Outcome.DENY),
    Effect(Outcome.VERIFY),
    InFlight(),
)
CARVE_OUT = Exemption(
    "annex-a",
    RULE.id,
    ("c3",),
    frozenset({"mythos-5"}),
    Predicate(
        AnyOf((AllOf((employee_of(ANNEX), Given("acting_for", ANNEX))), employee_of(SELF))),
        Given("organisation_in", ANNEX),
    ),
    None,
    "barred",
)


def letter(
    number: int,
    effective: int,
    kind: OrderKind = "restriction",
    rules: tuple[Rule, ...] = (RULE,),
    exemptions: tuple[Exemption, ...] = (),
) -> OrderVersion:
    """One version of the letter."""
    return OrderVersion(
        order="us-bis-2026-06-12",
        version=number,
        kind=kind,
        title="Licence requirement",
        effective=effective,
        until=None,
        disclosure="none",
        notice={},
        clauses={},
        rules=rules,
        exemptions=exemptions,
    )


BOOK = Lawbook(
    CATALOGUE,
    (letter(1, V1), letter(2, V2, exemptions=(CARVE_OUT,)), letter(3, V3, "rescission", ())),
)


def fact(
    attribute: str, *values: tuple[str, ...], complete: bool = False, assurance: int = 3
) -> Fact:
    """A fact shown well before the letter."""
    completeness: Completeness = "exhaustive" if complete else "at_least"
    held = tuple(Value(parts) for parts in values)
    return Fact(attribute, held, completeness, assurance, "a method", "an issuer", BEFORE)


def foreigner(code: str) -> tuple[Fact, ...]:
    """Everything shown that makes somebody a foreign person."""
    return (
        fact("citizenships", (code, ""), complete=True),
        fact("permanent_residences", complete=True),
        fact("protection", complete=True),
    )


def person(*facts: Fact, name: str = "somebody") -> Subject:
    """A person."""
    return Subject(name, "person", (), facts)


def company(*facts: Fact, name: str = "company") -> Subject:
    """A company."""
    return Subject(name, "organisation", (), facts)


def british(name: str = "company") -> Subject:
    """A company shown to be British and nothing else."""
    return company(
        fact("incorporated_in", ("GB",), complete=True),
        fact("organised_in", ("GB",), complete=True),
        name=name,
    )


def service(organisation: Subject, end_user: Subject | None = None) -> Chain:
    """A company's service key, with or without somebody named."""
    return Chain(Subject("service", "service", (organisation.id,)), organisation, end_user)


def canadian(assurance: int) -> Chain:
    """The provider's own employee from Canada, using the provider's own key for employees."""
    employed = fact("employer", (PROVIDER, "employee"), assurance=assurance)
    provider = company(fact("incorporated_in", ("US",)), name=PROVIDER)
    return Chain(person(*foreigner("CA"), employed), provider)


AMERICAN = person(fact("citizenships", ("US", "")))
VISA_HOLDER = person(*foreigner("FR"))
DELAWARE = company(fact("incorporated_in", ("US",)))
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
        service(company(fact("incorporated_in", ("GB",)))),
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
