"""The registry: who is on the books, by which keys they come, and what is known of them.

1. Parts write through their own units and announce what changed (`writ.people.books`).
2. The deployment's secret for pseudonyms lies beside the store.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from writ.clock import Clock
from writ.people.attestations import Attestations, Known
from writ.people.backing import Backing
from writ.people.books import Books
from writ.people.end_users import EndUsers
from writ.people.issuers import Issuers
from writ.people.keys import Keys
from writ.people.preverified import PreVerified
from writ.people.reviews import Reviews
from writ.people.signals.heard import Signals
from writ.people.statement import Methods
from writ.people.subjects import Subjects, read_subjects
from writ.signing.secret import read_secret
from writ.signing.trust import Trust
from writ.store.database import Store


class Registry:
    """The books of one deployment; safe to share between threads."""

    def __init__(self, store: Store, trust: Trust, clock: Clock, folder: Path) -> None:
        with store.view() as connection:
            empty = not read_subjects(connection)
        secret = read_secret(folder / "pseudonym.secret", may_make=empty)
        self.books = Books(store, clock, secret)
        self.subjects = Subjects(self.books)
        self.keys = Keys(self.books)
        self.end_users = EndUsers(self.books)
        self.issuers = Issuers(self.books, trust)
        self.facts = Attestations(self.books, Methods(trust))
        self.preverified = PreVerified(self.books)
        self.backing = Backing(self.books)
        self.signals = Signals(self.books, self.facts, self.backing)
        self.reviews = Reviews(self.books, trust)

    def those(self, names: Iterable[str]) -> Mapping[str, Known]:
        """Read the subjects of these ids with their facts; unknown ids are left out."""
        with self.books.store.view() as connection:
            return self.facts.known(connection, set(names))

    def everybody(self) -> Mapping[str, Known]:
        """Read every subject with its facts, in one view."""
        with self.books.store.view() as connection:
            return self.facts.known(connection, None)
