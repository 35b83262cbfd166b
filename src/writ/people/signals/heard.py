"""Signals as they are carried out: what rests on their sender is asked again, at once.

1. A SET is taken once, by its transmitter and `jti`. What it makes fall is revoked before that is
   noted, so that one cut short is carried out when it comes again.
2. What falls is a fact of the one it names, of an attribute it bears on, that was shown with the
   account it names or is by one of the transmitter's sources, of somebody it may speak of.
3. A fact that was verified after the SET was issued stands: a signal that was long on its way takes
   nothing from who has proved it anew. `age` is how long ago it was issued.
4. Whether somebody is on the books, its sender is not told. What fell is on record, by event row;
   everything else is counted for as long as its `jti` is remembered.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from writ.canonical import Plain
from writ.clock import DAY, SECOND, Instant, format_instant
from writ.model.subject import Subject
from writ.people.accounts import account_credential
from writ.people.attestations import Attestations
from writ.people.backing import Backing
from writ.people.books import Books
from writ.people.signals.sets import WINDOW, Signal
from writ.people.signals.transmitters import Transmitter
from writ.store import events
from writ.store.database import Connection
from writ.store.signal_tables import signal as table

HEARD = "signal.heard"
STREAM = "signal.stream"


@dataclass(frozen=True, slots=True)
class Heard:
    """How often a transmitter's event came in the last seven days, and how many facts fell by it."""

    transmitter: str
    event: str
    times: int
    fallen: int
    last: Instant

    def plain(self) -> dict[str, Plain]:
        """Write it as JSON values."""
        return {
            "transmitter": self.transmitter,
            "event": self.event,
            "times": self.times,
            "fallen": self.fallen,
            "last": format_instant(self.last),
        }


class Signals:
    """Rules 1 to 4 over one registry's books."""

    def __init__(self, books: Books, facts: Attestations, backing: Backing) -> None:
        self._books = books
        self._facts = facts
        self._backing = backing

    def take(self, signal: Signal, age: float) -> int:
        """Carry a signal out; return how many facts fell (0 also where it was taken before)."""
        jti = hashlib.sha256(signal.jti.encode()).digest()
        with self._books.store.view() as connection:
            if _taken(connection, signal.transmitter.name, jti):
                return 0
            fallen = self._resting(connection, signal, age)
        for name in fallen:
            self._facts.revoke(name)
        now = self._books.clock.now()
        with self._books.store.unit() as connection:
            if not _taken(connection, signal.transmitter.name, jti):
                self._note(connection, signal, jti, fallen, now)
        return len(fallen)

    def heard(self) -> list[Heard]:
        """Say what came, by transmitter and event."""
        found: dict[tuple[str, str], Heard] = {}
        with self._books.store.view() as connection:
            for row in connection.execute(table.select().order_by(table.c.at)):
                key = row.transmitter, row.event
                before = found.get(key)
                times, fallen = (before.times, before.fallen) if before else (0, 0)
                found[key] = Heard(*key, times + 1, fallen + row.fallen, row.at)
        return [found[key] for key in sorted(found)]

    def streams(self) -> dict[str, str]:
        """Return the state of streams whose transmitters said that it changed, by transmitter."""
        found: dict[str, str] = {}
        with self._books.store.view() as connection:
            for row in events.read_events(connection, kinds=(STREAM,)):
                said = events.read_payload(row)
                found[str(said["transmitter"])] = str(said["status"])
        return found

    def _resting(self, connection: Connection, signal: Signal, age: float) -> list[bytes]:
        """Return the attestations that fall (rules 2 and 3)."""
        bearing, sender = signal.bearing, signal.transmitter
        if signal.who is None or not bearing.attributes:
            return []
        shown: Mapping[bytes, str] = {}
        names = {signal.who}
        if sender.named == "account":
            credential = account_credential(sender.issuer, signal.who)
            shown = self._backing.resting(connection, self._backing.nullifier(credential))
            names = set(shown.values())
        before = (
            self._books.clock.now() - round(age * SECOND) + SECOND
        )  # `iat` counts whole seconds
        return [
            name
            for known in self._facts.known(connection, names).values()
            if _may_speak(sender, known.subject)
            for fact, name in zip(known.subject.facts, known.evidence, strict=True)
            if fact.attribute in bearing.attributes
            and fact.verified_at < before
            and (name in shown or fact.issuer in sender.sources)
        ]

    def _note(
        self,
        connection: Connection,
        signal: Signal,
        jti: bytes,
        fallen: list[bytes],
        now: Instant,
    ) -> None:
        sender, bearing = signal.transmitter.name, signal.bearing
        connection.execute(table.delete().where(table.c.at < now - WINDOW * SECOND - DAY))
        values = {"event": bearing.event, "fallen": len(fallen), "at": now}
        connection.execute(table.insert().values(transmitter=sender, jti=jti, **values))
        if fallen:
            said: dict[str, Plain] = {
                "at": now,
                "transmitter": sender,
                "event": bearing.event,
                "fallen": [name.hex() for name in fallen],
            }
            events.append(connection, HEARD, said)
        if bearing.status is not None:
            changed: dict[str, Plain] = {"at": now, "transmitter": sender}
            events.append(connection, STREAM, {**changed, "status": bearing.status})


def _taken(connection: Connection, transmitter: str, jti: bytes) -> bool:
    here = (table.c.transmitter == transmitter, table.c.jti == jti)
    return connection.execute(table.select().where(*here)).first() is not None


def _may_speak(sender: Transmitter, subject: Subject) -> bool:
    """Whether a transmitter speaks of a subject at all (rule 3 of its file)."""
    known = sender.organisations
    return not known or subject.id in known or not known.isdisjoint(subject.acts_for)
