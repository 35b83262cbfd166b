"""Whom a proposal's annexes move: numbers for whoever decides, from the registry beside the desk.

1. Signers' machines count the rows that come and go themselves (`writ.desk.words`); how many of
   those are on the books, and by how many keys they come, only the desk can tell.
2. No id leaves: an impact has numbers alone (docs/decisions/0058).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from writ.canonical import Plain
from writ.law.annex_moves import AnnexMove
from writ.people.books import Books
from writ.people.reach import Reach, reach


@dataclass(frozen=True, slots=True)
class Impact:
    """One annex of one version: the rows that come and go, and how far each reaches."""

    move: AnnexMove
    come: Reach
    go: Reach

    def plain(self) -> dict[str, Plain]:
        """Write it as JSON values (rule 2)."""
        return {
            **self.move.plain(),
            "registered": {"come": self.come.registered, "go": self.go.registered},
            "keys": {"come": self.come.keys, "go": self.go.keys},
        }


def impacts(moves: Iterable[AnnexMove], books: Books) -> tuple[Impact, ...]:
    """Count for every move."""
    return tuple(Impact(move, reach(books, move.come), reach(books, move.go)) for move in moves)
