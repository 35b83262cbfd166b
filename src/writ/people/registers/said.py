"""What a register says of an organisation, before it is known whom we call by its number.

1. An organisation is named by its number at the register: `LEI:` and the number, or as the register
   writes `scheme:id`. Others that a value names (owners, parents) are named alike.
2. A number may have several names; whoever knows one of them knows the organisation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from writ.canonical import Plain
from writ.clock import parse_instant
from writ.errors import InvalidInput
from writ.model.subject import Completeness

LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Said:
    """One attribute; `others` are the names of those whom a value names, by their place in it."""

    names: Sequence[str]
    attribute: str
    values: Sequence[Plain]
    completeness: Completeness
    assurance: int
    verified_at: str
    expires_at: str | None = None
    others: Mapping[int, Sequence[str]] = field(default_factory=dict)


def instant_text(value: object, what: str) -> str:
    """Return a date or an instant as the text of an instant; anything else is InvalidInput."""
    text = value if isinstance(value, str) else ""
    whole = text if "T" in text else f"{text}T00:00:00Z"
    try:
        parse_instant(whole)
    except InvalidInput:
        raise InvalidInput(f"{what} has no date that can be read") from None
    return whole


def at(value: object, *path: str) -> object:
    """Return what is at a path of keys; None where it does not lead anywhere."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def text_at(value: object, *path: str) -> str:
    """Return the text at a path of keys; empty where there is none."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""
