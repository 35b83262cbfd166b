"""The end users an organisation names: its own word for a person (`sub`), and the subject meant.

1. A `sub` means something only together with the organisation that says it.
2. Both must be on the books: an organisation, and a person.
3. Naming the same person again changes nothing; renaming a `sub` to another person is refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from writ.canonical import Plain
from writ.errors import Fault, InvalidInput
from writ.model.subject import Subject
from writ.people.books import Books, Change
from writ.people.keys import live_requesters
from writ.people.subjects import MAX_ID, batches, fit, read_subjects
from writ.store import events
from writ.store.database import Connection
from writ.store.people_tables import end_user


@dataclass(frozen=True, slots=True, order=True)
class EndUser:
    """Whom an organisation means by `sub`."""

    organisation: str
    sub: str
    subject: str


class EndUsers:
    """Registers and lists end users."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def add(self, wanted: Sequence[EndUser]) -> int:
        """Register end users, all or none; return how many are new; all faults at once."""
        with self._books.store.unit() as connection:
            there = {(user.organisation, user.sub): user for user in read_end_users(connection)}
            names = {name for user in wanted for name in (user.organisation, user.subject)}
            known = read_subjects(connection, names)
            faults: list[Fault] = []
            new: dict[tuple[str, str], EndUser] = {}
            for number, user in enumerate(wanted, 1):
                place = number if len(wanted) > 1 else 0
                faults += [
                    Fault("", place, 0, text) for text in _wrong(user, known, {**there, **new})
                ]
                if (user.organisation, user.sub) not in there:
                    new.setdefault((user.organisation, user.sub), user)
            if faults:
                raise InvalidInput(faults)
            self.enter(connection, list(new.values()))
        self._books.announce(Change(end_users=frozenset(new)))
        return len(new)

    def find(self, organisation: str, sub: str) -> str | None:
        """Return whom an organisation means by a `sub` (None: nobody)."""
        with self._books.store.view() as connection:
            return find_end_user(connection, organisation, sub)

    def all(self) -> tuple[EndUser, ...]:
        """Return every end user, by organisation and `sub`."""
        with self._books.store.view() as connection:
            return read_end_users(connection)

    def enter(self, connection: Connection, new: Sequence[EndUser]) -> None:
        """Write down end users that are not there, inside a unit whose owner announces it."""
        if not new:
            return
        now, alias = self._books.clock.now(), self._books.alias
        connection.execute(
            end_user.insert(),
            [
                {"organisation": user.organisation, "sub": user.sub, "subject": user.subject}
                for user in new
            ],
        )
        rows: list[Plain] = [
            {"organisation": alias(user.organisation), "subject": alias(user.subject)}
            for user in new
        ]
        for part in batches(rows):
            events.append(connection, "end_users.added", {"at": now, "end_users": part})


def find_end_user(connection: Connection, organisation: str, sub: str) -> str | None:
    """Return whom an organisation means by a `sub` (None: nobody)."""
    here = (end_user.c.organisation == organisation, end_user.c.sub == sub)
    row = connection.execute(end_user.select().where(*here)).first()
    return None if row is None else str(row.subject)


def read_end_users(connection: Connection) -> tuple[EndUser, ...]:
    """Read every end user, by organisation and `sub`."""
    query = end_user.select().order_by(end_user.c.organisation, end_user.c.sub)
    return tuple(
        EndUser(row.organisation, row.sub, row.subject) for row in connection.execute(query)
    )


def named_only(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return who comes by no live key of their own, with the organisations that name them."""
    keyed = live_requesters(connection)
    found: dict[str, tuple[str, ...]] = {}
    for user in read_end_users(connection):
        if user.subject not in keyed:
            found[user.subject] = (*found.get(user.subject, ()), user.organisation)
    return found


def _wrong(
    user: EndUser, known: dict[str, Subject], there: dict[tuple[str, str], EndUser]
) -> Iterable[str]:
    if not fit(user.sub):
        yield f"`{user.sub}` cannot be an end user; use up to {MAX_ID} printable characters"
    for name, kind in ((user.organisation, "organisation"), (user.subject, "person")):
        if name not in known:
            yield f"unknown subject `{name}`; add it with `writ subject add`"
        elif known[name].kind != kind:
            yield f"`{name}` is of kind {known[name].kind}; {kind} is wanted here"
    if there.get((user.organisation, user.sub), user) != user:
        yield f"`{user.sub}` of `{user.organisation}` already means another subject"
