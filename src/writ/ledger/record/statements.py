"""What no order file says and the public asks: somebody's signed word, which a later one corrects.

1. A statement is about one order, is numbered, and says one thing at least. What it does not say
   stands as it was said before.
2. Who says it may submit or sign. The record tells what was said and when, never by whom.
3. That the provider was told of a flaw beforehand is an instant, or `no`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from writ.canonical import Plain, digest
from writ.clock import Clock, Instant, format_instant, parse_instant
from writ.errors import InvalidInput, Refused
from writ.signing.dsse import Envelope, read_envelope
from writ.signing.form import Form, as_form
from writ.signing.keys import KeyPair
from writ.signing.trust import Trust
from writ.signing.word import Word, sign_word, verify_word
from writ.store.database import Connection, Store
from writ.store.documents import fetch, keep
from writ.store.events import append, read_events, read_payload

STATED = "record.stated"
EVALUATIONS = ("none", "summary", "full")
FIELDS = ("evaluation", "told_beforehand", "restoration", "challenge", "correction")
LONGEST = 2000
"""Characters of what is said in words."""


class Said(Form, frozen=True):
    """The `number`-th statement about an order; None says nothing of it.

    `evaluation` is what the authority supplied, `restoration` what has to be so for the order to
    end, `challenge` how it is contested, `correction` what was wrong in what was told before.
    """

    order: str
    number: int
    evaluation: str | None
    told_beforehand: str | None
    restoration: str | None
    challenge: str | None
    correction: str | None

    def plain(self) -> dict[str, Plain]:
        """Write it as JSON values."""
        return {"order": self.order, "number": self.number, **self.words()}

    def words(self) -> dict[str, Plain]:
        """Return what is said of each field."""
        return {name: getattr(self, name) for name in FIELDS}


class _Row(Form, frozen=True):
    order: str
    by: str
    envelope: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement, proved, and when it was taken in."""

    said: Said
    at: Instant


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements in one store."""

    store: Store
    trust: Trust
    clock: Clock

    def count(self, order: str) -> int:
        """Return how many statements there are about an order."""
        with self.store.view() as connection:
            return len(read_statements(connection, self.trust, order))

    def take(self, envelope: Envelope) -> Said:
        """Take a statement in (rules 1, 2)."""
        word = _proved(envelope, self.trust)
        with self.store.unit() as connection:
            known = read_statements(connection, self.trust, word.said.order)
            if word.said.number != len(known) + 1:
                raise Refused(
                    f"statement {word.said.number} about `{word.said.order}` does not follow;"
                    f" there are {len(known)}"
                )
            payload: dict[str, Plain] = {
                "order": word.said.order,
                "by": word.by,
                "envelope": keep(connection, envelope.json()),
                "at": self.clock.now(),
            }
            append(connection, STATED, payload)
        return word.said


def sign_statement(said: Said, trust: Trust, pair: KeyPair) -> Envelope:
    """Sign a statement; one that is not in order is InvalidInput."""
    check_statement(said)
    return sign_word(STATED, _about(said), said.plain(), trust, pair)


def check_statement(said: Said) -> None:
    """Refuse a statement that says nothing, or what cannot be read (rules 1, 3)."""
    told = {name: text for name, text in said.words().items() if text is not None}
    faults = [] if told else ["say something: an evaluation, a challenge, a correction"]
    if said.evaluation not in {None, *EVALUATIONS}:
        faults.append(f"an evaluation is one of {', '.join(EVALUATIONS)}")
    if said.told_beforehand not in {None, "no"}:
        parse_instant(said.told_beforehand or "")
    for name, text in told.items():
        if not str(text).strip() or len(str(text)) > LONGEST or not str(text).isprintable():
            faults.append(f"{name} is one line of {LONGEST} characters at most")
    if faults:
        raise InvalidInput("; ".join(faults))


def read_statements(connection: Connection, trust: Trust, order: str) -> list[Stated]:
    """Return the statements about an order, the first one first, each proved."""
    found = []
    for row in read_events(connection, 0, (STATED,)):
        form = as_form(read_payload(row), _Row, f"event {row.seq}")
        if form.order == order:
            envelope = read_envelope(fetch(connection, form.envelope))
            found.append(Stated(_proved(envelope, trust).said, form.at))
    return found


def statements_plain(statements: Iterable[Stated]) -> dict[str, Plain]:
    """Write what was said: the last word on each field, and every correction (rule 1)."""
    last: dict[str, Plain] = dict.fromkeys(FIELDS[:-1])
    corrections: list[Plain] = []
    for item in statements:
        words: Mapping[str, Plain] = item.said.words()
        last |= {name: words[name] for name in last if words[name] is not None}
        if item.said.correction is not None:
            corrections.append({"at": format_instant(item.at), "text": item.said.correction})
    return {**last, "corrections": corrections}


def _proved(envelope: Envelope, trust: Trust) -> Word[Said]:
    word = verify_word(envelope, STATED, Said, trust)
    if not trust.people[word.by].may & {"submit", "sign"}:
        raise Refused(f"`{word.by}` may neither submit nor sign, nor speak for the record")
    if word.digest != _about(word.said):
        raise Refused("the word is about another statement than it says")
    check_statement(word.said)
    return word


def _about(said: Said) -> str:
    return digest(["record", said.order, said.number])
