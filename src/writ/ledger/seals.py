"""A seal on publishing: while it holds, no log is published, be it by hand or by a timer.

1. One person who may sign or hold sets it, by their own signed word; two lift it, each by theirs.
2. Seals are numbered, and a word is about one of them: it is of no use for the next.
3. Checkpoints are still signed, and may be stamped: so that it can be shown later what stood then.
4. Whoever publishes looks last of all whether a seal holds, and none is set until all is in place: so
   whoever is told that theirs holds knows that nothing is published any more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import cast

from writ.canonical import Plain, digest
from writ.clock import Clock, Instant, format_instant
from writ.errors import Refused
from writ.signing.dsse import Envelope
from writ.signing.form import Form
from writ.signing.keys import KeyPair
from writ.signing.trust import LEAST_SIGNERS, Trust
from writ.signing.word import Word, sign_word, verify_word
from writ.store.database import Connection, Store
from writ.store.documents import keep
from writ.store.events import append, read_events, read_payload

SET, LIFTED = "log.sealed", "log.lifted"


class Said(Form, frozen=True):
    """Which seal a word is about, and whether it is to hold."""

    number: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The last seal (0: there was none), by whom, when and as which event, and who would lift it."""

    number: int = 0
    by: str = ""
    at: str = ""
    lifting: tuple[str, ...] = ()
    seq: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing may be published."""
        return self.number > 0 and len(self.lifting) < LEAST_SIGNERS

    def check(self) -> None:
        """Refuse to publish while the seal holds."""
        if self.holds:
            raise Refused(
                f"sealed by `{self.by}` since {self.at}: nothing is published;"
                f" {LEAST_SIGNERS - len(self.lifting)} more may lift it with `writ log lift`"
            )


@dataclass(frozen=True, slots=True)
class Seals:
    """The seals in one store."""

    store: Store
    trust: Trust
    clock: Clock
    _open: Lock = field(default_factory=Lock)

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Refuse to publish while a seal holds; while within, none is set (rule 4)."""
        with self._open:
            self.standing().check()
            yield

    def standing(self) -> Standing:
        """Return how it stands."""
        with self.store.view() as connection:
            return _standing(connection)

    def say(self, envelope: Envelope) -> Standing:
        """Set or lift a seal by somebody's word (rules 1, 2)."""
        word: Word[Said] = verify_word(envelope, SET, Said, self.trust)
        said = word.said
        if not self.trust.people[word.by].may & {"sign", "hold"}:
            raise Refused(f"`{word.by}` may neither sign nor hold, nor seal")
        if word.digest != _about(said):
            raise Refused("the word is about another seal than it names")
        with self._open, self.store.unit() as connection:
            now = _standing(connection)
            if said.holds and (now.holds or said.number != now.number + 1):
                raise Refused(f"seal {now.number} holds, or this word is of another time")
            if not said.holds and (not now.holds or said.number != now.number):
                raise Refused("no seal holds that this word would lift")
            if word.by in now.lifting and not said.holds:
                raise Refused(f"`{word.by}` lifts it already; another person does")
            payload: dict[str, Plain] = {
                "number": said.number,
                "by": word.by,
                "envelope": keep(connection, envelope.json()),
                "at": self.clock.now(),
            }
            append(connection, SET if said.holds else LIFTED, payload)
            return _standing(connection)


def sign_seal(number: int, trust: Trust, pair: KeyPair, *, holds: bool) -> Envelope:
    """Sign that a seal is to hold, or to be lifted."""
    said = Said(number, holds)
    return sign_word(SET, _about(said), {"number": number, "holds": holds}, trust, pair)


def _about(said: Said) -> str:
    return digest(["seal", said.number, said.holds])


def _standing(connection: Connection) -> Standing:
    found = Standing()
    for row in read_events(connection, 0, (SET, LIFTED)):
        payload = read_payload(row)
        by = str(payload["by"])
        if row.kind == LIFTED:
            found = replace(found, lifting=(*found.lifting, by))
        else:
            at = format_instant(cast(Instant, payload["at"]))
            found = Standing(found.number + 1, by, at, seq=row.seq)
    return found
