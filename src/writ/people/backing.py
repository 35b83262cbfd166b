"""One credential backs one person: which credentials stand behind whom, without knowing them.

1. A credential is known by its nullifier, the HMAC of what names it under the deployment's secret:
   nobody who has the store alone can tell whose passport it is, nor find the same person elsewhere.
2. Whoever shows a credential first is backed by it. Another account that shows it waits until people
   have decided: the same person's second account, or a credential that was lent.
3. One found lent backs nobody any more: whatever rested on it is revoked, and it is never taken again.
4. What must be asked of the issuer later is kept sealed beside the attestation.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from writ.errors import Refused
from writ.people.books import Books
from writ.signing.seal import seal, unseal
from writ.store import events
from writ.store.database import Connection
from writ.store.people_tables import attestation
from writ.store.review_tables import backing, burnt, source

Claimed: TypeAlias = Literal["stands", "asked"]
_PURPOSE = "revocation"


@dataclass(frozen=True, slots=True)
class Source:
    """What an attestation came with: its credential's nullifier, what must be asked later, for which model."""

    attestation: bytes
    nullifier: bytes | None
    revocation: str | None
    model: str | None = None


class Backing:
    """Rules 1 to 4 over one registry's books."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def nullifier(self, credential: bytes) -> bytes:
        """Return the name under which a credential is kept (rule 1)."""
        return hmac.digest(self._books.secret, b"nullifier\0" + credential, hashlib.sha256)

    def claim(self, subject: str, nullifier: bytes) -> Claimed:
        """Have a credential back a subject; `asked`: another is backed by it, so people decide.

        One that was found lent is Refused (rule 3).
        """
        now = self._books.clock.now()
        with self._books.store.unit() as connection:
            if connection.execute(burnt.select().where(burnt.c.nullifier == nullifier)).first():
                raise Refused("this credential was lent to others before, and is not taken again")
            query = backing.select().where(backing.c.nullifier == nullifier)
            states = {row.subject: row.state for row in connection.execute(query)}
            if subject in states:
                found: Claimed = "stands" if states[subject] == "stands" else "asked"
                return found
            state: Claimed = "asked" if states else "stands"
            connection.execute(
                backing.insert().values(nullifier=nullifier, subject=subject, state=state, at=now)
            )
            events.append(
                connection,
                f"credential.{state}",
                {"at": now, "subject": self._books.alias(subject)},
            )
        return state

    def allow(self, connection: Connection, subject: str, nullifier: bytes) -> None:
        """Have a credential back one more account of the same person (rule 2)."""
        here = (backing.c.nullifier == nullifier, backing.c.subject == subject)
        connection.execute(backing.update().where(*here).values(state="stands"))

    def burn(self, connection: Connection, nullifier: bytes) -> list[bytes]:
        """Have a credential back nobody; return the attestations that rest on it (rule 3)."""
        connection.execute(backing.delete().where(backing.c.nullifier == nullifier))
        if not connection.execute(burnt.select().where(burnt.c.nullifier == nullifier)).first():
            connection.execute(burnt.insert().values(nullifier=nullifier))
        events.append(connection, "credential.rented", {"at": self._books.clock.now()})
        return list(self.resting(connection, nullifier))

    def behind(self, connection: Connection, name: bytes) -> bytes | None:
        """Return the nullifier of the credential that an attestation rests on."""
        row = connection.execute(source.select().where(source.c.attestation == name)).first()
        return None if row is None else row.nullifier

    def resting(self, connection: Connection, nullifier: bytes) -> dict[bytes, str]:
        """Return the attestations that stand and rest on a credential, with whom they are about."""
        query = (
            attestation.select()
            .join(source, source.c.attestation == attestation.c.id)
            .where(source.c.nullifier == nullifier, attestation.c.revoked_at.is_(None))
        )
        return {row.id: row.subject for row in connection.execute(query)}

    def attach(self, items: Sequence[Source]) -> None:
        """Keep what attestations on the books came with (rule 4); the others are passed over."""
        with self._books.store.unit() as connection:
            for item in _on_the_books(connection, items):
                sealed = None
                if item.revocation is not None:
                    sealed = seal(self._books.secret, _PURPOSE, item.revocation.encode())
                connection.execute(
                    source.insert().values(
                        attestation=item.attestation,
                        nullifier=item.nullifier,
                        revocation=sealed,
                        model=item.model,
                    )
                )

    def shown_for(self, subject: str, model: str) -> bool:
        """Whether what stands of somebody was shown for a model, so that they were asked of it."""
        query = (
            source.select()
            .join(attestation, source.c.attestation == attestation.c.id)
            .where(
                attestation.c.subject == subject,
                attestation.c.revoked_at.is_(None),
                source.c.model == model,
            )
        )
        with self._books.store.view() as connection:
            return connection.execute(query).first() is not None

    def to_ask(self) -> list[Source]:
        """Return what must be asked of issuers again, of attestations that stand."""
        query = (
            source.select()
            .join(attestation, source.c.attestation == attestation.c.id)
            .where(source.c.revocation.is_not(None), attestation.c.revoked_at.is_(None))
            .order_by(source.c.attestation)
        )
        with self._books.store.view() as connection:
            rows = list(connection.execute(query))
        return [
            Source(
                row.attestation,
                row.nullifier,
                unseal(self._books.secret, _PURPOSE, row.revocation).decode(),
            )
            for row in rows
        ]


def _on_the_books(connection: Connection, items: Sequence[Source]) -> Iterable[Source]:
    names = {item.attestation for item in items}
    found = {
        row.id
        for row in connection.execute(attestation.select().where(attestation.c.id.in_(names)))
    }
    query = source.select().where(source.c.attestation.in_(names))
    found -= {row.attestation for row in connection.execute(query)}
    return [item for item in items if item.attestation in found]
