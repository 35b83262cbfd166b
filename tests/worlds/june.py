"""The June 2026 letters by hand, and people and companies to hold them to."""

from writ.clock import DAY, parse_instant
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
            Listed("incorporated_in", "incorporated_in", frozenset({("US", "*")})),
            Listed("organised_in", "organised_in", frozenset({("US", "*")})),
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
        fact("incorporated_in", ("GB", ""), complete=True),
        fact("organised_in", ("GB", ""), complete=True),
        name=name,
    )


def service(organisation: Subject, end_user: Subject | None = None) -> Chain:
    """A company's service key, with or without somebody named."""
    return Chain(Subject("service", "service", (organisation.id,)), organisation, end_user)


AMERICAN = person(fact("citizenships", ("US", "")))
VISA_HOLDER = person(*foreigner("FR"))
