"""The pages' words, in the visitor's language: a catalogue for each, and CLDR's names of countries.

1. Every catalogue has the keys of the English one; a test holds them together.
2. The language is the one asked for by name, else the first of the browser's that there is.
"""

import importlib.resources
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

import msgspec
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from writ.model.vocabulary import VOCABULARY, Shape

LANGUAGES = {"en": "English", "fr": "Français", "de": "Deutsch", "es": "Español", "ja": "日本語"}
_CODE = 2


class Words:
    """One language's words."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = catalogue(language)
        self._locale = Locale.parse(language)

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of a key, filled in."""
        return self._texts[key].format(**values)

    def date(self, text: str) -> str:
        """Write the day of an RFC 3339 instant of ours, which is in UTC."""
        return format_date(datetime.fromisoformat(text), "long", locale=self._locale)

    def number(self, number: int) -> str:
        """Write a number as the language groups its digits."""
        return format_decimal(number, locale=self._locale)

    def country(self, code: str) -> str:
        """Name a country, or say a group's or region's own name."""
        name = self._locale.territories.get(code) if len(code) == _CODE else None
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
            listed = format_list(named, locale=self._locale) if named else self("nothing")
            return self("complete", label=label, what=listed)
        return self("one", label=label, what=format_list(named, style="or", locale=self._locale))


@cache
def catalogue(language: str) -> dict[str, str]:
    """Read a language's catalogue."""
    file = importlib.resources.files("writ.portal") / "words" / f"{language}.json"
    return msgspec.json.decode(file.read_bytes(), type=dict[str, str])


@cache
def words_in(language: str) -> Words:
    """Return a language's words."""
    return Words(language)


def choose(asked: str | None, accepted: str) -> str:
    """Choose a language (rule 2); `accepted` is `Accept-Language` (RFC 9110 12.5.4)."""
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
