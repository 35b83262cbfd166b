"""The duties of the orders in force: what was done about them, and what may not be erased.

1. That a duty was met, or that an event occurred which starts a clock, is one person's own signed
   word and one event row: the digests of the evidence, never what it says.
2. Something is met once, and only what is owed. An event is recorded once for each instant, not
   before it occurs, and only where a duty waits for it.
3. Whoever erases records asks first (`check_erasure`): a duty to preserve suspends it.
"""

from dataclasses import dataclass

from writ.canonical import Plain, digest
from writ.clock import Clock, Instant, format_instant
from writ.desk.force import Force
from writ.errors import Refused
from writ.law.asked import questions_plain
from writ.law.due import Occurrence, Owed, owed, suspended
from writ.law.duties import kept_plain, owed_plain
from writ.model.duty import Record
from writ.model.order import Lawbook
from writ.signing.dsse import Envelope, read_envelope
from writ.signing.form import Form
from writ.signing.keys import KeyPair
from writ.signing.trust import Trust
from writ.signing.word import Word, sign_word, verify_word
from writ.store.database import Connection, Store
from writ.store.documents import fetch, keep
from writ.store.events import append, read_events, read_payload

MET = "duty.met"
OCCURRED = "duty.event"


class Met(Form, frozen=True):
    """What was owed was done; the evidence by digest."""

    name: str
    evidence: list[str]


class Occurred(Form, frozen=True):
    """An event of an order occurred at an instant."""

    order: str
    event: str
    at: Instant


def sign_met(met: Met, trust: Trust, pair: KeyPair) -> Envelope:
    """Sign that something owed was done."""
    said: dict[str, Plain] = {"name": met.name, "evidence": met.evidence}
    return sign_word(MET, digest(met.name), said, trust, pair)


def sign_occurred(found: Occurred, trust: Trust, pair: KeyPair) -> Envelope:
    """Sign that an event occurred."""
    said: dict[str, Plain] = {"order": found.order, "event": found.event, "at": found.at}
    return sign_word(OCCURRED, _about(found), said, trust, pair)


@dataclass(frozen=True, slots=True)
class _Done:
    met: dict[str, Word[Met]]
    occurred: list[Word[Occurred]]


class Duties:
    """The duties over one store; what is in force is handed in, since it changes."""

    def __init__(self, store: Store, trust: Trust, clock: Clock) -> None:
        self._store = store
        self._trust = trust
        self._clock = clock

    def listed(self, force: Force, at: Instant | None = None) -> dict[str, Plain]:
        """Return everything owed and kept at an instant, or now, and by whom what was met."""
        book = force.law().book
        moment = self._clock.now() if at is None else at
        with self._store.view() as connection:
            done = self._done(connection)
        rows: list[Plain] = [
            {
                **owed_plain(item),
                "met_by": done.met[item.name].by if item.name in done.met else None,
            }
            for item in _owed(book, moment, done)
        ]
        return {
            "at": format_instant(moment),
            "obligations": rows,
            "preserve": kept_plain(book, moment),
            "questions": questions_plain(book, moment),
        }

    def record_met(self, force: Force, envelope: Envelope) -> None:
        """Record that something owed was done (rules 1, 2)."""
        word = verify_word(envelope, MET, Met, self._trust)
        if word.digest != digest(word.said.name):
            raise Refused("the word is about another duty than it names")
        now = self._clock.now()
        with self._store.unit() as connection:
            found = _owed(force.law().book, now, self._done(connection))
            states = {item.name: item.state for item in found}
            if word.said.name not in states:
                raise Refused(f"`{word.said.name}` is not owed; see `writ obligations list`")
            if states[word.said.name] == "met":
                raise Refused(f"`{word.said.name}` was met before")
            self._append(connection, MET, word.by, envelope)

    def record_occurred(self, force: Force, envelope: Envelope) -> None:
        """Record that an event occurred (rules 1, 2)."""
        word = verify_word(envelope, OCCURRED, Occurred, self._trust)
        said = word.said
        if word.digest != _about(said):
            raise Refused("the word is about another event than it names")
        if said.at > self._clock.now():
            raise Refused(f"{format_instant(said.at)} is still to come")
        book = force.law().book
        waits = {
            (version.order, duty.event) for version in book.versions for duty in version.obligations
        }
        if (said.order, said.event) not in waits:
            raise Refused(f"no duty of `{said.order}` waits for `{said.event}`")
        with self._store.unit() as connection:
            if said in [item.said for item in self._done(connection).occurred]:
                raise Refused("this was recorded before")
            self._append(connection, OCCURRED, word.by, envelope)

    def check_erasure(self, force: Force, records: Record) -> None:
        """Refuse to have such records erased while a duty to preserve holds (rule 3)."""
        if force.book is None:
            return
        found = suspended(force.book, self._clock.now(), records)
        if found:
            names = ", ".join(f"`{order}/{duty.id}`" for order, duty in found)
            raise Refused(f"{records} may not be erased: {names} says to preserve them")

    def _append(self, connection: Connection, kind: str, by: str, envelope: Envelope) -> None:
        payload: dict[str, Plain] = {
            "by": by,
            "envelope": keep(connection, envelope.json()),
            "at": self._clock.now(),
        }
        append(connection, kind, payload)

    def _done(self, connection: Connection) -> _Done:
        """Read what was recorded, in order, all of it proved."""
        done = _Done({}, [])
        for row in read_events(connection, 0, (MET, OCCURRED)):
            name = str(read_payload(row)["envelope"])
            envelope = read_envelope(fetch(connection, name))
            if row.kind == MET:
                met = verify_word(envelope, MET, Met, self._trust)
                done.met[met.said.name] = met
            else:
                done.occurred.append(verify_word(envelope, OCCURRED, Occurred, self._trust))
        return done


def _about(found: Occurred) -> str:
    return digest([found.order, found.event, found.at])


def _owed(book: Lawbook, at: Instant, done: _Done) -> tuple[Owed, ...]:
    happened = [
        Occurrence(word.said.order, word.said.event, word.said.at) for word in done.occurred
    ]
    return owed(book, at, happened, done.met)
