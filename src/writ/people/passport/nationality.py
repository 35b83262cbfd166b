"""What a zone's codes say: a citizenship, a protection, or neither (ICAO Doc 9303 part 3 section 5).

1. A state vouches for its own citizens. A document with another state's nationality (a residence
   permit, a seaman's book) shows no citizenship.
2. `XXA`, `XXB`, `XXC` stand for a stateless person, a refugee under the Convention and another one;
   it is the state that issued the document which grants the protection.
3. Codes that are not ISO's are read as orders write them: `D` is DE, `RKS` is XK, `GBN` is a class
   of nationality of GB. A document of an organisation shows no nationality.
4. A specimen (`UTO`) is nobody's document.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from writ.errors import Refused
from writ.law.countries import countries, other_codes
from writ.model.subject import Value

SPECIMEN = "UTO"
_PROTECTED: Mapping[str, str] = {"XXA": "stateless", "XXB": "refugee", "XXC": "other"}
_CERTIFIED: Mapping[str, str] = {"KS": "XK"}
"""Countries that their certificates call otherwise."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An attribute with its one value."""

    attribute: str
    value: Value


def shown(issuer: str, nationality: str) -> Shown:
    """Return what the codes say; codes that say nothing we can use are Refused."""
    by = country_of(issuer)
    if nationality in _PROTECTED:  # 2
        return Shown("protection", Value((_PROTECTED[nationality], by)))
    country, class_ = _known(nationality)
    if country != by:  # 1
        raise Refused(
            "the document states the nationality of another state than issued it, which shows no"
            " citizenship; use a passport or an identity card of that state"
        )
    return Shown("citizenships", Value((country, class_)))


def country_of(issuer: str) -> str:
    """Return the country that issued a document, or Refused where it is none."""
    return _known(issuer)[0]


def same_country(issuer: str, certified: str) -> bool:
    """Whether a certificate's country is the one that a zone names as the issuer."""
    if SPECIMEN in {issuer, certified}:
        return certified == "UT"
    return _CERTIFIED.get(certified, certified) == country_of(issuer)


def _known(code: str) -> tuple[str, str]:
    """Return country and class of nationality of a code (rules 3 and 4)."""
    if code == SPECIMEN:
        raise Refused("the document is a specimen; show your own")
    found = _codes().get(code)
    if found is None:
        raise Refused("the document names a country by a code that is not known here")
    if not found[0]:
        raise Refused(
            "the document states no nationality of a country (an organisation issued it, or none is"
            " stated); use a passport or an identity card of your state"
        )
    return found


@cache
def _codes() -> dict[str, tuple[str, str]]:
    alpha3 = {country.alpha3: (country.code, "") for country in countries().values()}
    told = {code.code: (code.country, code.nationality_class) for code in other_codes().values()}
    return {code: value for code, value in (alpha3 | told).items() if len(code) != 2}  # noqa: PLR2004
