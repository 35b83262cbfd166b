"""What a document that a vendor accepted shows, and how good that is.

1. A passport or an identity card shows the nationality that is read from it, `at_least`. Where a
   vendor reads none, only a passport of the United States shows one by itself: nobody else is
   granted one (22 USC 212). An alien's passport of another country would make its holder a citizen.
2. A permanent resident card (I-551 in the United States) shows permanent residence in the country
   that issued it, a refugee travel document (I-571) protection by it, a certificate of citizenship
   (N-560) that its holder is a citizen and no mere national. Visas, work and residence permits and
   driving licences show none of these.
3. ICAO 9303 writes who has no nationality as one: XXA, XXB and XXC are protection by the country
   that issued the document, for A1 until somebody confirms that it still stands; other codes that are nobody's nationality show nothing. A specimen is
   refused, and so is a code that nobody knows: guessing would make somebody a citizen of something.
4. Grades: the issuer's is what was registered for the vendor. The binding is 2 where the vendor
   compared a face with the portrait, else 1: a picture of a document can be anybody's. The transport
   is 2: the browser that began came back, but vendors hand over to telephones by themselves. The
   freshness is 3: the vendor looked just now, and did not ask whoever issued the document. The
   vendor's own word for it all is kept as it came.
5. A fact ends with its document, on the morning of its last day, and after a year.
6. The document's number and its country name the credential: one document backs one person, by
   whichever way it was shown. One without a number is refused.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from writ.clock import DAY, SECOND, Instant
from writ.errors import Refused
from writ.law.countries import countries, other_codes
from writ.model.subject import Value
from writ.people.document_names import document_name
from writ.people.methods import Finding, Grade, Proof
from writ.people.vendors.service import Document

FACE, NO_FACE = 2, 1
TRANSPORT, FRESHNESS = 2, 3
YEAR = 365 * DAY
STATUSES = frozenset({"refugee", "stateless", "other"})
"""The kinds of protection that a document can show."""

_WITHOUT_NATIONALITY = {"XXA": "stateless", "XXB": "refugee", "XXC": "other"}
_SPECIMEN = frozenset({"UTO", "UT"})  # ICAO 9303's Utopia, and as vendors cut it to two letters
_ALLEGIANCE = "US"

SUPPORTS = 1
"""How far a code that stands for no nationality goes (rule 3)."""


class _Shown(NamedTuple):
    attribute: str
    value: Value
    goes: int = 4


def finding(
    document: Document, attributes: Collection[str], issuer: int, now: float, verified_at: Instant
) -> Finding:
    """Take what was asked out of a document; `issuer` is the vendor's grade.

    Raises Refused where it shows none of it, or has ended at `now` (seconds, UTC).
    """
    shown = _shown(document)
    if shown is None or shown.attribute not in attributes:
        raise Refused(
            "the document does not show what was asked; begin again with one that does, or take "
            "another way"
        )
    if not document.number:  # 6
        raise Refused("the document has no number that could be read; begin again with another")
    binding = FACE if document.face else NO_FACE
    issuer = min(issuer, shown.goes)
    proof = Proof(
        attribute=shown.attribute,
        values=(shown.value,),
        completeness="at_least",
        grade=Grade(issuer, binding, TRANSPORT, FRESHNESS, document.scheme, document.value),
        issuer=document.scheme,
        verified_at=verified_at,
        expires_at=verified_at + _lasts(document, now),
    )
    return Finding((proof,), _credential(document))


def _shown(document: Document) -> _Shown | None:
    country, nationality = _code(document.country), _code(document.nationality)
    if {country, nationality} & _SPECIMEN:
        raise Refused("the document is a specimen; begin again with one of your own")
    match document.paper:
        case "passport" | "identity-card":
            passport = document.paper == "passport"
            if passport and not nationality and _country(country) == (_ALLEGIANCE, ""):
                nationality = country  # 1
            return _of_nationality(nationality, country)
        case "permanent-resident-card":
            return _Shown("permanent_residences", Value((_issued_by(country), "")))
        case "refugee-travel-document":
            return _Shown("protection", Value(("refugee", _issued_by(country))))
        case "certificate-of-citizenship":
            return _Shown("citizenships", Value((_issued_by(country), "citizen")))
        case _:
            return None


def _of_nationality(code: str, issued_by: str) -> _Shown | None:
    """Rules 1 and 3."""
    if not code:
        return None
    if code in _WITHOUT_NATIONALITY:
        status = _WITHOUT_NATIONALITY[code]
        return _Shown("protection", Value((status, _issued_by(issued_by))), SUPPORTS)
    country, class_ = _country(code)
    return _Shown("citizenships", Value((country, class_))) if country else None


def _issued_by(code: str) -> str:
    country, _ = _country(code)
    if not country:
        raise Refused(
            "the vendor does not tell which country issued the document; take another way"
        )
    return country


def _country(code: str) -> tuple[str, str]:
    """Return country and class of nationality; no country where the code is none (rule 3)."""
    if not code:
        return "", ""
    known = _codes().get(code)
    if known is None:
        raise Refused(
            "the vendor names a country by a code that is not known here; take another way"
        )
    return known


@cache
def _codes() -> dict[str, tuple[str, str]]:
    """Every code that a vendor may write, alpha-2, alpha-3 and of ICAO 9303.

    A vendor's GBR may be ISO's, and is every British national; in a passport it is a citizen.
    """
    told = {code.code: (code.country, code.nationality_class) for code in other_codes().values()}
    for country in countries().values():
        told |= dict.fromkeys((country.code, country.alpha3), (country.code, ""))
    return told


def _code(text: str) -> str:
    """Return a code without the padding that machine readable zones have."""
    return text.strip().rstrip("<").upper()


def _lasts(document: Document, now: float) -> int:
    """Return for how long the fact stands, in legal time (rule 5)."""
    if document.ends is None:
        return YEAR
    morning = datetime(document.ends.year, document.ends.month, document.ends.day, tzinfo=UTC)
    left = int((morning.timestamp() - now) * SECOND)
    if left <= 0:
        raise Refused("the document has expired; begin again with one that is valid")
    return min(left, YEAR)


def _credential(document: Document) -> bytes:
    """Rule 6."""
    country, _ = _country(_code(document.country))
    return document_name(country, document.number)
