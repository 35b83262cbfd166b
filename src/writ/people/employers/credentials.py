"""How employers show who they are: a token for SCIM, a key that signs files.

1. A credential is registered for one organisation, with how far its determinations are believed;
   never farther than the trust document believes the method `employer`.
2. A token's text is `we_<id>_<secret>`: shown once, kept as its SHA-256, compared in constant time.
   One that is unknown, revoked or another's is refused in the same words.
3. A key has one purpose. One that asserts end users, or stands in the trust document, determines
   nothing, and the other way round.
4. One that `enrols` may add people of its own, whom nobody else names; the others speak only of
   those whom the operator has put on the books.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Literal, TypeAlias

from writ.canonical import Plain
from writ.clock import Instant
from writ.errors import InvalidInput, Refused
from writ.law.subjects import ASSURANCES
from writ.people.books import Books
from writ.people.employers.determination import METHOD
from writ.people.subjects import find_subject
from writ.signing.keys import check_public
from writ.signing.trust import Trust
from writ.store import events
from writ.store.database import Connection
from writ.store.employer_tables import determines, employer_credential
from writ.store.people_tables import issuer

Kind: TypeAlias = Literal["token", "key"]
_ID_BYTES = 6
_SECRET_BYTES = 32
_NO_SUCH = hashlib.sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class Credential:
    """What an organisation shows; `shown` is a token's SHA-256 or a raw public key."""

    id: str
    organisation: str
    kind: Kind
    shown: bytes
    assurance: int
    enrols: bool
    added_at: Instant
    revoked_at: Instant | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A credential to be registered: a key where there is a `public`, else a token."""

    organisation: str
    assurance: int
    enrols: bool = False
    public: bytes | None = None


class Credentials:
    """Registers, proves and revokes what employers show."""

    def __init__(self, books: Books, trust: Trust) -> None:
        self._books = books
        self._trust = trust

    def add(self, wanted: Wanted) -> tuple[Credential, str | None]:
        """Register a credential; return it, and a token's text: the only time it is seen."""
        self._check_assurance(wanted.assurance)
        now, name, text = self._books.clock.now(), secrets.token_hex(_ID_BYTES), None
        kind: Kind = "key"
        shown = wanted.public
        if shown is None:
            kind, text = "token", f"we_{name}_{secrets.token_urlsafe(_SECRET_BYTES)}"
            shown = hashlib.sha256(text.encode()).digest()
        with self._books.store.unit() as connection:
            if find_subject(connection, wanted.organisation).kind != "organisation":
                raise InvalidInput(f"`{wanted.organisation}` is no organisation")
            if kind == "key":
                self._check_key(connection, shown)
            made = Credential(
                name, wanted.organisation, kind, shown, wanted.assurance, wanted.enrols, now, None
            )
            connection.execute(employer_credential.insert().values(_columns(made)))
            payload: dict[str, Plain] = {
                "at": now,
                "organisation": self._books.alias(made.organisation),
                "credential": name,
                "kind": kind,
                "shown": shown.hex(),
                "assurance": made.assurance,
                "enrols": made.enrols,
            }
            events.append(connection, "employer.registered", payload)
        return made, text

    def revoke(self, name: str) -> Credential:
        """Revoke a credential at once; what was determined by it stands until it is taken back."""
        now = self._books.clock.now()
        here = employer_credential.c.id == name
        with self._books.store.unit() as connection:
            row = connection.execute(employer_credential.select().where(here)).first()
            if row is None:
                raise InvalidInput(f"no credential `{name}`; `writ employer list` shows them")
            if row.revoked_at is None:
                connection.execute(employer_credential.update().where(here).values(revoked_at=now))
                events.append(connection, "employer.revoked", {"at": now, "credential": name})
        return self._find(name)

    def all(self) -> tuple[Credential, ...]:
        """Return every credential, revoked ones too, by organisation and age."""
        query = employer_credential.select().order_by(
            employer_credential.c.organisation,
            employer_credential.c.added_at,
            employer_credential.c.id,
        )
        with self._books.store.view() as connection:
            return tuple(Credential(*row) for row in connection.execute(query))

    def by_token(self, name: str, digest: str) -> Credential:
        """Return the live credential with this id whose token has this SHA-256 (rule 2)."""
        here = employer_credential.c.id == name
        with self._books.store.view() as connection:
            row = connection.execute(employer_credential.select().where(here)).first()
        kept = _NO_SUCH if row is None else row.shown
        right = hmac.compare_digest(kept.hex().encode(), digest.encode())
        if row is None or not right or row.kind != "token" or row.revoked_at is not None:
            raise Refused("this token is not valid")
        return Credential(*row)

    def keys(self, organisation: str) -> tuple[Credential, ...]:
        """Return the live keys with which an organisation signs files."""
        return tuple(
            item
            for item in self.all()
            if (item.organisation, item.kind, item.revoked_at) == (organisation, "key", None)
        )

    def _find(self, name: str) -> Credential:
        return next(item for item in self.all() if item.id == name)

    def _check_assurance(self, assurance: int) -> None:
        """Rule 1."""
        method = self._trust.methods.get(METHOD)
        if method is None:
            raise Refused(f"the trust document has no method `{METHOD}`; see docs/employers.md")
        if not 0 <= assurance <= method.cap:
            raise Refused(
                f"the trust document believes `{METHOD}` up to {ASSURANCES[method.cap]}, "
                f"not {ASSURANCES[assurance]}"
            )

    def _check_key(self, connection: Connection, public: bytes) -> None:
        """Rule 3."""
        check_public(public)
        people = {key for person in self._trust.people.values() for key in person.keys}
        methods = {method.public for method in self._trust.methods.values()}
        if public in people | methods | {self._trust.online, *self._trust.recovery}:
            raise Refused("this key stands in the trust document; make one for determinations")
        if connection.execute(issuer.select().where(issuer.c.public == public)).first():
            raise Refused("this key asserts end users; make another for determinations")
        if determines(connection, public):
            raise Refused("this key was registered before; make another")


def _columns(made: Credential) -> dict[str, object]:
    return {
        "id": made.id,
        "organisation": made.organisation,
        "kind": made.kind,
        "shown": made.shown,
        "assurance": made.assurance,
        "enrols": made.enrols,
        "added_at": made.added_at,
        "revoked_at": made.revoked_at,
    }
