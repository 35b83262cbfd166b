"""The countries that a credential names, in this project's own codes.

1. ISO 3166-1 in two or three letters, and the codes of ICAO 9303, are the same country in one code,
   with the class of nationality where the code tells one.
2. A code that is no nationality (an organisation's, a refugee's) is passed over; one that nobody
   knows refuses: guessing would make somebody a citizen of something.
"""

from functools import cache

from writ.errors import Refused
from writ.law.countries import countries, other_codes
from writ.model.subject import Value

MOST = 20


def citizenships(told: object) -> tuple[Value, ...]:
    """Return the nationalities that one text or a list of texts tells."""
    codes = told if isinstance(told, list) else [told]
    if len(codes) > MOST:
        raise Refused(f"the credential names more than {MOST} nationalities")
    named = [_country(code) for code in codes]
    return tuple(dict.fromkeys(Value(item) for item in named if item[0]))


def residence(told: object) -> tuple[Value, ...]:
    """Return the country of residence that a text tells."""
    country, _ = _country(told)
    return (Value((country, "")),) if country else ()


def _country(code: object) -> tuple[str, str]:
    """Return country and class; no country where the code is no nationality (rule 2)."""
    if isinstance(code, str) and code in countries():
        return code, ""
    known = _others().get(code) if isinstance(code, str) else None
    if known is None:
        raise Refused("the credential names a country by a code that is not known here")
    return known


@cache
def _others() -> dict[str, tuple[str, str]]:
    alpha3 = {country.alpha3: (country.code, "") for country in countries().values()}
    told = {code.code: (code.country, code.nationality_class) for code in other_codes().values()}
    return alpha3 | told
