"""People whom orders get wrong: what each definition says of them, in both meanings."""

import pytest

from writ.canonical import Plain
from writ.clock import parse_instant
from writ.law.compiled.decide import decide as compiled
from writ.law.definitions import definition
from writ.law.document import read_plain
from writ.law.expressions import read_expression
from writ.law.literal.decide import decide as literal
from writ.law.reading import Reader
from writ.law.scope import Scope
from writ.law.shorthand import read_shorthand
from writ.law.subjects import read_subject
from writ.law.truth import alone, truth
from writ.model.expression import Predicate
from writ.model.subject import Subject

AT = parse_instant("2026-06-12T17:21:00-04:00")
NOTHING: dict[str, Plain] = {
    "permanent_residences": {"exhaustive": []},
    "protection": {"exhaustive": []},
}
SHOWN_IN_FULL = {"exhaustive": ["SY"]}


def person(facts: Plain) -> Subject:
    """Read a person's facts in short."""
    reader = Reader()
    subject = read_shorthand(reader, read_plain(facts), "person", AT, "somebody")
    reader.done()
    return subject


def asked(predicate: Predicate, subject: Subject, at: int = AT) -> list[str]:
    """Return what both meanings answer."""
    return [truth(predicate, alone(subject), at, decide) for decide in (literal, compiled)]


def people(expression: Plain) -> Predicate:
    """Read an expression about people."""
    reader = Reader()
    read = read_expression(Scope(reader, "person", {}, "acme-ai"), read_plain(expression))
    reader.done()
    return Predicate(read, None)


@pytest.mark.parametrize(
    ("who", "facts", "name", "answer"),
    [
        ("a dual national who shows one", {"citizenships": ["FR"]}, "ear.us_person", "unknown"),
        ("a dual national who shows one", {"citizenships": ["FR"]}, "ear.foreign_person", "unknown"),
        ("a dual national who shows both", {"citizenships": ["FR", "US"]}, "ear.us_person", "true"),
        ("a green card", {"citizenships": ["CN"], "permanent_residences": ["US"]}, "ear.us_person", "true"),
        ("a green card", {"citizenships": SHOWN_IN_FULL, "permanent_residences": ["US"]}, "us.citizen_or_national", "false"),
        ("an applicant for asylum", {"citizenships": ["SY"]}, "us.protected_individual", "unknown"),
        ("an applicant, in full", {"citizenships": SHOWN_IN_FULL, **NOTHING}, "us.protected_individual", "false"),
        ("an applicant, in full", {"citizenships": SHOWN_IN_FULL, **NOTHING}, "ear.foreign_person", "true"),
        ("an asylee", {"protection": [{"status": "asylee", "granted_by": "US"}]}, "itar.us_person", "true"),
        ("under deferred action", {"citizenships": SHOWN_IN_FULL, "permanent_residences": {"exhaustive": []}, "protection": {"exhaustive": [{"status": "other", "granted_by": "US"}]}}, "ear.us_person", "false"),
        ("BN(O)", {"citizenships": [{"country": "GB", "class": "GBN"}]}, "gb.british_national_overseas", "true"),
        ("BN(O), in full", {"citizenships": {"exhaustive": [{"country": "GB", "class": "GBN"}]}}, "gb.british_citizen", "false"),
        ("a Hong Kong passport", {"citizenships": ["HK"]}, "gb.british_national_overseas", "unknown"),
        ("stateless, in full", {"citizenships": {"exhaustive": []}}, "un.stateless_person", "true"),
        ("no passport shown", {}, "un.stateless_person", "unknown"),
        ("stateless with nothing American", {"citizenships": {"exhaustive": []}, **NOTHING}, "ear.us_person", "false"),
        ("stateless with a green card", {"citizenships": {"exhaustive": []}, "permanent_residences": ["US"]}, "ear.us_person", "true"),
        ("born in American Samoa", {"citizenships": [{"country": "US", "class": "national"}]}, "ear.us_person", "true"),
        ("born in American Samoa", {"citizenships": [{"country": "US", "class": "national"}]}, "us.citizen_or_national", "true"),
        ("born in American Samoa", {"citizenships": [{"country": "US", "class": "national"}]}, "us.citizen", "unknown"),
        ("born in American Samoa, in full", {"citizenships": {"exhaustive": [{"country": "US", "class": "national"}]}}, "us.citizen", "false"),
    ],
)  # fmt: skip
def test_what_a_definition_says_of(who: str, facts: Plain, name: str, answer: str) -> None:
    """Both meanings agree on the people at the edges."""
    found = asked(definition(f"{name}@1").predicate, person(facts))
    assert [answer] * 2 == found, who


@pytest.mark.parametrize(
    ("expression", "facts", "answer"),
    [
        ({"national_of": ["XK"]}, {"citizenships": ["XK"]}, "true"),
        ({"national_of": ["RS"]}, {"citizenships": {"exhaustive": ["XK"]}}, "false"),
        ({"national_of": ["CN"]}, {"citizenships": {"exhaustive": ["TW"]}}, "false"),
        ({"national_of": ["CN"]}, {"citizenships": {"exhaustive": ["HK"]}}, "false"),
        ({"national_of": ["CN", "HK", "MO", "TW"]}, {"citizenships": ["MO"]}, "true"),
    ],
)  # fmt: skip
def test_territories_are_what_an_order_says(expression: Plain, facts: Plain, answer: str) -> None:
    """Kosovo is not Serbia; Taiwan, Hong Kong and Macau are China only where an order lists them."""
    assert [answer] * 2 == asked(people(expression), person(facts))


def subject(**words: str) -> Subject:
    """Return a person with one fact that ends."""
    fact = {
        "completeness": "at_least",
        "assurance": "A2",
        "method": "passport",
        "issuer": "idv",
        "verified_at": "2026-01-01T00:00:00Z",
        "attribute": words["attribute"],
        "value": [words["value"]],
        "expires_at": words["expires_at"],
    }
    return read_subject({"id": "ann", "kind": "person", "facts": [fact]})[0]


def test_the_only_passport_expired() -> None:
    """An expired passport proves nothing, and does not make a foreigner of anybody."""
    ann = subject(attribute="citizenships", value="US", expires_at="2026-06-12T17:21:00-04:00")
    name = definition("ear.us_person@1").predicate
    assert [["true"] * 2, ["unknown"] * 2] == [asked(name, ann, at) for at in (AT - 1, AT)]


def test_a_licence_that_ends_at_midnight_in_another_zone() -> None:
    """Midnight in Tokyo is three in the afternoon in Greenwich, and the instant itself is out."""
    ann = subject(
        attribute="professional_licences", value="physician", expires_at="2026-07-01T00:00:00+09:00"
    )
    end = parse_instant("2026-06-30T15:00:00Z")
    name = definition("policy.licensed_physician@1").predicate
    assert [["true"] * 2, ["unknown"] * 2] == [asked(name, ann, at) for at in (end - 1, end)]
