"""The attributes a fact may carry: the shape of their values and the kind of subject they are of.

1. Every value is a tuple of text parts, so that one matching rule serves all attributes.
2. An attribute that is not in this table is bad input.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["person", "organisation", "service"]
KINDS: tuple[Kind, ...] = ("person", "organisation", "service")
RELATIONS = ("employee", "regular_employee", "contractor")
EMPLOYED = ("employee", "regular_employee")
"""The relations of an employee, who is no contractor."""


class Shape(Enum):
    """How the values of an attribute are written, and the parts they become."""

    COUNTRY = "country"  # code, or {country, class, since, until} -> (code, class or "")
    PROTECTION = "protection"  # {status, granted_by} -> (status, code)
    PLACE = "place"  # code, ISO 3166-2 region, or {country, since, until} -> (code, region or "")
    EMPLOYER = "employer"  # {organisation, relation, since, until} -> (organisation, relation)
    OWNER = "owner"  # {owner, share} -> (owner, percent or "")
    NAME = "name"  # a subject, licence, programme, definition -> (text,)
    NUMBER = "number"  # a whole number -> (digits,)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One row of the vocabulary."""

    name: str
    shape: Shape
    kinds: frozenset[Kind]


_PERSON = frozenset[Kind]({"person"})
_ORGANISATION = frozenset[Kind]({"organisation"})
_BOTH = _PERSON | _ORGANISATION

VOCABULARY: dict[str, Attribute] = {
    name: Attribute(name, shape, kinds)
    for name, shape, kinds in (
        ("citizenships", Shape.COUNTRY, _PERSON),
        ("former_citizenships", Shape.COUNTRY, _PERSON),
        ("permanent_residences", Shape.COUNTRY, _PERSON),
        ("protection", Shape.PROTECTION, _PERSON),
        ("residence", Shape.PLACE, _PERSON),
        ("ordinarily_resident", Shape.PLACE, _PERSON),
        ("location", Shape.PLACE, _BOTH),
        ("employer", Shape.EMPLOYER, _PERSON),
        ("incorporated_in", Shape.PLACE, _ORGANISATION),
        ("organised_in", Shape.PLACE, _ORGANISATION),
        ("headquarters", Shape.PLACE, _ORGANISATION),
        ("ultimate_parent", Shape.NAME, _ORGANISATION),
        ("owners", Shape.OWNER, _ORGANISATION),
        ("government_of", Shape.PLACE, _ORGANISATION),
        ("users_certified", Shape.NAME, _ORGANISATION),
        ("licences", Shape.NAME, _BOTH),
        ("programmes", Shape.NAME, _BOTH),
        ("age_over", Shape.NUMBER, _PERSON),
        ("identity_level", Shape.NUMBER, _BOTH),
        ("professional_licences", Shape.NAME, _PERSON),
    )
}
