"""The subjects on the books: people, organisations and service accounts, and whom they act for.

1. An id is the operator's own word for a subject; outside the registry it is shown to nobody but
   the holder of its key, who must see whose account a proof counts for (docs/decisions/0112).
2. Only an organisation can be acted for, and it must be on the books.
3. Adding a subject again as it is changes nothing; adding it as something else is refused.
"""

from collections.abc import Iterable, Iterator, Sequence

from writ.canonical import Plain
from writ.errors import Fault, InvalidInput
from writ.model.subject import Subject
from writ.model.vocabulary import KINDS
from writ.people.books import Books, Change
from writ.store import events
from writ.store.database import Connection
from writ.store.people_tables import acts_for, subject

MAX_ID = 255
MOST_NAMED = 10_000
"""More ids than this are not listed in one query; everything is read instead."""


class Subjects:
    """Adds and finds subjects; their facts are in `writ.people.attestations`."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def add(self, wanted: Sequence[Subject]) -> int:
        """Add subjects (their facts are ignored), all or none; return how many are new.

        Every fault is reported at once in an InvalidInput; they may name each other.
        """
        with self._books.store.unit() as connection:
            known = read_subjects(connection)
            new = [item for item in wanted if item.id not in known]
            faults = list(_faults(wanted, {**{item.id: item for item in new}, **known}))
            if faults:
                raise InvalidInput(faults)
            new = list({item.id: item for item in new}.values())
            self.enter(connection, new)
        self._books.announce(Change(subjects=frozenset(item.id for item in new)))
        return len(new)

    def all(self) -> tuple[Subject, ...]:
        """Return every subject without its facts, by id."""
        with self._books.store.view() as connection:
            known = read_subjects(connection)
        return tuple(known[name] for name in sorted(known))

    def find(self, name: str) -> Subject:
        """Return one subject without its facts; one that is not on the books is InvalidInput."""
        with self._books.store.view() as connection:
            return find_subject(connection, name)

    def enter(self, connection: Connection, new: Sequence[Subject]) -> None:
        """Write down subjects that are not on the books, inside a unit whose owner announces it."""
        now = self._books.clock.now()
        if not new:
            return
        connection.execute(
            subject.insert(),
            [{"id": item.id, "kind": item.kind, "added_at": now} for item in new],
        )
        ties = [
            {"subject": item.id, "organisation": organisation}
            for item in new
            for organisation in sorted(set(item.acts_for))
        ]
        if ties:
            connection.execute(acts_for.insert(), ties)
        for part in batches([self._event_row(item) for item in new]):
            events.append(connection, "subjects.added", {"at": now, "subjects": part})

    def _event_row(self, item: Subject) -> Plain:
        alias = self._books.alias
        return {
            "subject": alias(item.id),
            "kind": item.kind,
            "acts_for": [alias(name) for name in sorted(item.acts_for)],
        }


def read_subjects(connection: Connection, names: Iterable[str] | None = None) -> dict[str, Subject]:
    """Read the subjects of these ids (None: all) without facts; ids not on the books are left out."""
    kinds, ties = subject.select(), acts_for.select().order_by(acts_for.c.organisation)
    wanted = None if names is None else set(names)
    if wanted is not None and len(wanted) <= MOST_NAMED:
        kinds = kinds.where(subject.c.id.in_(wanted))
        ties = ties.where(acts_for.c.subject.in_(wanted))
    organisations: dict[str, list[str]] = {}
    for row in connection.execute(ties):
        organisations.setdefault(row.subject, []).append(row.organisation)
    return {
        row.id: Subject(row.id, row.kind, tuple(organisations.get(row.id, ())))
        for row in connection.execute(kinds)
        if wanted is None or row.id in wanted
    }


def pages(connection: Connection, most: int) -> Iterator[list[str]]:
    """Yield the ids of all subjects in order, so many at a time."""
    here, after = subject.c.id, ""
    ids = subject.select().with_only_columns(here).order_by(here).limit(most)
    while names := list(connection.execute(ids.where(here > after)).scalars()):
        yield names
        after = names[-1]


def find_subject(connection: Connection, name: str) -> Subject:
    """Return one subject without facts; one that is not on the books is InvalidInput."""
    found = read_subjects(connection, [name]).get(name)
    if found is None:
        raise InvalidInput(f"unknown subject `{name}`; add it with `writ subject add`")
    return found


def fit(name: str) -> bool:
    """Whether a text can be an id: printable, not too long, no space at its ends."""
    return bool(name) and len(name) <= MAX_ID and name.isprintable() and name == name.strip()


def batches(rows: Sequence[Plain], size: int = 100) -> Iterable[Sequence[Plain]]:
    """Cut rows into parts that fit an event row."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _faults(wanted: Sequence[Subject], known: dict[str, Subject]) -> Iterable[Fault]:
    for number, item in enumerate(wanted, 1):
        for message in _wrong(item, known):
            yield Fault("", number if len(wanted) > 1 else 0, 0, message)


def _wrong(item: Subject, known: dict[str, Subject]) -> Iterable[str]:
    if not fit(item.id):
        yield f"`{item.id}` cannot name a subject; use up to {MAX_ID} printable characters"
    if item.kind not in KINDS:
        yield f"`{item.kind}` is no kind of subject; write {', '.join(KINDS)}"
    there = known[item.id]
    if there.kind != item.kind or set(there.acts_for) != set(item.acts_for):
        yield f"subject `{item.id}` is on the books differently: {_words(there)}"
    for name in item.acts_for:
        if name not in known:
            yield f"`{item.id}` acts for `{name}`, which is not on the books"
        elif known[name].kind != "organisation":
            yield f"`{item.id}` acts for `{name}`, which is a {known[name].kind}"


def _words(item: Subject) -> str:
    return f"{item.kind} acting for {', '.join(item.acts_for) or 'nobody'}"
