"""One of an employer's people: as they stand, as they are wanted, and what can be refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from writ.canonical import Plain, digest
from writ.clock import Instant, format_instant
from writ.errors import Refused
from writ.people.attestations import Attestations
from writ.people.employers.determination import Said, write_determination
from writ.people.statement import Attestation
from writ.store.database import Connection
from writ.store.employer_tables import determined, personnel
from writ.store.people_tables import attestation

Named: TypeAlias = Literal["id", "user", "external_id"]
"""By what an employer asks for somebody."""


class Unknown(Refused):
    """The organisation has nobody of this id."""


class NotTheirs(Refused):
    """The organisation has nobody of this name."""


class Taken(Refused):
    """There is somebody of this name already."""


class Changed(Refused):
    """They are no longer as the caller saw them."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person as their employer sees them; `determination` is what stands, in its words."""

    id: str
    user: str
    external_id: str | None
    active: bool
    created_at: Instant
    changed_at: Instant
    determination: dict[str, Plain] | None

    def plain(self) -> dict[str, Plain]:
        """Write it as JSON; `version` is the same as long as nothing of it changes."""
        said: dict[str, Plain] = {
            "id": self.id,
            "user": self.user,
            "external_id": self.external_id,
            "active": self.active,
            "created_at": format_instant(self.created_at),
            "changed_at": format_instant(self.changed_at),
            "determination": self.determination,
        }
        return {**said, "version": digest(said).removeprefix("sha256:")[:16]}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person is to be; `active` None: as they are; `said` None: nothing is determined.

    `expected` is the version that the caller saw (empty: never mind).
    """

    user: str
    external_id: str | None = None
    active: bool | None = True
    said: Said | None = None
    expected: str = ""


class Kept(NamedTuple):
    """A row of the books; `left_at` is when they last left, also once they are `active` again.

    `removed`: they are shown no more.
    """

    id: str
    organisation: str
    user: str
    subject: str
    external_id: str | None
    left_at: Instant | None
    removed: bool
    created_at: Instant
    changed_at: Instant
    active: bool


def kept(
    connection: Connection, organisation: str, by: Named, value: str, *, removed: bool = False
) -> Kept | None:
    """Read one of an organisation's people, or one it removed; nobody else's are found."""
    here = (
        personnel.c.organisation == organisation,
        personnel.c[by] == value,
        personnel.c.removed.is_(removed),
    )
    query = personnel.select().where(*here).order_by(personnel.c.created_at, personnel.c.id)
    row = connection.execute(query).first()
    return None if row is None else Kept(*row)


def carried(connection: Connection, facts: Attestations, person: str) -> list[Attestation]:
    """Return what stands of what was determined about a person, proved."""
    query = (
        attestation.select()
        .join(determined, determined.c.attestation == attestation.c.id)
        .where(determined.c.person == person, attestation.c.revoked_at.is_(None))
        .order_by(attestation.c.recorded_at, attestation.c.id)
    )
    return [facts.proved(row.envelope) for row in connection.execute(query)]


def shown(row: Kept, standing: Sequence[Attestation]) -> Person:
    """Return a person as their employer sees them."""
    return Person(
        row.id,
        row.user,
        row.external_id,
        row.active,
        row.created_at,
        row.changed_at,
        write_determination(standing),
    )
