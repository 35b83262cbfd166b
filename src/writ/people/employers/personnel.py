"""The people of employers, and what these determined about them.

1. An organisation speaks only of its own people: those whom it names as its end users. Whoever else
   is on the books, it gets the same answer as for nobody at all.
2. What was determined is in signed attestations and nowhere else. Of names, addresses and whatever
   more a personnel system sends, nothing is kept.
3. A file of determinations is taken in whole or not at all, with every fault at its line; again, it
   changes nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from writ.errors import Fault, InvalidInput, Refused
from writ.people.books import Change
from writ.people.employers.credentials import Credential
from writ.people.employers.person import (
    Changed,
    Kept,
    Named,
    Person,
    Unknown,
    Wanted,
    carried,
    kept,
    shown,
)
from writ.people.employers.roster import Row
from writ.people.employers.writing import Writing
from writ.people.registry import Registry
from writ.signing.keys import KeyPair
from writ.store.database import Connection
from writ.store.employer_tables import determined, how_many, people_of, personnel
from writ.store.people_tables import attestation

MOST_AT_ONCE = 200
"""People on one page."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: people of whom something changed, and of whom all stood already."""

    changed: int
    known: int


class Personnel:
    """Rules 1 to 3; `pair` is the key of the method `employer`."""

    def __init__(self, registry: Registry, pair: KeyPair) -> None:
        self._registry = registry
        self._books = registry.books
        self._pair = pair

    def find(self, organisation: str, by: Named, value: str) -> list[Person]:
        """Return an organisation's people of an id, a name or an id of its own, a page at most."""
        query = people_of(organisation).where(personnel.c[by] == value).limit(MOST_AT_ONCE)
        with self._books.store.view() as connection:
            rows = [Kept(*row) for row in connection.execute(query)]
            return [self._shown(connection, row) for row in rows]

    def page(self, organisation: str, start: int, count: int) -> tuple[int, list[Person]]:
        """Return how many people an organisation has, and those from `start` (0: the first)."""
        query = people_of(organisation).offset(start).limit(min(count, MOST_AT_ONCE))
        with self._books.store.view() as connection:
            rows = [Kept(*row) for row in connection.execute(query)]
            found = [self._shown(connection, row) for row in rows]
            return how_many(connection, organisation), found

    def create(self, credential: Credential, wanted: Wanted) -> Person:
        """Add one of an organisation's people."""
        with self._writing(credential) as writing:
            return writing.apply(writing.create(wanted), wanted)

    def replace(self, credential: Credential, name: str, wanted: Wanted) -> Person:
        """Have one of an organisation's people be as wanted."""
        with self._writing(credential) as writing:
            row = self._known(writing, name, wanted.expected)
            if row.user != wanted.user:
                raise InvalidInput("a name is not changed; delete this person and create the other")
            return writing.apply(row, wanted)

    def remove(self, credential: Credential, name: str, expected: str = "") -> None:
        """Have one of an organisation's people leave, and be nobody to it any more."""
        with self._writing(credential) as writing:
            writing.remove(self._known(writing, name, expected))

    def take_in(self, credential: Credential, rows: Sequence[Row]) -> Taken:
        """Take in a file (rule 3)."""
        faults: list[Fault] = []
        changed = 0
        with self._writing(credential) as writing:
            for row in rows:
                try:
                    changed += self._takes(writing, row)
                except InvalidInput as error:
                    faults += [Fault("", row.line, 1, fault.message) for fault in error.faults]
                except Refused as error:
                    faults.append(Fault("", row.line, 1, str(error)))
            if faults:
                raise InvalidInput(faults)
        return Taken(changed, len(rows) - changed)

    def take_back(self, credential: str) -> int:
        """Revoke all that was determined with a credential, and return how much that is."""
        query = (
            attestation.select()
            .join(determined, determined.c.attestation == attestation.c.id)
            .where(determined.c.credential == credential, attestation.c.revoked_at.is_(None))
        )
        with self._books.store.unit() as connection:
            rows = list(connection.execute(query))
            for row in rows:
                self._registry.facts.strike(connection, row.id)
        self._books.announce(Change(subjects=frozenset(row.subject for row in rows)))
        return len(rows)

    @contextmanager
    def _writing(self, credential: Credential) -> Iterator[Writing]:
        """Give a unit to write in; what it changed is recorded in it, and announced after it."""
        with self._books.store.unit() as connection:
            writing = Writing(self._registry, self._pair, connection, credential)
            yield writing
            writing.record()
        self._books.announce(writing.change())

    def _takes(self, writing: Writing, row: Row) -> bool:
        """Take in one row; return whether anything changed."""
        organisation = writing.credential.organisation
        there = kept(writing.connection, organisation, "user", row.user)
        before = None if there is None else self._shown(writing.connection, there)
        external = None if there is None else there.external_id
        wanted = Wanted(row.user, external, row.said is not None, row.said)
        return writing.apply(there or writing.create(wanted), wanted) != before

    def _known(self, writing: Writing, name: str, expected: str) -> Kept:
        row = kept(writing.connection, writing.credential.organisation, "id", name)
        if row is None:
            raise Unknown("nobody of this id")
        if expected and self._shown(writing.connection, row).plain()["version"] != expected:
            raise Changed("this person was changed meanwhile; read them again")
        return row

    def _shown(self, connection: Connection, row: Kept) -> Person:
        return shown(row, carried(connection, self._registry.facts, row.id))
