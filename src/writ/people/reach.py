"""How much of the registry a list of ids touches: two numbers, and nobody's name.

1. Ids that are not on the books count for nothing.
2. A key acts for a subject if it is its own, or names it as its organisation; revoked keys do not.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from writ.people.books import Books
from writ.people.keys import read_keys
from writ.people.subjects import read_subjects


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of some ids are on the books, and how many live keys act for those."""

    registered: int
    keys: int


def reach(books: Books, names: AbstractSet[str]) -> Reach:
    """Count in one view of the registry."""
    if not names:
        return Reach(0, 0)
    with books.store.view() as connection:
        known = read_subjects(connection, names)
        keys = read_keys(connection)
    live = (key for key in keys if key.revoked_at is None)
    acting = sum(key.requester in known or key.organisation in known for key in live)
    return Reach(len(known), acting)
