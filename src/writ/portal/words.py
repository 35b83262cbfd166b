"""The pages' words, in the visitor's language, with CLDR's names of countries.

1. The language is the one asked for by name, else the first of the browser's that there is.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from babel.lists import format_list

from writ.model.vocabulary import VOCABULARY, Shape
from writ.pages.words import LANGUAGES
from writ.pages.words import Words as PageWords

_CODE = 2


class Words(PageWords):
    """One language's words for the portal."""

    def __init__(self, language: str) -> None:
        super().__init__(language, "writ.portal")

    def country(self, code: str) -> str:
        """Name a country, or say a group's or region's own name."""
        name = self.locale.territories.get(code) if len(code) == _CODE else None
        return name or code

    def value(self, attribute: str, parts: Sequence[str]) -> str:
        """Name one value of an attribute."""
        match VOCABULARY[attribute].shape:
            case Shape.COUNTRY:
                return self.country(parts[0])
            case Shape.PLACE:
                return parts[1] or self.country(parts[0])
            case Shape.PROTECTION:
                status = self(f"status.{parts[0]}")
                return f"{status} ({self.country(parts[1])})" if parts[1] else status
            case Shape.EMPLOYER:
                return f"{parts[0]} ({self(f'relation.{parts[1]}')})" if parts[1] else parts[0]
            case _:
                return " ".join(part for part in parts if part)

    def wanted(self, attribute: str, values: Iterable[Sequence[str]], completeness: str) -> str:
        """Say what would settle it: any of some values, or a list that is complete."""
        label = self(f"label.{attribute}")
        named = [self.value(attribute, parts) for parts in values]
        if completeness == "exhaustive":
            listed = format_list(named, locale=self.locale) if named else self("nothing")
            return self("complete", label=label, what=listed)
        return self("one", label=label, what=format_list(named, style="or", locale=self.locale))


@cache
def words_in(language: str) -> Words:
    """Return a language's words."""
    return Words(language)


def choose(asked: str | None, accepted: str) -> str:
    """Choose a language (rule 1); `accepted` is `Accept-Language` (RFC 9110 12.5.4)."""
    if asked in LANGUAGES:
        return asked
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")[:20]):
        tag, _, weight = part.strip().partition(";q=")
        name = tag.strip().lower().partition("-")[0]
        if name in LANGUAGES:
            found.append((-_weight(weight), place, name))
    return min(found)[2] if found else "en"


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
