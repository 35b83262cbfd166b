"""Who could sign tonight: when each person last signed something, or confirmed to be reachable.

1. A sign of life is a signature: under a proposal, a word about one, a hold, a duty that was met,
   a list that is asked for or approved, a drill, an audit, or a confirmation, which says nothing
   else. What somebody is said to have done counts for nothing.
2. A confirmation is one person's own word of when they made it: within the last hour, and later than
   the one before, so that none counts twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from writ.canonical import Plain
from writ.clock import HOUR, Clock, Instant, format_instant
from writ.desk.duties import MET, OCCURRED
from writ.desk.history import HELD, NOTED, SIGNED, SUBMITTED
from writ.desk.lists import APPROVED, REQUESTED
from writ.desk.results import DRILLED
from writ.errors import Refused
from writ.ledger.sampling.report import REPORTED
from writ.signing.dsse import Envelope
from writ.signing.form import Form
from writ.signing.keys import KeyPair
from writ.signing.trust import Person, Trust
from writ.signing.word import sign_word, verify_word
from writ.store.database import Connection, Store
from writ.store.documents import keep
from writ.store.events import append, read_events, read_payload

CONFIRMED = "signer.confirmed"
_BY: Mapping[str, str] = {
    SUBMITTED: "submitter",
    SIGNED: "signer",
    NOTED: "by",
    HELD: "by",
    MET: "by",
    OCCURRED: "by",
    REQUESTED: "by",
    APPROVED: "by",
    DRILLED: "by",
    REPORTED: "by",
}
"""Where an event row names whose signature it keeps."""


class Confirmation(Form, frozen=True):
    """Somebody can be reached at this instant."""

    at: Instant


def sign_confirmation(at: Instant, trust: Trust, pair: KeyPair) -> Envelope:
    """Sign that whoever has this key can be reached."""
    return sign_word(CONFIRMED, trust.digest, {"at": at}, trust, pair)


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """A person, and when they last signed something or confirmed; None: never."""

    person: Person
    signed: Instant | None
    confirmed: Instant | None

    def plain(self) -> dict[str, Plain]:
        """Write it as JSON values; instants in UTC."""
        return {
            "person": self.person.id,
            "may": sorted(self.person.may),
            "signed": None if self.signed is None else format_instant(self.signed),
            "confirmed": None if self.confirmed is None else format_instant(self.confirmed),
        }


class SignersBook:
    """The signs of life in one store."""

    def __init__(self, store: Store, trust: Trust, clock: Clock) -> None:
        self._store = store
        self._trust = trust
        self._clock = clock

    def listed(self) -> tuple[SignOfLife, ...]:
        """Return everybody of the trust document, by name."""
        with self._store.view() as connection:
            signed = dict(_last(connection, tuple(_BY)))
            confirmed = dict(_last(connection, (CONFIRMED,)))
        return tuple(
            SignOfLife(person, signed.get(person.id), confirmed.get(person.id))
            for _, person in sorted(self._trust.people.items())
        )

    def confirm(self, envelope: Envelope) -> str:
        """Take in a confirmation and return whose it is (rule 2)."""
        word = verify_word(envelope, CONFIRMED, Confirmation, self._trust)
        now = self._clock.now()
        if word.digest != self._trust.digest or not now - HOUR <= word.said.at <= now:
            raise Refused("a confirmation is handed in within an hour of being signed")
        with self._store.unit() as connection:
            last = dict(_last(connection, (CONFIRMED,))).get(word.by)
            if last is not None and word.said.at <= last:
                raise Refused(f"`{word.by}` confirmed later than that before")
            payload: dict[str, Plain] = {
                "by": word.by,
                "envelope": keep(connection, envelope.json()),
                "at": word.said.at,
            }
            append(connection, CONFIRMED, payload)
        return word.by


def _last(connection: Connection, kinds: tuple[str, ...]) -> Iterator[tuple[str, Instant]]:
    """Give whose signature each row keeps, and when; the last one of a person comes last."""
    for row in read_events(connection, 0, kinds):
        payload = read_payload(row)
        by = payload[_BY.get(row.kind, "by")]
        for name in by if isinstance(by, list) else [by]:
            yield str(name), cast(Instant, payload["at"])
