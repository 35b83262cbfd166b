"""Which subjects the rows of a list may mean: the same names, and names that are like them.

1. *Exact*: one entry of the directory, and no other, has the same words in the same order and the
   same legal forms under one of its names, and no other country.
2. *Candidates*: every entry whose names are alike by at least `ENOUGH` of 100, the likest first,
   five at most. A score is the mean of two of RapidFuzz: of all words whatever their order, and of
   those that both have. Legal forms and countries are shown, and change no score.
3. *Nobody*: no entry is like it. Nothing else is a reason to leave a row out, and none is left out.

A grade is a suggestion; two people decide (`writ.people.annex.decisions`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from rapidfuzz import fuzz, process

from writ.people.annex.listing import Directory, Listing, Named
from writ.people.annex.spelling import Spelling, spelling

Grade: TypeAlias = Literal["exact", "candidates", "nobody"]

ENOUGH = 80
MOST = 5
_LOOKED_AT = 50
_ALIKE = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a row may mean; `score` is of 100, `odd` says what speaks against it."""

    id: str
    score: int
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """What a row may mean."""

    grade: Grade
    candidates: tuple[Candidate, ...]


class Matcher:
    """Matches rows to one directory, which is read once."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._spellings = {
            name: tuple(map(spelling, entry.names)) for name, entry in directory.entries.items()
        }
        self._texts: list[tuple[str, str]] = [
            (spelt.text, name) for name, all_of in self._spellings.items() for spelt in all_of
        ]
        self._by_words: dict[tuple[str, ...], set[str]] = {}
        for name, all_of in self._spellings.items():
            for spelt in all_of:
                self._by_words.setdefault(spelt.words, set()).add(name)

    def match(self, listing: Listing) -> Mapping[int, Match]:
        """Match every row of a list."""
        return {number: self.one(row) for number, row in listing.rows.items()}

    def one(self, row: Named) -> Match:
        """Match one row."""
        spelt = [item for item in map(spelling, row.names) if item.words]
        exact = {
            name
            for item in spelt
            for name in self._by_words.get(item.words, ())
            if not self._against(row, item, name)
        }
        if len(exact) == 1:
            return Match("exact", (Candidate(exact.pop(), _ALIKE),))
        found: dict[str, Candidate] = {}
        for item in spelt:
            for candidate in self._alike(row, item):
                standing = found.get(candidate.id)
                if standing is None or standing.score < candidate.score:
                    found[candidate.id] = candidate
        best = sorted(found.values(), key=lambda item: (-item.score, len(item.odd), item.id))
        return Match("candidates" if best else "nobody", tuple(best[:MOST]))

    def _alike(self, row: Named, spelt: Spelling) -> list[Candidate]:
        near = process.extract(
            spelt.text,
            self._choices,
            scorer=fuzz.token_set_ratio,
            score_cutoff=ENOUGH,
            limit=_LOOKED_AT,
        )
        scored = [
            (round((shared + fuzz.token_sort_ratio(spelt.text, text)) / 2), self._texts[place][1])
            for text, shared, place in near
        ]
        return [
            Candidate(name, score, self._against(row, spelt, name))
            for score, name in scored
            if score >= ENOUGH
        ]

    @cached_property
    def _choices(self) -> list[str]:
        return [text for text, _ in self._texts]

    def _against(self, row: Named, spelt: Spelling, name: str) -> str:
        """Say what speaks against an entry whose words are alike; empty: nothing."""
        country = self._directory.entries[name].country
        if row.country and country and row.country != country:
            return f"of {country}, not {row.country}"
        if any(spelt.forms == other.forms for other in self._spellings[name]):
            return ""
        return "other legal form"
