"""The cover log: one entry each period, whatever happens, so that how many there are says nothing.

1. An entry commits to the checkpoint of the governance log at that moment. It is made in one and the
   same way whether anything is sealed or nothing happened at all, so nothing tells them apart.
2. Periods follow each other without a gap. What was missed while nothing ran is made good at once;
   its row says when it was really made.
3. An event is shown to have stood there by the first entry made after it: the event leads to the
   governance checkpoint in that entry's row, and the entry to a checkpoint of this log. When that
   was, is said by who kept that checkpoint, or cosigned or stamped it; the row's word is ours.
"""

from dataclasses import dataclass

import msgspec

from writ.canonical import encode
from writ.clock import Clock, Instant, format_instant
from writ.errors import InvalidInput, Refused
from writ.ledger.log import Log, Opening
from writ.ledger.policy import Policy, Seen
from writ.ledger.proof import read_proof
from writ.signing.checkpoint import read_checkpoint
from writ.signing.form import Form, from_base64, read_form, to_base64
from writ.signing.note import Note, read_note
from writ.store.covers import add_covers, first_cover, last_cover
from writ.store.database import Connection


class _Row(Form, frozen=True):
    """What an entry commits to: the checkpoint, the period it is for, when it was made."""

    checkpoint: str
    made_at: str
    period: str


class _Opened(Form, frozen=True):
    row: str
    salt: str


class _File(Form, frozen=True):
    """An event and the entry of this log that covers it, each opened, each with its proof."""

    cover: _Opened
    cover_proof: str
    event: _Opened
    event_proof: str


@dataclass(frozen=True, slots=True)
class Stood:
    """An event that stood there in a period; `cover` is the checkpoint of this log that shows it."""

    row: bytes
    period: str
    made_at: str
    entry: int
    cover: Seen
    governance: Seen


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover log over a governance log, an entry every so many microseconds."""

    log: Log
    governance: Log
    clock: Clock
    every: int

    def due(self) -> bool:
        """Whether an entry should be there that is not."""
        with self.log.store.view() as connection:
            return bool(self._missing(connection, self.clock.now()))

    def tick(self) -> int:
        """Add the entries that are due; return how many (rules 1, 2)."""
        if not self.due():
            return 0
        note, now = self.governance.sign(), self.clock.now()
        told = {"checkpoint": note.write().decode(), "made_at": format_instant(now)}
        with self.log.store.unit() as connection:
            missing = self._missing(connection, now)
            rows = [(at, encode({**told, "period": format_instant(at)})) for at in missing]
            add_covers(connection, read_checkpoint(note.text).size, rows)
        return len(missing)

    def uncover(self, seq: int, seen: Note | None = None) -> bytes:
        """Return the file that shows since when an event stood there (rule 3).

        It is proved to `seen`, a checkpoint of this log that somebody kept, or to the last one.
        """
        with self.log.store.view() as connection:
            row = first_cover(connection, seq)
        if row is None:
            raise Refused(f"no commitment was made since event {seq}; the next is still due")
        covering = self.log.prove(row.seq) if seen is None else self.log.prove_to(row.seq, seen)
        note = read_note(read_form(row.bytes, _Row, "a commitment").checkpoint.encode())
        event = self.governance.prove_to(seq, note)
        return msgspec.json.encode(
            _File(
                _closed(covering.opening),
                covering.proof.write().decode(),
                _closed(event.opening),
                event.proof.write().decode(),
            ),
            order="sorted",
        )

    def _missing(self, connection: Connection, now: Instant) -> range:
        """Return the beginnings of the periods that have no entry and should have one."""
        last = last_cover(connection)
        first = now - now % self.every if last is None else last.period + self.every
        return range(first, now + 1, self.every)


def check_uncovered(data: bytes, governance: Policy, cover: Policy) -> Stood:
    """Prove that an event stood there when an entry of the cover log was made; else Refused."""
    try:
        file = msgspec.json.decode(data, type=_File)
    except msgspec.DecodeError as error:
        raise InvalidInput(f"this is no event that was uncovered: {error}") from None
    covering, event = _opening(file.cover), _opening(file.event)
    proof = read_proof(file.cover_proof.encode())
    seen = proof.check(covering.entry(), cover)
    told = read_form(covering.row, _Row, "the commitment")
    stood = read_proof(file.event_proof.encode())
    shown = stood.check(event.entry(), governance)
    if stood.note.text != read_note(told.checkpoint.encode()).text:
        raise Refused("the event leads to another checkpoint than was committed to")
    return Stood(event.row, told.period, told.made_at, proof.index + 1, seen, shown)


def _closed(opening: Opening) -> _Opened:
    return _Opened(to_base64(opening.row), to_base64(opening.salt))


def _opening(opened: _Opened) -> Opening:
    return Opening(from_base64(opened.salt, "the salt"), from_base64(opened.row, "the row"))
