"""Words of pages in a language: a catalogue of texts for each, beside whatever shows them.

1. Every catalogue has the keys of the English one; a test holds them together.
2. Dates and numbers are written as the language does (CLDR).
"""

import importlib.resources
from datetime import datetime, timedelta
from functools import cache

import msgspec
from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal

LANGUAGES = {"en": "English", "fr": "Français", "de": "Deutsch", "es": "Español", "ja": "日本語"}


class Words:
    """One language's words; `package` has a folder `words` with its catalogue."""

    def __init__(self, language: str, package: str) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        self._texts = catalogue(language, package)

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of a key, filled in."""
        return self._texts[key].format(**values)

    def date(self, text: str) -> str:
        """Write the day of an RFC 3339 instant of ours, which is in UTC."""
        return format_date(datetime.fromisoformat(text), "long", locale=self.locale)

    def days(self, count: int) -> str:
        """Write so many days, as days however many they are."""
        span = timedelta(days=count)
        return format_timedelta(span, "day", threshold=count + 1, locale=self.locale)

    def number(self, number: int) -> str:
        """Write a number as the language groups its digits."""
        return format_decimal(number, locale=self.locale)


@cache
def catalogue(language: str, package: str) -> dict[str, str]:
    """Read a language's catalogue."""
    file = importlib.resources.files(package) / "words" / f"{language}.json"
    return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
