"""Three people with keys of their own, a trust document that knows them, and a desk to sign at."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.worlds.stores import store_at
from writ.canonical import Plain, digest_bytes
from writ.clock import Clock, Instant, parse_instant
from writ.desk import review
from writ.desk.desk import Desk
from writ.desk.force import Force
from writ.desk.notes import Kind, files_digest, make_note
from writ.desk.proposal import Proposal
from writ.signing.dsse import Envelope
from writ.signing.keys import KeyPair
from writ.signing.trust import ROLES, Gate, Method, Person, Role, Trust, read_trust, write_trust

NOW = parse_instant("2026-06-12T21:00:00Z")

CATALOGUE = b"""\
provider: provider
models:
  fable-5: {aliases: [fable]}
  mythos-5: {}
  opus-4-8: {controlled: false}
"""

LETTER = """\
order: ORDER
version: VERSION
kind: restriction
title: Licence requirement
authority: {name: Bureau, jurisdiction: US}
effective: 2026-06-12T17:21:00-04:00
clauses: {c1: No foreign person without a licence.}
rules:
  - id: only-us-persons
    clauses: [c1]
    models: [MODEL]
    only: ear.us_person@1
    standing: natural_person
    evidence: {to_serve: A2, to_bar: A1}
    barred: deny
    undetermined: verify
    in_flight: cut
"""


def letter(order: str = "us-bis", version: int = 1, model: str = "fable-5") -> bytes:
    """Return an order file."""
    filled = LETTER.replace("ORDER", order).replace("VERSION", str(version))
    return filled.replace("MODEL", model).encode()


FIRST: Mapping[str, bytes] = {"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": letter()}


class StandingClock:
    """Legal time that stands where a test puts it."""

    def __init__(self, instant: Instant = NOW) -> None:
        self.instant = instant

    def now(self) -> Instant:
        """Return the instant."""
        return self.instant


@dataclass(frozen=True)
class Signers:
    """Ana, Ben and Eva, who may do everything; the methods' and the online key are the world's."""

    keys: Mapping[str, KeyPair]
    trust: Trust

    @classmethod
    def make(
        cls, *, drill: bool = False, gates: Collection[Gate] = (), **may: frozenset[Role]
    ) -> "Signers":
        """Make keys, the same each time, and trust; `may` replaces what somebody may do."""
        names = ("ana", "ben", "eva", "operator", "registrar", "online")
        keys = {name: KeyPair.from_seed(hashlib.sha256(name.encode()).digest()) for name in names}
        people = {
            name: Person(name, name.title(), (keys[name].public,), ROLES) for name in names[:3]
        }
        people = {
            name: replace(person, may=may.get(name, person.may)) for name, person in people.items()
        }
        methods = {
            "operator": Method("operator", keys["operator"].public, 1),
            "registrar": Method("registrar", keys["registrar"].public, 4),
        }
        asked = frozenset(gates)
        document = Trust(people, methods, keys["online"].public, drill=drill, gates=asked)
        written = write_trust(document)
        return cls(keys, read_trust(written, digest_bytes(written), drill=drill))

    def desk(self, path: Path, clock: Clock | None = None) -> Desk:
        """Open a desk over the store at `path`."""
        return Desk(store_at(path), self.trust, clock or StandingClock())

    def submit(
        self,
        desk: Desk,
        changes: Mapping[str, bytes | None] = FIRST,
        *,
        by: str = "ana",
        replace: bool = False,
        release: tuple[str, ...] = (),
    ) -> Proposal:
        """Submit changes as somebody."""
        made = review.submit(desk.current(), changes, release, self.trust, self.keys[by])
        return desk.submit(made, replace=replace)

    def sign(self, desk: Desk, by: str) -> Proposal:
        """Review the open proposal as a signer would, and sign it."""
        docket = desk.docket()
        assert docket is not None
        reviewed = review.review(docket, self.trust)
        return desk.sign(reviewed.proposal, review.sign(reviewed, self.trust, self.keys[by]))

    def enact(self, desk: Desk, changes: Mapping[str, bytes | None] = FIRST) -> Force:
        """Submit as Ana, sign as Ben and Eva, activate."""
        proposal = self.submit(desk, changes)
        self.sign(desk, "ben")
        self.sign(desk, "eva")
        return desk.activate(proposal.id)

    def note(
        self, desk: Desk, by: str, kind: Kind, said: Mapping[str, Plain], **files: bytes
    ) -> Proposal:
        """Sign a word about the open proposal, and hand it in; `_` in a file's name is a dot."""
        named = {name.replace("_", "."): data for name, data in files.items()}
        docket = desk.docket()
        assert docket is not None
        digest = review.review(docket, self.trust).digest
        note = make_note(kind, digest, said, (self.trust, self.keys[by]), named)
        return desk.note(docket.proposal.id, note)

    def encode(self, desk: Desk, by: str, data: bytes, *, order: str = "us-bis") -> Proposal:
        """Hand in a second encoding of an order's first version."""
        files = {"mine.yaml": data}
        said: dict[str, Plain] = {"order": order, "version": 1, "file": "mine.yaml"}
        return self.note(
            desk, by, "encoding", said | {"files": files_digest(files)}, mine_yaml=data
        )

    def stop(
        self, desk: Desk, model: str, *, by: str = "ana", until: Instant | None = None
    ) -> Envelope:
        """Sign a hold on what is in force, from now; `until` None confirms another's."""
        span = desk.clock.now(), until
        return review.hold(desk.current(), model, span, self.trust, self.keys[by])
