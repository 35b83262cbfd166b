"""The keys with which organisations assert their end users.

1. A key is an Ed25519 public key under a key id (RFC 7515 `kid`) of the organisation's choosing.
2. A key id is used once: after revocation it cannot come back with another key.
3. A key has one purpose: one with which an employer signs determinations asserts nobody.
4. It is registered with how far what it says of end users is believed; never farther than the trust
   document believes what employers say. Registered with nothing it is believed for nothing (A0):
   then it says who the end user is, and no more.
"""

from dataclasses import dataclass, replace
from typing import Any

from writ.canonical import Plain, digest_bytes
from writ.clock import Instant
from writ.errors import InvalidInput, Refused
from writ.law.subjects import ASSURANCES
from writ.people.books import Books, Change
from writ.people.statement import EMPLOYER
from writ.people.subjects import MAX_ID, find_subject, fit
from writ.signing.keys import check_public
from writ.signing.trust import Trust
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
    assurance: int = 0

    @property
    def live(self) -> bool:
        """Whether it was not revoked."""
        return self.revoked_at is None


class Issuers:
    """Adds, lists and revokes end-user assertion keys."""

    def __init__(self, books: Books, trust: Trust) -> None:
        self._books = books
        self._trust = trust

    def add(self, organisation: str, kid: str, public: bytes, assurance: int = 0) -> Issuer:
        """Register a public key; the same again changes nothing, another under this id is Refused."""
        self._check_assurance(assurance)
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
                if (there.public, there.assurance) == (public, assurance) and there.live:
                    return there
                raise Refused(f"key id `{kid}` of `{organisation}` was used before; take another")
            if determines(connection, public):
                raise Refused("this key signs determinations; make another for end users")
            made = Issuer(organisation, kid, public, now, None, assurance)
            connection.execute(
                issuer.insert().values(
                    organisation=organisation,
                    kid=kid,
                    public=public,
                    added_at=now,
                    assurance=assurance,
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
        return replace(there, revoked_at=now)

    def all(self) -> tuple[Issuer, ...]:
        """Return every key, revoked ones too, by organisation and key id."""
        with self._books.store.view() as connection:
            return read_issuers(connection)

    def _check_assurance(self, assurance: int) -> None:
        """Rule 4."""
        cap = employers_cap(self._trust)
        if assurance > cap:
            raise Refused(
                f"the trust document believes what employers say up to {ASSURANCES[cap]}, "
                f"not {ASSURANCES[assurance]}"
            )

    def _record(self, connection: Connection, kind: str, made: Issuer) -> None:
        payload: dict[str, Plain] = {
            "at": self._books.clock.now(),
            "organisation": self._books.alias(made.organisation),
            "kid": made.kid,
            "public": digest_bytes(made.public),
            "assurance": made.assurance,
        }
        events.append(connection, kind, payload)


def employers_cap(trust: Trust) -> int:
    """Return how far a trust document believes what organisations say of their people."""
    method = trust.methods.get(EMPLOYER)
    return 0 if method is None else method.cap


def read_issuers(connection: Connection, organisation: str | None = None) -> tuple[Issuer, ...]:
    """Read every key (None: of all organisations), revoked ones too, by organisation and key id."""
    query = issuer.select().order_by(issuer.c.organisation, issuer.c.kid)
    if organisation is not None:
        query = query.where(issuer.c.organisation == organisation)
    return tuple(map(_issuer, connection.execute(query)))


def _find(connection: Connection, organisation: str, kid: str) -> Issuer | None:
    found = read_issuers(connection, organisation)
    return next((item for item in found if item.kid == kid), None)


def _issuer(row: Any) -> Issuer:
    return Issuer(
        row.organisation, row.kid, row.public, row.added_at, row.revoked_at, row.assurance
    )
