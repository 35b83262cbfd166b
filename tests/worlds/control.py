"""A small control process: real signatures, real compiled orders, the seam over a real socket.

It holds no store: people are given as subjects, and everything is sent at once to whoever greets.
"""

import contextlib
import hashlib
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from writ.canonical import digest_bytes
from writ.clock import DrillClock, Instant, elapsed, parse_instant, wall
from writ.desk.assertions import Assessor, Word
from writ.desk.load import Load
from writ.errors import WritError
from writ.law.compiled.book import Compiled
from writ.law.folder import read_sources
from writ.law.snapshot import snapshot
from writ.law.subjects import read_subject
from writ.model.order import Lawbook
from writ.model.subject import Subject
from writ.people.asserted import read_said, said_at
from writ.point import seam
from writ.signing.approval import add_signature, sign_approval, write_approval, write_bundle
from writ.signing.end_user import verify_end_user
from writ.signing.keys import KeyPair
from writ.signing.lease import Statement, sign_lease
from writ.signing.trust import Person, Trust, read_trust, write_trust

START: Instant = parse_instant("2026-06-12T12:00:00Z")
PATIENCE = 20.0

CATALOGUE = b"""
provider: provider
models:
  fable-5: {aliases: [fable, "claude-fable-5[1m]"], dialects: [openai, anthropic], controlled: true}
  opus-4-8: {aliases: [opus], dialects: [openai, anthropic], controlled: true}
  saga-5: {aliases: [], dialects: [openai], controlled: true}
  tiny: {aliases: [], dialects: [openai, anthropic], controlled: false}
"""

ORDER = """
order: {name}
version: {version}
kind: restriction
title: an order of a test
authority: {{name: Bureau of Tests, jurisdiction: US, instrument: letter, cites: ["15 CFR 744"],
  document: "sha256:{zeros}",
  authenticated: {{by: counsel, how: called back, at: 2026-06-01T00:00:00Z}}}}
received: 2026-06-01T00:00:00Z
effective: {effective}
until: null
disclosure: {disclosure}
notice: {{en: "{notice}"}}
clauses: {{c1: Only people of the United States.}}
readings: []
rules:
  - id: only-us
    clauses: [c1]
    models: [{model}]
    only: {only}
    standing: {standing}
    evidence: {{to_serve: A2, to_bar: A1}}
    barred: {barred}
    undetermined: {undetermined}
    in_flight: {in_flight}
exceptions: []
obligations: []
scenarios: []
"""

_DEFAULTS = {
    "name": "us-test-1",
    "version": "1",
    "effective": "2026-06-02T00:00:00Z",
    "disclosure": "full",
    "notice": "Not for this account.",
    "model": "fable-5",
    "only": "{person: {citizen_of: [US]}, organisation: {incorporated_in: [US]}}",
    "standing": "natural_person",
    "barred": "deny",
    "undetermined": "verify",
    "in_flight": "cut",
    "zeros": "0" * 64,
}


def order(**changes: str) -> bytes:
    """Return an order file: US citizens only for `fable-5`, unless told otherwise."""
    return ORDER.format(**{**_DEFAULTS, **changes}).encode()


def citizen(name: str, *codes: str) -> Subject:
    """Return a person of whom it is shown that these are all their citizenships."""
    return _subject(name, "person", "citizenships", list(codes), "exhaustive")


def company(name: str, code: str) -> Subject:
    """Return an organisation incorporated in one country, and shown to be."""
    return _subject(name, "organisation", "incorporated_in", [code], "exhaustive")


def stranger(name: str) -> Subject:
    """Return a person of whom nothing is shown."""
    return Subject(name, "person")


def _subject(name: str, kind: str, attribute: str, value: list[str], complete: str) -> Subject:
    fact = {
        "attribute": attribute,
        "value": value,
        "completeness": complete,
        "assurance": "A4",
        "method": "document",
        "issuer": "tests",
        "verified_at": "2026-06-01T00:00:00Z",
    }
    return read_subject({"id": name, "kind": kind, "facts": [fact]})[0]


def pseudonym(name: str) -> bytes:
    """Return a subject's name on the seam."""
    return hashlib.blake2b(name.encode(), digest_size=seam.NAME_BYTES).digest()


@dataclass
class Key:
    """An API key and whose it is."""

    text: str
    requester: str
    kind: str = "person"
    organisation: str | None = None
    refuses_substitutes: bool = False

    @property
    def digest(self) -> bytes:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).digest()

    def message(self, *, revoked: bool = False) -> seam.Key:
        """Return what the seam says of it."""
        organisation = pseudonym(self.organisation) if self.organisation else None
        return seam.Key(
            self.digest,
            self.text,
            pseudonym(self.requester),
            self.kind,
            organisation,
            self.refuses_substitutes,
            revoked,
        )


@dataclass
class _Heard:
    applied: list[seam.Applied] = field(default_factory=list)
    declined: list[seam.Declined] = field(default_factory=list)


class Control:
    """Serves one gateway; every change returns once the gateway has said that it is applied."""

    def __init__(self, folder: Path, upstreams: str, extra: str = "") -> None:
        self.folder = folder
        self.clock = DrillClock(folder / "clock", START)
        self.signers = [KeyPair.generate() for _ in range(3)]
        self.online = KeyPair.generate()
        self.issuer = KeyPair.generate()
        self.trust = self._trust()
        self.config = folder / "writ.toml"
        self.config.write_text(
            f'[data]\nfolder = "."\n[gateway]\nlisten = "127.0.0.1:0"\nname = "gateway-1"\n'
            f'[trust]\npin = "{self.trust.digest}"\nfile = "trust.json"\n'
            f'[drill]\nclock = "clock"\n{extra}\n{upstreams}'
        )
        self.keys: dict[str, Key] = {}
        self.people: dict[str, Subject] = {}
        self.users: dict[tuple[str, str], Subject] = {}
        self.leasing = True
        self.answering = True
        self.asked = 0
        self._unanswered: list[seam.Asserted] = []
        self.assurance = 2
        """How far the organisations' key is believed."""
        self.epoch = 0
        self._digest = ""
        self._envelope = b""
        self._load: Load | None = None
        self._number = 0
        self._syncs = 0
        self._heard = _Heard()
        self._news = threading.Condition()
        self._link: socket.socket | None = None
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / "seam.sock"))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _trust(self) -> Trust:
        roles = ({"submit"}, {"sign"}, {"sign"})
        people = {
            name: Person(name, name, (pair.public,), frozenset(may))  # type: ignore[arg-type]  # roles are Role
            for name, pair, may in zip(("amy", "bob", "cyd"), self.signers, roles, strict=True)
        }
        data = write_trust(Trust(people, {}, self.online.public, drill=True))
        (self.folder / "trust.json").write_bytes(data)
        return read_trust(data, digest_bytes(data), drill=True)

    def close(self) -> None:
        """Stop listening and hang up."""
        self._listener.shutdown(socket.SHUT_RDWR)  # else the thread that accepts keeps it alive
        self._listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Drop the gateway's connection."""
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    # -- governance --------------------------------------------------------------------------

    def enact(self, *orders: bytes) -> seam.Applied:
        """Put orders in force, signed by two; return the gateway's acknowledgement."""
        files = {"catalogue.yaml": CATALOGUE}
        files |= {f"order-{place}.yaml": text for place, text in enumerate(orders)}
        return self.enact_book(read_sources(files))

    def enact_book(self, book: Lawbook) -> seam.Applied:
        """Put a lawbook in force."""
        self.epoch += 1
        data = snapshot(book, self.epoch, self._digest or None, 1)
        self._digest = digest_bytes(data)
        self._envelope = self.sign(data, *self.signers[1:])
        self._load = self._filled(book)
        before = len(self._heard.applied)
        self._send(self._whole())
        self._await(lambda: any(a.epoch == self.epoch for a in self._heard.applied[before:]))
        return next(a for a in self._heard.applied[before:] if a.epoch == self.epoch)

    def sign(self, data: bytes, *pairs: KeyPair) -> bytes:
        """Return the bundle of a snapshot: submitted by amy, signed by `pairs`."""
        statement = write_approval(digest_bytes(data), digest_bytes(b""), "amy", self.trust)
        envelope = sign_approval(statement, self.signers[0])
        for pair in pairs:
            envelope = add_signature(envelope, sign_approval(statement, pair))
        return write_bundle(envelope, data)

    def offer(self, envelope: bytes, epoch: int) -> seam.Declined:
        """Send an epoch that should be declined; return what the gateway says."""
        before = len(self._heard.declined)
        self._send([seam.Snapshot(epoch, envelope), seam.Activate(epoch)])
        self._await(lambda: len(self._heard.declined) > before)
        return self._heard.declined[-1]

    # -- registry ----------------------------------------------------------------------------

    def enrol(self, key: Key, *subjects: Subject) -> None:
        """Register a key and the subjects it stands on."""
        self.keys[key.text] = key
        for subject in subjects:
            self.people[subject.id] = subject
        rows = self._load.stand(key.requester, key.organisation) if self._load else ()
        if self._link is not None:
            self._send([*rows, *self._known(subjects), key.message()])
            self.sync()

    def know(self, subject: Subject) -> None:
        """Replace a subject's facts."""
        self.people[subject.id] = subject
        if self._load is not None:
            self._send(self._known([subject]))
            self.sync()

    def name(self, organisation: str, sub: str, subject: Subject) -> None:
        """Register an end user of an organisation."""
        self.users[organisation, sub] = subject
        if self._load is not None:
            now = self.clock.now()
            self._send(self._load.name(organisation, sub, subject, (), now))
            self.sync()

    def revoke(self, key: Key) -> None:
        """Revoke a key."""
        del self.keys[key.text]
        self._send([key.message(revoked=True)])
        self.sync()

    def forget(self, name: str) -> None:
        """Have the gateway forget a subject, as a fault would."""
        self._send([seam.Subject(self.epoch, pseudonym(name), [])])
        self.sync()

    def renew(self, lifetime_ms: int = 30_000) -> None:
        """Send a lease."""
        self._send([self.lease(lifetime_ms)])
        self.sync()

    def keep_renewing(self) -> threading.Event:
        """Renew the lease each second, until the event is set."""
        stop = threading.Event()

        def renew() -> None:
            while not stop.wait(1.0):
                self._send([self.lease()])

        threading.Thread(target=renew, daemon=True).start()
        return stop

    def lease(self, lifetime_ms: int = 30_000, **changes: object) -> seam.Lease:
        """Sign a lease for the epoch in force, unless told otherwise."""
        self._number += 1
        said = {
            "gateway": "gateway-1",
            "epoch": self.epoch,
            "digest": self._digest,
            "signed_ms": int(elapsed() * 1000),
            "lifetime_ms": lifetime_ms,
            "legal_mark": self.clock.now(),
            "number": self._number,
            **changes,
        }
        return seam.Lease(*sign_lease(Statement(**said), self.online))  # type: ignore[arg-type]  # as its fields are

    def send(self, *messages: seam.Down) -> None:
        """Send anything."""
        self._send(messages)

    def answer(self) -> None:
        """Answer all words that were asked about and not answered."""
        waiting, self._unanswered = self._unanswered, []
        self._send(self._assessed(message) for message in waiting)

    def await_asked(self, number: int) -> None:
        """Return once so many words were asked about."""
        self._await(lambda: self.asked >= number)

    def declined(self, message: seam.Down) -> seam.Declined:
        """Send what should be declined; return what the gateway says."""
        before = len(self._heard.declined)
        self._send([message])
        self._await(lambda: len(self._heard.declined) > before)
        return self._heard.declined[-1]

    def sync(self) -> None:
        """Return once everything sent is applied."""
        self._syncs += 1
        number = self._syncs
        self._send([seam.Sync(number)])
        self._await(lambda: any(a.number == number for a in self._heard.applied))

    def await_gateway(self) -> None:
        """Return once a gateway has greeted and taken what there is."""
        self._await(lambda: self._link is not None)
        self.sync()

    # ----------------------------------------------------------------------------------------

    def _filled(self, book: Lawbook) -> Load:
        now = self.clock.now()
        load = Load(Compiled(book), self.epoch, pseudonym, now)
        for key in self.keys.values():
            load.stand(key.requester, key.organisation)
        ordered = sorted(self.people.values(), key=lambda item: item.kind != "organisation")
        for subject in ordered:
            if subject.kind != "service":
                load.know(subject, (), now)
        for (organisation, sub), subject in self.users.items():
            load.name(organisation, sub, subject, (), now)
        return load

    def _known(self, subjects: Iterable[Subject]) -> list[seam.Down]:
        load = self._load
        if load is None:
            return []
        now = self.clock.now()
        return [
            message
            for subject in subjects
            if subject.kind != "service"
            for message in load.know(subject, (hashlib.sha256(b"evidence").digest(),), now)
        ]

    def _whole(self) -> list[seam.Down]:
        if self._load is None:
            return []
        messages: list[seam.Down] = [seam.Snapshot(self.epoch, self._envelope)]
        messages += self._load.messages()
        messages.append(seam.Activate(self.epoch))
        if self.leasing:
            messages.append(self.lease())
        return messages

    def _assessed(self, asked: seam.Asserted) -> seam.Assessed:
        """Judge a word as the control process does, without its books."""
        now, load = self.clock.now(), self._load
        organisation = self.keys[asked.key].organisation
        if load is None or organisation is None:
            return seam.Assessed(asked.number, 0)
        try:
            said = verify_end_user(
                asked.token, asked.key, {self.issuer.id: self.issuer.public}.get, asked.taken
            )
            at = said_at(said, wall(), now)
            facts = read_said(said, organisation, self.assurance, at)
        except WritError:
            return seam.Assessed(asked.number, 0)
        person = None if said.sub is None else self.users.get((organisation, said.sub))
        word = Word(self.people[organisation], facts, (), said.sub, person)
        return Assessor(load).assess(asked.number, word, now)

    def _standing(self) -> list[seam.Down]:
        organisations = {key.organisation for key in self.keys.values() if key.organisation}
        issuers = [
            seam.Issuer(pseudonym(name), self.issuer.id, self.issuer.public)
            for name in organisations
        ]
        return [*(key.message() for key in self.keys.values()), *issuers]

    def _send(self, messages: Iterable[seam.Down]) -> None:
        link = self._link
        if link is not None:
            link.sendall(b"".join(seam.frame(message) for message in messages))

    def _accept(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._hear, args=(link,), daemon=True).start()

    def _hear(self, link: socket.socket) -> None:
        gone = contextlib.suppress(ConnectionError)  # a gateway may hang up at any time
        with gone, link, link.makefile("rb") as reader:
            while prefix := reader.read(4):
                message = seam.up_decoder.decode(reader.read(int.from_bytes(prefix, "big")))
                if isinstance(message, seam.Hello):
                    link.sendall(
                        b"".join(seam.frame(m) for m in (*self._standing(), *self._whole()))
                    )
                with self._news:
                    if isinstance(message, seam.Hello):
                        self._link = link
                    elif isinstance(message, seam.Applied):
                        self._heard.applied.append(message)
                    elif isinstance(message, seam.Asserted):
                        self.asked += 1
                        if self.answering:
                            link.sendall(seam.frame(self._assessed(message)))
                        else:
                            self._unanswered.append(message)
                    else:
                        self._heard.declined.append(message)
                    self._news.notify_all()

    def _await(self, condition: Callable[[], bool]) -> None:
        with self._news:
            if not self._news.wait_for(condition, PATIENCE):
                raise TimeoutError("the gateway did not answer on the seam")
