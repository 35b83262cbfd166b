"""An organisation's standing word for all of its users: they satisfy these definitions, until then.

1. It is a statement that one of the keys signs with which the organisation asserts its end users
   (DSSE): whose users, which definitions, when that was found out, until when; 366 days at most.
2. It becomes a fact of the organisation (`users_certified`), attested by the method `employer`, and
   counts for as much as that key is registered for. A key that names people only certifies nothing.
3. A later statement takes the place of what stands, whole; one that names no definition takes it
   away. The same again changes nothing; one that is earlier than any that was taken in is refused,
   also where nothing stands any more: what a company took back does not come back.
4. It serves where an order's rule has `standing: certified_organisation` and asks for that very
   definition; everywhere else the people have to be named.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from writ.canonical import Plain, encode
from writ.clock import DAY, MINUTE, Instant, format_instant, parse_instant
from writ.errors import InvalidInput, Refused
from writ.law.subjects import ASSURANCES, read_fact
from writ.model.subject import Fact
from writ.people.asserted import CERTIFIED
from writ.people.books import Change
from writ.people.issuers import Issuer, read_issuers
from writ.people.methods import Grade
from writ.people.registry import Registry
from writ.people.statement import EMPLOYER, Attestation, attest
from writ.signing.dsse import Envelope, sign, verify
from writ.signing.form import Form, as_form, read_form
from writ.signing.keys import KeyPair
from writ.store import events
from writ.store.database import Connection
from writ.store.people_tables import attestation

PAYLOAD_TYPE = "application/vnd.writ.user-base.v1+json"
LONGEST = 366 * DAY
AHEAD = 5 * MINUTE
MOST_NAMES = 16
"""Definitions in one statement."""
SCHEME = "user_base"
CERTIFICATION = "user_base.certified"


class _Statement(Form, frozen=True):
    organisation: str
    eligible: list[str]
    issued: str
    until: str


class _Event(Form, frozen=True):
    at: Instant
    organisation: str
    kid: str
    attestations: list[str]
    issued: Instant = 0


@dataclass(frozen=True, slots=True)
class Word:
    """What a statement says."""

    organisation: str
    eligible: tuple[str, ...]
    issued: Instant
    until: Instant


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a statement; not `changed`: it stood already."""

    word: Word
    assurance: int
    changed: bool


def sign_user_base(word: Word, pair: KeyPair) -> Envelope:
    """Sign for all users (rule 1)."""
    said: dict[str, Plain] = {
        "organisation": word.organisation,
        "eligible": list(word.eligible),
        "issued": format_instant(word.issued),
        "until": format_instant(word.until),
    }
    _check(word, word.issued)
    return sign(encode(said), PAYLOAD_TYPE, [pair])


class UserBases:
    """Rules 2 and 3; `pair` is the key of the method `employer`."""

    def __init__(self, registry: Registry, pair: KeyPair) -> None:
        self._registry = registry
        self._books = registry.books
        self._pair = pair

    def take_in(self, envelope: Envelope) -> Taken:
        """Take a statement in, proved by a key of the organisation's."""
        word, now = _read(envelope), self._books.clock.now()
        _check(word, now)
        with self._books.store.unit() as connection:
            by = _signer(connection, envelope, word.organisation)
            fact = _fact(word, by.assurance)
            standing = self._standing(connection, word.organisation)
            last = self._last(connection, word.organisation)
            gone = not word.eligible and not standing and word.issued == last
            if gone or any(_same(item.fact, fact) for item in standing):
                return Taken(word, by.assurance, changed=False)
            if word.issued <= last:
                raise InvalidInput("what was taken in last is no older than this; sign anew")
            for item in standing:
                self._registry.facts.strike(connection, item.id)
            made = self._attest(connection, word.organisation, fact) if word.eligible else ()
            payload: dict[str, Plain] = {
                "at": now,
                "organisation": self._books.alias(word.organisation),
                "issued": word.issued,
                "kid": by.kid,
                "attestations": [item.id.hex() for item in made],
            }
            events.append(connection, CERTIFICATION, payload)
        self._books.announce(Change(subjects=frozenset({word.organisation})))
        return Taken(word, by.assurance, changed=True)

    def _attest(
        self, connection: Connection, organisation: str, fact: Fact
    ) -> tuple[Attestation, ...]:
        grade = Grade(*(fact.assurance,) * 4, EMPLOYER, SCHEME)
        signed = attest(organisation, fact, self._pair, grade.plain()).json()
        return self._registry.facts.enter(connection, [signed])

    def _last(self, connection: Connection, organisation: str) -> Instant:
        """Return when the latest statement was signed that was ever taken in (0: none was)."""
        rows = events.read_events(connection, 0, (CERTIFICATION,))
        taken = (as_form(events.read_payload(row), _Event, "the event") for row in rows)
        alias = self._books.alias(organisation)
        return max((item.issued for item in taken if item.organisation == alias), default=0)

    def _standing(self, connection: Connection, organisation: str) -> Sequence[Attestation]:
        """Return what stands of what the organisation certified itself."""
        here = (attestation.c.subject == organisation, attestation.c.revoked_at.is_(None))
        rows = connection.execute(attestation.select().where(*here))
        proved = [self._registry.facts.proved(row.envelope) for row in rows]
        return [
            item for item in proved if (item.method, item.fact.attribute) == (EMPLOYER, CERTIFIED)
        ]


def _read(envelope: Envelope) -> Word:
    said = read_form(envelope.payload, _Statement, "the statement")
    return Word(
        said.organisation,
        tuple(said.eligible),
        parse_instant(said.issued),
        parse_instant(said.until),
    )


def _check(word: Word, now: Instant) -> None:
    """Rule 1."""
    if len(set(word.eligible)) < len(word.eligible) or len(word.eligible) > MOST_NAMES:
        raise InvalidInput(f"name {MOST_NAMES} definitions at most, each once")
    if word.issued > now + AHEAD:
        raise InvalidInput("this is signed for an instant that has not come yet")
    if not word.issued < word.until <= word.issued + LONGEST:
        raise InvalidInput("it ends within 366 days after it was signed")
    if word.until <= now:
        raise InvalidInput("it has ended already; sign anew")
    _fact(word, 0)


def _signer(connection: Connection, envelope: Envelope, organisation: str) -> Issuer:
    """Return the key that signed: one of the organisation's, believed for something."""
    keys = {item.public: item for item in read_issuers(connection, organisation) if item.live}
    proved = verify(envelope, keys, PAYLOAD_TYPE)
    if len(proved.keys) != 1:
        raise Refused("one key of the organisation signs for its users")
    by = keys[proved.keys[0]]
    if by.assurance == 0:
        raise Refused("this key names people, and is believed for no more; see `writ issuer add`")
    return by


def _fact(word: Word, assurance: int) -> Fact:
    """Have the vocabulary read it: only definitions that there are can be certified."""
    return read_fact(
        {
            "attribute": CERTIFIED,
            "value": list(word.eligible),
            "completeness": "at_least",
            "assurance": ASSURANCES[assurance],
            "method": EMPLOYER,
            "issuer": word.organisation,
            "verified_at": format_instant(word.issued),
            "expires_at": format_instant(word.until),
        }
    )


def _same(there: Fact, said: Fact) -> bool:
    return (there.values, there.verified_at, there.expires_at) == (
        said.values,
        said.verified_at,
        said.expires_at,
    )
