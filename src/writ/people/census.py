"""Everybody on the books as lines, of one state of them and never all at once.

1. One view of the store is read page by page, by id; whatever is written meanwhile is not in it.
2. The first line says how many subjects follow, so that whoever gets fewer knows that some are missing.
3. A line is a subject as `writ order schema --subject` has it; of somebody whose facts cannot be
   proved it is the id alone, of the kind `unproved`.
4. What was proved for this alone is not remembered.
"""

from collections.abc import Generator

import msgspec

from writ.clock import format_instant
from writ.law.subjects import UNPROVED, write_subject
from writ.people.attestations import Known
from writ.people.deleted import gone
from writ.people.registry import Registry
from writ.people.subjects import pages
from writ.store.database import Connection
from writ.store.people_tables import count_subjects

PAGE = 1000
"""Subjects that are read, and sent, at once."""


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line (rule 2): also how many facts were deleted, and when last.

    Before that, more was known than is here.
    """

    subjects: int
    deleted: int
    last: str | None


def _head(connection: Connection) -> bytes:
    deleted = gone(connection)
    last = format_instant(deleted.last) if deleted.facts else None
    return msgspec.json.encode(Head(count_subjects(connection), deleted.facts, last))


def census(registry: Registry) -> Generator[bytes]:
    """Yield the lines, a page at a time."""
    with registry.books.store.view() as connection:
        yield _head(connection) + b"\n"
        for names in pages(connection, PAGE):
            known = registry.facts.known(connection, names, remember=False)
            yield b"".join(_line(known[name]) + b"\n" for name in names)


def _line(known: Known) -> bytes:
    """Rule 3."""
    if known.broken:
        return msgspec.json.encode({"id": known.subject.id, "kind": UNPROVED})
    return msgspec.json.encode(write_subject(known.subject))
