"""Lists of whom an order affects, and how one leaves the house: by two people, once, on record.

1. Somebody asks, with their own signature: of which order, for what purpose, which columns. There is
   no column of an attribute: who is affected is told, and never why.
2. Another who may sign approves exactly that, with theirs, within a day of the asking.
3. Within the same day the list is made, once, of those whom the order affects then. Its purpose, its
   size and its digest are an event row, written before the first byte is handed out.
"""

import csv
import io
from dataclasses import dataclass, replace

from writ.canonical import Plain, digest_bytes, encode
from writ.cells import cell
from writ.clock import DAY, Clock, Instant, format_instant
from writ.desk.affected import Affected, People, models_of
from writ.desk.force import Force
from writ.errors import InvalidInput, Refused
from writ.law.compiled.book import Compiled
from writ.law.reading import nearest
from writ.model.vocabulary import VOCABULARY
from writ.people.end_users import named_only
from writ.people.registry import Registry
from writ.signing.dsse import Envelope, read_envelope
from writ.signing.form import Form
from writ.signing.keys import KeyPair
from writ.signing.trust import Trust
from writ.signing.word import Word, sign_word, verify_word
from writ.store.database import Connection, Store
from writ.store.documents import fetch, keep
from writ.store.events import append, read_events, read_payload

REQUESTED, APPROVED, EXPORTED = "list.requested", "list.approved", "list.exported"
COLUMNS = ("id", "recipient", "kind", "acts_for", "model", "outcome")
"""What a list may have; never an attribute. `recipient` is the pseudonym that notices use."""

LONGEST = 500
"""Characters of a purpose."""


class Request(Form, frozen=True):
    """What is asked for; `at` tells two requests alike from each other."""

    order: str
    purpose: str
    columns: list[str]
    at: Instant


class Approval(Form, frozen=True):
    """The id of the request that is approved; the word is about its bytes."""

    request: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, proved, and what became of it."""

    id: str
    word: Word[Request]
    envelope: Envelope
    approved_by: str | None = None
    rows: int | None = None

    def plain(self) -> dict[str, Plain]:
        """Write it as JSON values, with the request as it was signed."""
        said = self.word.said
        return {
            "id": self.id,
            "order": said.order,
            "purpose": said.purpose,
            "columns": list(said.columns),
            "at": format_instant(said.at),
            "by": self.word.by,
            "approved_by": self.approved_by,
            "rows": self.rows,
            "envelope": self.envelope.plain(),
        }


def sign_request(request: Request, trust: Trust, pair: KeyPair) -> Envelope:
    """Ask for a list; one that is not in order is InvalidInput."""
    check_request(request)
    return sign_word(REQUESTED, _about(request), _said(request), trust, pair)


def read_request(envelope: Envelope, trust: Trust) -> Word[Request]:
    """Return what is asked for, proved to be one person's own and in order (rule 1)."""
    word = verify_word(envelope, REQUESTED, Request, trust)
    if word.digest != _about(word.said):
        raise Refused("the word is about another request than it says")
    check_request(word.said)
    return word


def sign_approval(name: str, envelope: Envelope, trust: Trust, pair: KeyPair) -> Envelope:
    """Approve a request as it was signed; whoever made it is Refused (rule 2)."""
    by = trust.allowed(trust.owner(pair.public).id, "sign").id
    if by == read_request(envelope, trust).by:
        raise Refused(f"`{by}` asked for this; another person approves it")
    about = digest_bytes(envelope.json())
    return sign_word(APPROVED, about, {"request": name}, trust, pair)


def check_request(request: Request) -> None:
    """Refuse a request without a purpose, or for a column that no list has."""
    faults = []
    purpose = request.purpose
    if not purpose.strip() or not purpose.isprintable() or len(purpose) > LONGEST:
        faults.append(f"say in one line of {LONGEST} characters at most what the list is for")
    if not request.columns or len(set(request.columns)) < len(request.columns):
        faults.append(f"name columns, each once: {', '.join(COLUMNS)}")
    for column in request.columns:
        if column in VOCABULARY:
            faults.append(f"`{column}` is an attribute, and no list has any")
        elif column not in COLUMNS:
            faults.append(f"there is no column `{column}`{nearest(column, COLUMNS)}")
    if faults:
        raise InvalidInput("; ".join(faults))


class Lists:
    """The lists of one deployment; what is in force is handed in, since it changes."""

    def __init__(self, store: Store, registry: Registry, trust: Trust, clock: Clock) -> None:
        self._store = store
        self._registry = registry
        self._trust = trust
        self._clock = clock

    def listed(self) -> list[Plain]:
        """Return every request with what became of it."""
        with self._store.view() as connection:
            return [item.plain() for item in self._read(connection).values()]

    def find(self, name: str) -> Asked:
        """Return one request."""
        with self._store.view() as connection:
            return self._found(connection, name)

    def request(self, force: Force, envelope: Envelope) -> Asked:
        """Take a request in (rule 1)."""
        word = read_request(envelope, self._trust)
        order, now = word.said.order, self._clock.now()
        if order not in {version.order for version in force.law().book.versions}:
            raise InvalidInput(f"no order here is called `{order}`")
        if not now - DAY < word.said.at <= now:
            raise Refused("the request was not signed within the last day")
        with self._store.unit() as connection:
            known = self._read(connection)
            if word.said in [item.word.said for item in known.values()]:
                raise Refused("this was handed in before")
            name = f"a{len(known) + 1}"
            payload: dict[str, Plain] = {"id": name, "by": word.by, "at": now}
            append(connection, REQUESTED, payload | {"envelope": keep(connection, envelope.json())})
            return self._found(connection, name)

    def approve(self, envelope: Envelope) -> Asked:
        """Take an approval in (rule 2)."""
        word = verify_word(envelope, APPROVED, Approval, self._trust)
        self._trust.allowed(word.by, "sign")
        with self._store.unit() as connection:
            asked = self._found(connection, word.said.request)
            if word.digest != digest_bytes(asked.envelope.json()):
                raise Refused("the approval is of another request than it names")
            if word.by == asked.word.by:
                raise Refused(f"`{word.by}` asked for this; another person approves it")
            if asked.approved_by is not None:
                raise Refused(f"`{asked.id}` is approved already, by `{asked.approved_by}`")
            self._check_time(asked)
            payload: dict[str, Plain] = {"id": asked.id, "by": word.by, "at": self._clock.now()}
            append(connection, APPROVED, payload | {"envelope": keep(connection, envelope.json())})
            return self._found(connection, asked.id)

    def export(self, force: Force, name: str) -> tuple[bytes, dict[str, Plain]]:
        """Make an approved list and return it, with what was recorded of it (rule 3)."""
        now = self._clock.now()
        said = self._exportable(self.find(name)).word.said
        compiled = Compiled(force.law().book)
        if not models_of(compiled, said.order, now):
            raise Refused(f"no rule of `{said.order}` is in force, so it affects nobody")
        with self._store.view() as connection:
            everybody = self._registry.facts.known(connection, None)
            people = People(compiled, everybody, named_only(connection))
        found = list(people.affected(said.order, now))
        rows = list(dict.fromkeys(self._row(item, said.columns) for item in found))
        data = _csv(said.columns, rows)
        payload: dict[str, Plain] = {
            "id": name,
            "order": said.order,
            "purpose": said.purpose,
            "columns": list(said.columns),
            "rows": len(rows),
            "subjects": len({item.subject.id for item in found}),
            "unjudged": len(people.unjudged),
            "digest": digest_bytes(data),
            "at": now,
        }
        with self._store.unit() as connection:
            self._exportable(self._found(connection, name))
            append(connection, EXPORTED, payload)
        return data, payload

    def _row(self, item: Affected, columns: list[str]) -> tuple[str, ...]:
        subject = item.subject
        values = {
            "id": subject.id,
            "recipient": self._registry.books.alias(subject.id),
            "kind": subject.kind,
            "acts_for": " ".join(subject.acts_for),
            "model": item.model,
            "outcome": item.outcome.word,
        }
        return tuple(values[name] for name in columns)

    def _exportable(self, asked: Asked) -> Asked:
        if asked.approved_by is None:
            raise Refused(f"`{asked.id}` waits for another person's `writ order affected approve`")
        if asked.rows is not None:
            raise Refused(f"`{asked.id}` was exported already; a list is made once")
        self._check_time(asked)
        return asked

    def _check_time(self, asked: Asked) -> None:
        if self._clock.now() >= asked.word.said.at + DAY:
            raise Refused(f"`{asked.id}` is more than a day old; ask again")

    def _found(self, connection: Connection, name: str) -> Asked:
        found = self._read(connection).get(name)
        if found is None:
            raise Refused(f"there is no request `{name}`; see `writ order affected list`")
        return found

    def _read(self, connection: Connection) -> dict[str, Asked]:
        """Add up what was recorded, all of it proved."""
        known: dict[str, Asked] = {}
        for row in read_events(connection, 0, (REQUESTED, APPROVED, EXPORTED)):
            payload = read_payload(row)
            name = str(payload["id"])
            if row.kind == REQUESTED:
                envelope = read_envelope(fetch(connection, str(payload["envelope"])))
                known[name] = Asked(name, read_request(envelope, self._trust), envelope)
            elif row.kind == APPROVED:
                envelope = read_envelope(fetch(connection, str(payload["envelope"])))
                by = verify_word(envelope, APPROVED, Approval, self._trust).by
                known[name] = replace(known[name], approved_by=by)
            else:
                known[name] = replace(known[name], rows=int(str(payload["rows"])))
        return known


def _said(request: Request) -> dict[str, Plain]:
    return {
        "order": request.order,
        "purpose": request.purpose,
        "columns": list(request.columns),
        "at": request.at,
    }


def _about(request: Request) -> str:
    return digest_bytes(encode(_said(request)))


def _csv(columns: list[str], rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(map(cell, row) for row in rows)
    return text.getvalue().encode()
