"""The keys with which organisations assert their end users.

1. A key is an Ed25519 public key under a key id (RFC 7515 `kid`) of the organisation's choosing.
2. A key id is used once: after revocation it cannot come back with another key.
3. A key has one purpose: one with which an employer signs determinations asserts nobody.
"""

from dataclasses import dataclass

from writ.canonical import Plain, digest_bytes
from writ.clock import Instant
from writ.errors import InvalidInput, Refused
from writ.people.books import Books, Change
from writ.people.subjects import MAX_ID, find_subject, fit
from writ.signing.keys import check_public
from writ.store import events
from writ.store.database import Connection
from writ.store.employer_tables import determines
from writ.store.people_tables import issuer


@dataclass(frozen=True, slots=True)
class Issuer:
    """One public key (raw, 32 bytes) of one organisation."""

    organisation: str
    kid: str
    public: bytes
    added_at: Instant
    revoked_at: Instant | None


class Issuers:
    """Adds, lists and revokes end-user assertion keys."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def add(self, organisation: str, kid: str, public: bytes) -> Issuer:
        """Register a public key; the same again changes nothing, another under this id is Refused."""
        if not fit(kid):
            raise InvalidInput(
                f"`{kid}` cannot be a key id; use up to {MAX_ID} printable characters"
            )
        check_public(public)
        now = self._books.clock.now()
        with self._books.store.unit() as connection:
            if find_subject(connection, organisation).kind != "organisation":
                raise InvalidInput(
                    f"`{organisation}` is no organisation; only those have end users"
                )
            there = _find(connection, organisation, kid)
            if there is not None:
                if there.public == public and there.revoked_at is None:
                    return there
                raise Refused(f"key id `{kid}` of `{organisation}` was used before; take another")
            if determines(connection, public):
                raise Refused("this key signs determinations; make another for end users")
            made = Issuer(organisation, kid, public, now, None)
            connection.execute(
                issuer.insert().values(
                    organisation=organisation, kid=kid, public=public, added_at=now
                )
            )
            self._record(connection, "issuer.added", made)
        self._books.announce(Change(issuers=frozenset({(organisation, kid)})))
        return made

    def revoke(self, organisation: str, kid: str) -> Issuer:
        """Revoke a key at once; an unknown one is InvalidInput, a second time changes nothing."""
        now = self._books.clock.now()
        with self._books.store.unit() as connection:
            there = _find(connection, organisation, kid)
            if there is None:
                raise InvalidInput(f"`{organisation}` has no key `{kid}`")
            if there.revoked_at is not None:
                return there
            here = (issuer.c.organisation == organisation, issuer.c.kid == kid)
            connection.execute(issuer.update().where(*here).values(revoked_at=now))
            self._record(connection, "issuer.revoked", there)
        self._books.announce(Change(issuers=frozenset({(organisation, kid)})))
        return Issuer(organisation, kid, there.public, there.added_at, now)

    def all(self) -> tuple[Issuer, ...]:
        """Return every key, revoked ones too, by organisation and key id."""
        with self._books.store.view() as connection:
            return read_issuers(connection)

    def _record(self, connection: Connection, kind: str, made: Issuer) -> None:
        payload: dict[str, Plain] = {
            "at": self._books.clock.now(),
            "organisation": self._books.alias(made.organisation),
            "kid": made.kid,
            "public": digest_bytes(made.public),
        }
        events.append(connection, kind, payload)


def read_issuers(connection: Connection) -> tuple[Issuer, ...]:
    """Read every key, revoked ones too, by organisation and key id."""
    query = issuer.select().order_by(issuer.c.organisation, issuer.c.kid)
    return tuple(
        Issuer(row.organisation, row.kid, row.public, row.added_at, row.revoked_at)
        for row in connection.execute(query)
    )


def _find(connection: Connection, organisation: str, kid: str) -> Issuer | None:
    here = (issuer.c.organisation == organisation, issuer.c.kid == kid)
    row = connection.execute(issuer.select().where(*here)).first()
    if row is None:
        return None
    return Issuer(organisation, kid, row.public, row.added_at, row.revoked_at)
