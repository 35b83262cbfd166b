"""API keys: shown once, kept as a digest, each naming one requester and whom it acts for.

1. A key's text is `wk_<id>_<secret>`; the id is public, the secret has 256 random bits, so its
   plain SHA-256 gives nothing away (docs/decisions/0010-api-keys-at-rest.md).
2. The organisation is the requester's only `acts_for`; with several it must be named.
3. A revoked key stays on the books, so that its id is never given to another.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from writ.canonical import Plain
from writ.clock import Instant
from writ.errors import InvalidInput, Refused
from writ.model.subject import Subject
from writ.people.books import Books, Change
from writ.people.subjects import batches, find_subject, read_subjects
from writ.store import events
from writ.store.database import Connection
from writ.store.people_tables import api_key

_ID_BYTES = 6
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret; `digest` is the SHA-256 of its text."""

    id: str
    digest: bytes
    requester: str
    organisation: str | None
    refuses_substitutes: bool
    created_at: Instant
    revoked_at: Instant | None

    @property
    def speaks(self) -> bool:
        """Whether its holder speaks for the organisation too: whoever has its key does."""
        return True


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to be made; no organisation means the requester's only one."""

    requester: str
    organisation: str | None = None
    refuses_substitutes: bool = False


class Keys:
    """Makes, lists and revokes API keys."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def create(self, wanted: Sequence[Wanted]) -> list[tuple[ApiKey, str]]:
        """Make keys, all or none, and return each with its text: the only time it is seen."""
        now = self._books.clock.now()
        with self._books.store.unit() as connection:
            known = read_subjects(connection, {item.requester for item in wanted})
            made = [_mint(item, known.get(item.requester), now) for item in wanted]
            if made:
                connection.execute(api_key.insert(), [_columns(key) for key, _ in made])
            for part in batches([self._event_row(key) for key, _ in made]):
                events.append(connection, "keys.created", {"at": now, "keys": part})
        self._books.announce(Change(keys=frozenset(key.id for key, _ in made)))
        return made

    def revoke(self, name: str) -> ApiKey:
        """Revoke a key at once; an unknown id is InvalidInput, a second time changes nothing."""
        now = self._books.clock.now()
        with self._books.store.unit() as connection:
            here = api_key.c.id == name
            if connection.execute(api_key.select().where(here)).first() is None:
                raise InvalidInput(f"no key `{name}`; `writ key list` shows them")
            changed = connection.execute(
                api_key.update().where(here, api_key.c.revoked_at.is_(None)).values(revoked_at=now)
            ).rowcount
            if changed:
                events.append(connection, "key.revoked", {"at": now, "id": name})
            [key] = read_keys(connection, [name])
        if changed:
            self._books.announce(Change(keys=frozenset({name})))
        return key

    def all(self) -> tuple[ApiKey, ...]:
        """Return every key, revoked ones too, by id."""
        with self._books.store.view() as connection:
            return read_keys(connection)

    def by_digest(self, digest: bytes) -> ApiKey:
        """Return the live key whose text has this digest; none is Refused."""
        with self._books.store.view() as connection:
            row = connection.execute(api_key.select().where(api_key.c.digest == digest)).first()
            if row is None or row.revoked_at is not None:
                raise Refused("this API key is not valid")
            [key] = read_keys(connection, [row.id])
        return key

    def of(self, requester: str) -> tuple[ApiKey, ...]:
        """Return one requester's keys; one that is not on the books is InvalidInput."""
        with self._books.store.view() as connection:
            find_subject(connection, requester)
            return tuple(key for key in read_keys(connection) if key.requester == requester)

    def _event_row(self, key: ApiKey) -> Plain:
        alias = self._books.alias
        return {
            "id": key.id,
            "digest": key.digest.hex(),
            "requester": alias(key.requester),
            "organisation": None if key.organisation is None else alias(key.organisation),
            "refuses_substitutes": key.refuses_substitutes,
        }


def read_keys(connection: Connection, names: Iterable[str] | None = None) -> tuple[ApiKey, ...]:
    """Read the keys of these ids (None: all), revoked ones too, by id."""
    query = api_key.select().order_by(api_key.c.id)
    if names is not None:
        query = query.where(api_key.c.id.in_(sorted(set(names))))
    return tuple(
        ApiKey(
            row.id,
            row.digest,
            row.requester,
            row.organisation,
            row.refuses_substitutes,
            row.created_at,
            row.revoked_at,
        )
        for row in connection.execute(query)
    )


def acts_for(connection: Connection, name: str) -> str:
    """Return the organisation that a live key acts for; a key of its own acts for itself."""
    found = [key for key in read_keys(connection, [name]) if key.revoked_at is None]
    if not found:
        raise Refused("this API key is not valid")
    [key] = found
    if key.organisation is not None:
        return key.organisation
    if find_subject(connection, key.requester).kind != "organisation":
        raise Refused("this API key acts for nobody")
    return key.requester


def live_requesters(connection: Connection) -> frozenset[str]:
    """Return who has a key that is not revoked."""
    return frozenset(key.requester for key in read_keys(connection) if key.revoked_at is None)


def digest_of(text: str) -> bytes:
    """Return what is kept of a key's text."""
    return hashlib.sha256(text.encode()).digest()


def _mint(wanted: Wanted, requester: Subject | None, now: Instant) -> tuple[ApiKey, str]:
    if requester is None:
        raise InvalidInput(f"unknown subject `{wanted.requester}`; add it with `writ subject add`")
    organisation = _organisation(wanted, requester)
    name = secrets.token_hex(_ID_BYTES)
    text = f"wk_{name}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    key = ApiKey(
        name, digest_of(text), requester.id, organisation, wanted.refuses_substitutes, now, None
    )
    return key, text


def _organisation(wanted: Wanted, requester: Subject) -> str | None:
    """Return the organisation a key acts for (rule 2)."""
    choices = requester.acts_for
    if wanted.organisation is None:
        if len(choices) > 1:
            raise InvalidInput(
                f"`{requester.id}` acts for {', '.join(choices)}; say for which this key is"
            )
        return choices[0] if choices else None
    if wanted.organisation not in choices:
        raise InvalidInput(f"`{requester.id}` does not act for `{wanted.organisation}`")
    return wanted.organisation


def _columns(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "digest": key.digest,
        "requester": key.requester,
        "organisation": key.organisation,
        "refuses_substitutes": key.refuses_substitutes,
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
    }
