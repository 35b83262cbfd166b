from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from writ.clock import DAY
from writ.errors import Refused
from writ.model.subject import Value
from writ.people.document_names import document_name
from writ.people.methods import Finding
from writ.people.vendors.documents import finding
from writ.people.vendors.service import Document

NOW = datetime(2026, 6, 13, 12, tzinfo=UTC).timestamp()
AT = 1_781_300_000_000_000
ALL = {"citizenships", "permanent_residences", "protection"}
PASSPORT = Document(
    "passport", "US", "USA", "X97 531-864", date(2027, 6, 13), face=True,
    scheme="persona", value="approved pp",
)  # fmt: skip


def found(document: Document = PASSPORT, issuer: int = 2) -> Finding:
    """Take everything out of a document."""
    return finding(document, ALL, issuer, NOW, AT)


@pytest.mark.parametrize(
    ("paper", "country", "nationality", "attribute", "parts"),
    [
        ("passport", "US", "USA", "citizenships", ("US", "")),
        ("passport", "US", "", "citizenships", ("US", "")),
        ("passport", "USA", "us", "citizenships", ("US", "")),
        ("passport", "DE", "D<<", "citizenships", ("DE", "")),
        ("passport", "D", "DEU", "citizenships", ("DE", "")),
        ("passport", "GB", "GBN", "citizenships", ("GB", "GBN")),
        ("passport", "GB", "GBR", "citizenships", ("GB", "")),
        ("passport", "XK", "RKS", "citizenships", ("XK", "")),
        ("passport", "", "XKX", "citizenships", ("XK", "")),
        ("identity-card", "EE", "EE", "citizenships", ("EE", "")),
        ("identity-card", "EE", "UA", "citizenships", ("UA", "")),
        ("passport", "US", "XXB", "protection", ("refugee", "US")),
        ("passport", "DE", "XXA", "protection", ("stateless", "DE")),
        ("passport", "DEU", "XXC", "protection", ("other", "DE")),
        ("refugee-travel-document", "US", "", "protection", ("refugee", "US")),
        ("permanent-resident-card", "US", "FRA", "permanent_residences", ("US", "")),
        ("permanent-resident-card", "CA", "", "permanent_residences", ("CA", "")),
        ("certificate-of-citizenship", "US", "", "citizenships", ("US", "citizen")),
    ],
)
def test_documents_show_one_thing_each(
    paper: str, country: str, nationality: str, attribute: str, parts: tuple[str, ...]
) -> None:
    """A nationality, a residence or a protection, in our own codes, and never that it is all."""
    document = replace(PASSPORT, paper=paper, country=country, nationality=nationality)  # type: ignore[arg-type]  # a test's text
    [proof] = found(document).proved
    assert (attribute, (Value(parts),)) == (proof.attribute, proof.values)
    assert ("at_least", "persona") == (proof.completeness, proof.issuer)


@pytest.mark.parametrize(
    ("paper", "country", "nationality", "why"),
    [
        ("other", "US", "USA", "does not show what was asked; begin again with one that does"),
        ("passport", "EE", "", "does not show what was asked"),
        ("passport", "EE", "XXX", "does not show what was asked"),
        ("passport", "UN", "UNO", "does not show what was asked"),
        ("identity-card", "US", "", "does not show what was asked"),
        ("passport", "UTO", "UTO", "is a specimen"),
        ("passport", "UT", "", "is a specimen"),
        ("passport", "US", "American", "by a code that is not known here"),
        ("passport", "QQ", "", "by a code that is not known here"),
        ("passport", "", "XXB", "does not tell which country issued"),
        ("permanent-resident-card", "", "", "does not tell which country issued"),
        ("permanent-resident-card", "UNK", "", "does not tell which country issued"),
    ],
)
def test_what_shows_nothing_is_refused(
    paper: str, country: str, nationality: str, why: str
) -> None:
    """An alien's passport, a specimen, an organisation's: nobody becomes a citizen by a guess."""
    document = replace(PASSPORT, paper=paper, country=country, nationality=nationality)  # type: ignore[arg-type]  # a test's text
    with pytest.raises(Refused, match=why) as caught:
        found(document)
    assert "American" not in str(caught.value)


def test_a_code_of_no_nationality_supports_a_protection() -> None:
    """That counts for A1 until somebody confirms it; a refugee travel document counts in full."""
    [by_code] = found(replace(PASSPORT, nationality="XXB")).proved
    [by_kind] = found(replace(PASSPORT, paper="refugee-travel-document")).proved
    assert (1, 2) == (by_code.grade.level, by_kind.grade.level)


def test_only_what_was_asked_is_taken() -> None:
    """A green card settles no question of citizenship, though a nationality stands on it."""
    card = replace(PASSPORT, paper="permanent-resident-card", nationality="FRA")
    with pytest.raises(Refused, match="does not show what was asked"):
        finding(card, {"citizenships"}, 2, NOW, AT)


@pytest.mark.parametrize(
    ("issuer", "face", "level"), [(2, True, 2), (2, False, 1), (1, True, 1), (1, False, 1)]
)
def test_the_least_grade_counts(*, issuer: int, face: bool, level: int) -> None:
    """A picture of a document without a face is A1; the vendor's words are kept as they came."""
    [proof] = found(replace(PASSPORT, face=face), issuer).proved
    grade = proof.grade
    assert level == grade.level
    assert (issuer, 2 if face else 1, 2, 3) == (
        grade.issuer, grade.binding, grade.transport, grade.freshness,
    )  # fmt: skip
    assert ("persona", "approved pp") == (grade.scheme, grade.value)


@pytest.mark.parametrize(
    ("ends", "lasts"),
    [
        (date(2026, 6, 15), 3 * DAY // 2),
        (date(2027, 6, 13), 365 * DAY - DAY // 2),
        (None, 365 * DAY),
    ],
)
def test_a_fact_ends_with_its_document_and_after_a_year(ends: date | None, lasts: int) -> None:
    """On the morning of its last day; how long that is counts in legal time."""
    [proof] = found(replace(PASSPORT, ends=ends)).proved
    assert (AT, AT + lasts) == (proof.verified_at, proof.expires_at)
    assert None is proof.revocation


@pytest.mark.parametrize("ends", [date(2026, 6, 13), date(2020, 1, 1)])
def test_an_expired_document_is_refused(ends: date) -> None:
    """One that ended, be it this morning."""
    with pytest.raises(Refused, match="has expired; begin again with one that is valid"):
        found(replace(PASSPORT, ends=ends))


def test_a_document_has_a_number_and_is_known_by_it() -> None:
    """The same one is the same by whichever vendor, however written; without a number it is none."""
    first = found().credential
    again = found(replace(PASSPORT, country="USA", number="x97531864", scheme="veriff")).credential
    others = [replace(PASSPORT, number="X97531865"), replace(PASSPORT, country="CA")]
    assert first == again == document_name("US", "X97531864")
    assert first not in [found(item).credential for item in others]
    with pytest.raises(Refused, match="has no number that could be read"):
        found(replace(PASSPORT, number=""))


def test_nothing_of_a_document_is_shown_by_accident() -> None:
    """Its repr has neither number nor country."""
    assert "X97" not in repr(PASSPORT)
    assert "USA" not in repr(PASSPORT)
