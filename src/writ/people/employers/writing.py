"""Writes down, in one unit, what an employer says of its people.

1. What is determined anew takes the place of what stood; what stands already changes nothing. A
   determination is replaced by a later one only.
2. Whoever leaves is no longer spoken for: all that the employer determined is revoked, and comes
   back only by a determination made after that.
3. Whether somebody is `active` changes only where that is said: what is left out makes nobody active
   again, and what is determined of somebody who left is refused.
4. Somebody whom an employer may enrol is a subject of their own, whom nobody else names.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from writ.canonical import Plain
from writ.errors import InvalidInput, Refused
from writ.model.subject import Subject
from writ.people.books import Change
from writ.people.employers.credentials import Credential
from writ.people.employers.determination import Determination, Said, read_determination, same
from writ.people.employers.person import (
    Kept,
    NotTheirs,
    Person,
    Taken,
    Wanted,
    carried,
    kept,
    shown,
)
from writ.people.end_users import EndUser
from writ.people.registry import Registry
from writ.people.statement import Attestation, attest
from writ.people.subjects import MAX_ID, batches, fit, read_subjects
from writ.signing.keys import KeyPair
from writ.store import events
from writ.store.database import Connection
from writ.store.employer_tables import determined, how_many, personnel
from writ.store.people_tables import end_user

MOST_PEOPLE = 100_000
"""People whom one organisation may have."""
_IN_AN_EVENT = 400
_LONGEST_PREFIX = 200


@dataclass(slots=True)
class Writing:
    """Rules 1 to 4 inside one unit; `change` is what to announce once it is durable."""

    registry: Registry
    pair: KeyPair
    connection: Connection
    credential: Credential
    _subjects: set[str] = field(default_factory=set)
    _end_users: set[tuple[str, str]] = field(default_factory=set)
    _made: list[Plain] = field(default_factory=list)

    def change(self) -> Change:
        """Return what was altered."""
        return Change(subjects=frozenset(self._subjects), end_users=frozenset(self._end_users))

    def create(self, wanted: Wanted) -> Kept:
        """Write down one more of the organisation's people, of whom nothing is determined yet."""
        organisation, now = self.credential.organisation, self.registry.books.clock.now()
        if kept(self.connection, organisation, "user", wanted.user) is not None:
            raise Taken("there is somebody of this name already")
        if how_many(self.connection, organisation) >= MOST_PEOPLE:
            raise Refused(f"an organisation has {MOST_PEOPLE} people at most")
        name, subject = secrets.token_hex(8), self._subject(wanted.user)
        made = Kept(name, organisation, wanted.user, subject, None, None, False, now, now, True)  # noqa: FBT003  a row
        before = kept(self.connection, organisation, "user", wanted.user, removed=True)
        if before is not None:  # when they left counts on (rule 2)
            made = made._replace(left_at=before.left_at)
            self.connection.execute(personnel.delete().where(personnel.c.id == before.id))
        self.connection.execute(personnel.insert().values(made._asdict()))
        return made

    def apply(self, row: Kept, wanted: Wanted) -> Person:
        """Have a person be as wanted (rules 1 to 3)."""
        now, standing = self.registry.books.clock.now(), self._carried(row)
        active = row.active if wanted.active is None else wanted.active
        if wanted.active is None and not active and wanted.said is not None:
            raise InvalidInput("active: this person left; set it to determine anew")
        moved = row._replace(external_id=wanted.external_id, active=active)
        if row.active and not active:
            moved = moved._replace(left_at=now)
            self._left(row)
        said = wanted.said if active else None
        if said is None:
            self._strike(standing)
            altered = bool(standing)
        else:
            altered = self._determine(row, standing, said)
        if altered or moved != row:
            moved = moved._replace(changed_at=now)
            here = personnel.c.id == row.id
            self.connection.execute(personnel.update().where(here).values(moved._asdict()))
        return shown(moved, self._carried(row))

    def remove(self, row: Kept) -> None:
        """Have a person leave, and be nobody to the organisation any more."""
        now = self.registry.books.clock.now()
        self._strike(self._carried(row))
        self.connection.execute(determined.delete().where(determined.c.person == row.id))
        left_at = now if row.active else row.left_at
        gone = row._replace(external_id=None, left_at=left_at, removed=True, active=False)
        here = personnel.c.id == row.id
        self.connection.execute(personnel.update().where(here).values(gone._asdict()))
        if row.active:
            self._left(row)

    def record(self) -> None:
        """Record with which credential facts were determined."""
        books = self.registry.books
        for part in batches(self._made, _IN_AN_EVENT):
            payload: dict[str, Plain] = {
                "at": books.clock.now(),
                "organisation": books.alias(self.credential.organisation),
                "credential": self.credential.id,
                "attestations": part,
            }
            events.append(self.connection, "determinations.made", payload)

    def _subject(self, user: str) -> str:
        """Return whom the organisation means by a name, enrolled now if it may do that."""
        organisation = self.credential.organisation
        here = (end_user.c.organisation == organisation, end_user.c.sub == user)
        row = self.connection.execute(end_user.select().where(*here)).first()
        if row is not None:
            subject: str = row.subject
            return subject
        if not self.credential.enrols:
            raise NotTheirs("this is nobody of yours; ask the operator to add them")
        if not fit(user):
            raise InvalidInput(f"a name has up to {MAX_ID} printable characters")
        return self._enrol(organisation, user)

    def _enrol(self, organisation: str, user: str) -> str:
        """Rule 4."""
        made = f"{organisation}/{user}"
        if not fit(made) or read_subjects(self.connection, [made]):
            made = f"{organisation[:_LONGEST_PREFIX]}/{secrets.token_hex(8)}"
        self.registry.subjects.enter(self.connection, [Subject(made, "person")])
        self.registry.end_users.enter(self.connection, [EndUser(organisation, user, made)])
        self._subjects.add(made)
        self._end_users.add((organisation, user))
        return made

    def _determine(self, row: Kept, standing: Sequence[Attestation], said: Said) -> bool:
        """Attest a determination in place of what stands; False: it stands already."""
        now = self.registry.books.clock.now()
        found = read_determination(said, self.credential.organisation, now)
        if same(found, standing):
            return False
        if row.left_at is not None and found.at <= row.left_at:
            raise InvalidInput("determined_at: this person left after that; determine anew")
        if any(found.at <= item.fact.verified_at for item in standing):
            raise InvalidInput("determined_at: what stands is no older than this; determine anew")
        self._strike(standing)
        self._attest(row, found)
        return True

    def _attest(self, row: Kept, found: Determination) -> None:
        signed = []
        for fact in found.facts:
            graded, grade = found.graded(fact, self.credential.assurance)
            signed.append(attest(row.subject, graded, self.pair, grade).json())
        entered = self.registry.facts.enter(self.connection, signed)
        if len(entered) < len(signed):
            raise Refused("some of this is on the books already, from elsewhere")
        links = [
            {"attestation": item.id, "person": row.id, "credential": self.credential.id}
            for item in entered
        ]
        self.connection.execute(determined.insert(), links)
        self._subjects.add(row.subject)
        self._made += [item.id.hex() for item in entered]

    def _carried(self, row: Kept) -> list[Attestation]:
        return carried(self.connection, self.registry.facts, row.id)

    def _strike(self, standing: Iterable[Attestation]) -> None:
        for item in standing:
            self.registry.facts.strike(self.connection, item.id)
            self._subjects.add(item.subject)

    def _left(self, row: Kept) -> None:
        books = self.registry.books
        payload: dict[str, Plain] = {
            "at": books.clock.now(),
            "organisation": books.alias(row.organisation),
            "subject": books.alias(row.subject),
        }
        events.append(self.connection, "personnel.left", payload)
