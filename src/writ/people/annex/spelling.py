"""Names as they are compared: one script, one case, no accents, the legal form set apart.

1. Letters of every script are written in Latin ones; accents, case and punctuation go. This is a
   transliteration by letters, not by language: two spellings of one name may still differ, which
   is what scores are for.
2. Legal forms (`legal_forms.csv`) are taken off both ends and kept beside the words, under one
   spelling each: Acme Ltd and Acme Limited are alike, Acme Ltd and Acme GmbH are not.
3. A name that is nothing but a legal form keeps it as its words.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from unicodedata import normalize

from anyascii import anyascii

_NOTHING = re.compile(r"[.'\u2019`]")
_SPACE = re.compile(r"[^a-z0-9]+")
_SIGN = re.compile(r"([\u3040-\u30ff\u3400-\u9fff])")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name's words in order, and its legal forms."""

    words: tuple[str, ...]
    forms: frozenset[str]

    @property
    def text(self) -> str:
        """The words as one text."""
        return " ".join(self.words)


def spelling(name: str) -> Spelling:
    """Return how a name is compared."""
    words, forms = _words(name), set[str]()
    while (found := _form_at_an_end(words)) is not None:
        words, form = found
        forms.add(form)
    return Spelling(words, frozenset(forms))


def _words(name: str) -> tuple[str, ...]:
    apart = _SIGN.sub(r" \1 ", normalize("NFKC", name))  # each is a word of its own
    latin = anyascii(apart).lower().replace("&", " and ")
    return tuple(_SPACE.sub(" ", _NOTHING.sub("", latin)).split())


def _form_at_an_end(words: tuple[str, ...]) -> tuple[tuple[str, ...], str] | None:
    """Return what is left without the longest form at either end, and that form."""
    for length in range(min(_longest(), len(words) - 1), 0, -1):
        for form, rest in ((words[-length:], words[:-length]), (words[:length], words[length:])):
            if form in _forms():
                return rest, _forms()[form]
    return None


@cache
def _forms() -> dict[tuple[str, ...], str]:
    """Every spelling of a legal form by its words."""
    text = (files("writ.people.annex") / "legal_forms.csv").read_text(encoding="utf-8")
    rows = csv.reader(text.splitlines()[1:])
    return {_words(spelt): form for form, *spellings in rows for spelt in (form, *spellings)}


@cache
def _longest() -> int:
    return max(map(len, _forms()))
