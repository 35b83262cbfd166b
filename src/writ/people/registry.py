"""The registry: who is on the books, by which keys they come, and what is known of them.

1. Parts write through their own units and announce what changed (`writ.people.books`).
2. `population` is one consistent reading of everybody a gateway may meet; `those` of a few.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from writ.clock import Clock
from writ.people.attestations import Attestations, Known
from writ.people.books import Books, Change
from writ.people.end_users import EndUser, EndUsers, read_end_users
from writ.people.issuers import Issuer, Issuers, read_issuers
from writ.people.keys import ApiKey, Keys, read_keys
from writ.people.pseudonym import pseudonym, read_secret
from writ.people.statement import Methods
from writ.people.subjects import Subjects, read_subjects
from writ.signing.trust import Trust
from writ.store.database import Store


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody a gateway may meet, in one consistent reading.

    `known` has the requesters and organisations of keys not revoked, every end user, and the
    organisations that name them; `keys` and `issuers` have the revoked ones too.
    """

    known: Mapping[str, Known]
    keys: tuple[ApiKey, ...]
    end_users: tuple[EndUser, ...]
    issuers: tuple[Issuer, ...]


class Registry:
    """The books of one deployment; safe to share between threads."""

    def __init__(self, store: Store, trust: Trust, clock: Clock, folder: Path) -> None:
        with store.view() as connection:
            empty = not read_subjects(connection)
        secret = read_secret(folder / "pseudonym.secret", may_make=empty)
        self._books = Books(store, clock, secret)
        self.subjects = Subjects(self._books)
        self.keys = Keys(self._books)
        self.end_users = EndUsers(self._books)
        self.issuers = Issuers(self._books)
        self.facts = Attestations(self._books, Methods(trust))

    def on_change(self, listener: Callable[[Change], None]) -> None:
        """Call `listener` after each durable change, in the thread that made it."""
        self._books.listeners.append(listener)

    def pseudonym(self, subject: str) -> bytes:
        """Return the sixteen bytes under which a subject is known outside."""
        return pseudonym(self._books.secret, subject)

    def population(self) -> Population:
        """Read everybody a gateway may meet, in a handful of queries."""
        with self._books.store.view() as connection:
            keys = read_keys(connection)
            end_users = read_end_users(connection)
            names = {
                name
                for key in keys
                if key.revoked_at is None
                for name in (key.requester, key.organisation)
                if name is not None
            }
            names |= {name for user in end_users for name in (user.organisation, user.subject)}
            known = self.facts.known(connection, names)
            return Population(known, keys, end_users, read_issuers(connection))

    def those(self, names: Iterable[str]) -> Mapping[str, Known]:
        """Read the subjects of these ids with their facts; unknown ids are left out."""
        with self._books.store.view() as connection:
            return self.facts.known(connection, set(names))
