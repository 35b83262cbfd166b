"""Forgetting a subject: what is known of it goes, what was decided stays provable as a whole.

1. First it is taken back: keys and attestations are revoked, so that no gateway goes on by them.
2. Then everything that names it is deleted: subject, keys, end users, attestations with what they
   came with, reviews with their reasons; and the salt of every event row and receipt that names its
   pseudonym is destroyed. Trees, checkpoints and proofs of everything else stay as they were; an
   entry without its salt says nothing to anybody (`writ.ledger.log`).
3. What stays are pseudonyms that nobody can trace without both the deployment's secret and the id,
   and which credentials were found lent, by nullifier.
4. What an employer determined of others is taken back when it is forgotten. Of whatever was revoked
   and names the forgotten, of others too, what it said is erased; its digests stay, so that it is
   never taken in again. Whom an employer enrolled has an id that begins with its name, until they are
   forgotten themselves.
5. An organisation that others act for is not forgotten before they are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from writ.canonical import Plain
from writ.errors import Refused
from writ.people.keys import read_keys
from writ.people.registry import Registry
from writ.people.subjects import find_subject
from writ.point.seam import end_user_name
from writ.signing.dsse import read_envelope
from writ.signing.jose import read_json
from writ.store.database import Connection
from writ.store.employer_tables import determined, employer_credential, personnel
from writ.store.events import append, destroy_salts
from writ.store.people_tables import acts_for, api_key, attestation, end_user, issuer, subject
from writ.store.receipts import destroy_receipt_salts
from writ.store.review_tables import backing, opinion, review, source
from writ.store.signal_tables import telling

FORGOTTEN = "subject.forgotten"
_ERASED = b""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased: attestations, keys, reviews, and the salts of events and receipts."""

    attestations: int
    keys: int
    reviews: int
    events: int
    receipts: int


class Forgetting:
    """Rules 1 to 5 over one registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def take_back(self, name: str) -> None:
        """Revoke a subject's keys and attestations (rule 1); one not on the books is InvalidInput."""
        registry = self._registry
        with registry.books.store.view() as connection:
            find_subject(connection, name)
            held = connection.execute(acts_for.select().where(acts_for.c.organisation == name))
            others = [row.subject for row in held]
            standing = [id_ for id_, stands in _attestations(connection, name).items() if stands]
            standing += _determined_by(connection, name)
        if others:
            raise Refused(
                f"`{name}` is acted for by {', '.join(sorted(others))}; forget those first"
            )
        for key in registry.keys.of(name):
            registry.keys.revoke(key.id)
        for attested in standing:
            registry.facts.revoke(attested)

    def erase(self, name: str) -> Forgotten:
        """Delete what names a subject, and destroy salts (rule 2); logs were signed before."""
        books = self._registry.books
        alias = books.alias(name)
        with books.store.unit() as connection:
            find_subject(connection, name)
            keys = [key.id for key in read_keys(connection) if key.requester == name]
            facts = list(_attestations(connection, name))
            mine = connection.execute(review.select().where(review.c.subject == name))
            reviews = [row.id for row in mine]
            pseudonyms = [alias, *_end_user_names(self._registry, connection, name)]
            words = [alias, *keys, *reviews, *(item.hex() for item in facts)]
            _delete(connection, name, facts, reviews)
            _blank(connection, name)
            events = destroy_salts(connection, words)
            receipts = destroy_receipt_salts(connection, pseudonyms)
            payload: dict[str, Plain] = {"at": books.clock.now(), "subject": alias}
            append(connection, FORGOTTEN, payload)
        books.store.scrub()
        return Forgotten(len(facts), len(keys), len(reviews), events, receipts)


def _attestations(connection: Connection, name: str) -> dict[bytes, bool]:
    """Return the attestations of a subject, and whether each stands."""
    query = attestation.select().where(attestation.c.subject == name)
    return {row.id: row.revoked_at is None for row in connection.execute(query)}


def _determined_by(connection: Connection, name: str) -> list[bytes]:
    """Return what an employer determined of its people."""
    query = determined.select().join(personnel, personnel.c.id == determined.c.person)
    return [
        row.attestation for row in connection.execute(query.where(personnel.c.organisation == name))
    ]


def _end_user_names(registry: Registry, connection: Connection, name: str) -> Iterator[str]:
    """Yield the pseudonyms under which organisations named the subject as their end user."""
    for row in connection.execute(end_user.select().where(end_user.c.subject == name)):
        organisation = bytes.fromhex(registry.books.alias(row.organisation))
        yield end_user_name(organisation, row.sub).hex()


def _blank(connection: Connection, name: str) -> None:
    """Erase what revoked attestations of others say, where they name somebody (rule 4)."""
    revoked = attestation.select().where(attestation.c.revoked_at.is_not(None))
    for row in list(connection.execute(revoked.where(attestation.c.envelope != _ERASED))):
        if name in _texts(read_json(read_envelope(row.envelope).payload, "the statement")):
            here = attestation.c.id == row.id
            connection.execute(attestation.update().where(here).values(envelope=_ERASED))


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a JSON value."""
    match value:
        case str():
            yield value
        case Mapping():
            for item in value.values():
                yield from _texts(item)
        case list():
            for item in value:
                yield from _texts(item)
        case _:
            pass


def _delete(connection: Connection, name: str, facts: list[bytes], reviews: list[str]) -> None:
    """Delete every row that names a subject, those that refer to others first."""
    for table, column, values in (
        (source, source.c.attestation, facts),
        (determined, determined.c.attestation, [*facts, *_determined_by(connection, name)]),
        (attestation, attestation.c.id, facts),
        (opinion, opinion.c.review, reviews),
        (review, review.c.id, reviews),
    ):
        for value in values:
            connection.execute(table.delete().where(column == value))
    for column in (
        backing.c.subject,
        personnel.c.subject,
        personnel.c.organisation,
        employer_credential.c.organisation,
        api_key.c.requester,
        end_user.c.subject,
        end_user.c.organisation,
        issuer.c.organisation,
        acts_for.c.subject,
        telling.c.subject,
        subject.c.id,
    ):
        connection.execute(column.table.delete().where(column == name))
