"""The facts on the books, each carried by an attestation that is proved whenever it is read.

1. A file of facts is taken in whole, or not at all; or without its bad lines, if that is asked for.
2. What is on the books already is not taken in twice: the same statement, or the same fact said
   by the same method again.
3. A fact that was revoked does not come back, also once it is erased (`writ.people.retention`); it
   has to be verified anew.
4. An attestation that no longer proves right breaks its subject: nobody is judged by half of
   what was known.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from writ.canonical import encode
from writ.errors import Fault, InvalidInput, WritError
from writ.law.subjects import write_fact
from writ.model.subject import Fact, Subject
from writ.model.vocabulary import VOCABULARY
from writ.people.books import Books, Change
from writ.people.intake import Arrived, Intake
from writ.people.preverified import mark, unfit
from writ.people.statement import Attestation, Methods
from writ.people.subjects import MOST_NAMED, batches, read_subjects
from writ.signing.keys import KeyPair
from writ.store import events
from writ.store.database import Connection
from writ.store.people_tables import attestation, struck


@dataclass(frozen=True, slots=True)
class Known:
    """A subject with the facts that stand, and the ids (32 bytes each) of what carries them.

    `broken` are ids of attestations that do not prove right: such a subject is not to be judged.
    """

    subject: Subject
    evidence: tuple[bytes, ...] = ()
    broken: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file of facts; `capped` counted for less than they claimed."""

    imported: int
    known: int
    capped: int
    faults: tuple[Fault, ...]


class _Row(NamedTuple):
    id: bytes
    subject: str
    envelope: bytes


class Attestations:
    """Takes facts in, revokes them, and gives them back proved."""

    def __init__(self, books: Books, methods: Methods) -> None:
        self._books = books
        self._methods = methods

    def take_in(
        self, lines: bytes, operator: KeyPair | None, *, skip_bad: bool, ahead: bool = False
    ) -> Report:
        """Take in JSON Lines of facts; `operator` signs those that came unsigned.

        `ahead`: they are pre-verified (see `writ.people.preverified`).
        Without `skip_bad`, one bad line stops all of them: InvalidInput with every fault.
        """
        intake = Intake(self._methods, operator)
        arrived = list(intake.read(lines))
        with self._books.store.unit() as connection:
            fit, known, faults = self._sift(connection, arrived)
            if ahead:
                faults += [
                    Fault("", item.line, 1, why)
                    for item in arrived
                    if (why := unfit(item.attestation))
                ]
                fit = [item for item in fit if unfit(item) is None]
            faults = sorted([*intake.faults, *faults])
            if faults and not skip_bad:
                raise InvalidInput(faults)
            self._insert(connection, fit)
            if ahead:
                mark(connection, self._books.clock.now(), fit)
        self._books.announce(Change(subjects=frozenset(item.subject for item in fit)))
        capped = sum(item.claimed > item.fact.assurance for item in fit)
        return Report(len(fit), known, capped, tuple(faults))

    def enter(self, connection: Connection, signed: Sequence[bytes]) -> tuple[Attestation, ...]:
        """Take attestations in, all or none, inside a unit whose owner announces the change."""
        arrived = [Arrived(line, self._methods.prove(data)) for line, data in enumerate(signed, 1)]
        fit, _, faults = self._sift(connection, arrived)
        if faults:
            raise InvalidInput(faults)
        self._insert(connection, fit)
        return tuple(fit)

    def strike(self, connection: Connection, name: bytes) -> None:
        """Revoke an attestation that stands, inside a unit whose owner announces the change."""
        now = self._books.clock.now()
        here = attestation.c.id == name
        connection.execute(attestation.update().where(here).values(revoked_at=now))
        events.append(connection, "fact.revoked", {"at": now, "id": name.hex()})

    def proved(self, envelope: bytes) -> Attestation:
        """Return what an envelope on the books attests."""
        return self._methods.prove(envelope)

    def revoke(self, name: bytes) -> str:
        """Revoke one attestation and return its subject; an unknown id is InvalidInput."""
        with self._books.store.unit() as connection:
            here = attestation.c.id == name
            row = connection.execute(attestation.select().where(here)).first()
            if row is None:
                raise InvalidInput(f"no attestation `{name.hex()}`; `writ subject show` lists them")
            if row.revoked_at is None:
                self.strike(connection, name)
        if row.revoked_at is None:
            self._books.announce(Change(subjects=frozenset({row.subject})))
        subject: str = row.subject
        return subject

    def carried(self, subject: str) -> tuple[Attestation, ...]:
        """Return the attestations that stand for one subject, proved; Refused if one is broken."""
        with self._books.store.view() as connection:
            rows = list(_standing(connection, {subject}))
        return tuple(self._methods.prove(row.envelope) for row in rows)

    def known(
        self, connection: Connection, names: Iterable[str] | None, *, remember: bool = True
    ) -> dict[str, Known]:
        """Read subjects of these ids (None: all) with their facts; unknown ids are left out.

        Without `remember` what is proved now is proved again the next time.
        """
        wanted = None if names is None else set(names)
        subjects = read_subjects(connection, wanted)
        facts: dict[str, list[Fact]] = {}
        evidence: dict[str, list[bytes]] = {}
        broken: dict[str, list[bytes]] = {}
        for row in _standing(connection, wanted):
            if row.subject in subjects:
                proved = self._proved(row, remember=remember)
                if proved is None:
                    broken.setdefault(row.subject, []).append(row.id)
                else:
                    facts.setdefault(row.subject, []).append(proved.fact)
                    evidence.setdefault(row.subject, []).append(row.id)
        return {
            name: Known(
                replace(subject, facts=tuple(facts.get(name, ()))),
                tuple(evidence.get(name, ())),
                tuple(broken.get(name, ())),
            )
            for name, subject in subjects.items()
        }

    def _proved(self, row: _Row, *, remember: bool) -> Attestation | None:
        """Return the attestation, or None where the row is not what was signed (rule 4)."""
        try:
            proved = self._methods.prove(row.envelope, remember=remember)
        except WritError:
            return None
        return proved if (proved.id, proved.subject) == (row.id, row.subject) else None

    def _sift(
        self, connection: Connection, arrived: Sequence[Arrived]
    ) -> tuple[list[Attestation], int, list[Fault]]:
        """Part the new from the known (rule 2) and the unfit (rule 3)."""
        subjects = read_subjects(connection, {item.attestation.subject for item in arrived})
        contents = [self._content(item.attestation) for item in arrived]
        there = _there(connection, {*contents, *(item.attestation.id for item in arrived)})
        fit: list[Attestation] = []
        known, faults = 0, list[Fault]()
        for item, content in zip(arrived, contents, strict=True):
            states = [there[key] for key in (item.attestation.id, content) if key in there]
            wrong = _wrong(item.attestation, subjects.get(item.attestation.subject))
            if wrong is None and "revoked" in states:
                wrong = "this was revoked; verify the fact anew"
            if wrong is not None:
                faults.append(Fault("", item.line, 1, wrong))
            elif states:
                known += 1
            else:
                fit.append(item.attestation)
                there[item.attestation.id] = there[content] = "stands"
        return fit, known, faults

    def _insert(self, connection: Connection, fit: Sequence[Attestation]) -> None:
        now = self._books.clock.now()
        rows = [
            {
                "id": item.id,
                "subject": item.subject,
                "content": self._content(item),
                "envelope": item.envelope,
                "recorded_at": now,
                "ends_at": item.fact.expires_at,
            }
            for item in fit
        ]
        if rows:
            connection.execute(attestation.insert(), rows)
        for part in batches([{"id": item.id.hex(), "method": item.method} for item in fit], 400):
            events.append(connection, "facts.attested", {"at": now, "attestations": part})

    def _content(self, item: Attestation) -> bytes:
        """Digest what is said and by which method, keyed, so that the digest tells nothing."""
        fact = write_fact(replace(item.fact, assurance=item.claimed))
        said = encode({"subject": item.subject, "fact": fact, "method": item.method})
        return hmac.digest(self._books.secret, b"content\0" + said, hashlib.sha256)


def _there(connection: Connection, keys: set[bytes]) -> dict[bytes, str]:
    """Read what is on the books under these ids and contents: `stands` or `revoked`."""
    table = attestation.c
    query = attestation.select().with_only_columns(table.id, table.content, table.revoked_at)
    if len(keys) <= MOST_NAMED:
        query = query.where(table.id.in_(keys) | table.content.in_(keys))
    erased = struck.select()
    if len(keys) <= MOST_NAMED:
        erased = erased.where(struck.c.digest.in_(keys))
    there = {row.digest: "revoked" for row in connection.execute(erased)}
    for row in connection.execute(query):
        state = "stands" if row.revoked_at is None else "revoked"
        there[row.id] = there[row.content] = state
    return there


def _standing(connection: Connection, names: set[str] | None) -> Iterable[_Row]:
    """Read the rows not revoked, of these subjects (None: all), oldest first."""
    query = attestation.select().where(attestation.c.revoked_at.is_(None))
    if names is not None and len(names) <= MOST_NAMED:
        query = query.where(attestation.c.subject.in_(names))
    for row in connection.execute(query.order_by(attestation.c.recorded_at, attestation.c.id)):
        yield _Row(row.id, row.subject, row.envelope)


def _wrong(item: Attestation, subject: Subject | None) -> str | None:
    """Say why this cannot be a fact of this subject, if so."""
    if subject is None:
        return f"unknown subject `{item.subject}`; add it with `writ subject add`"
    if subject.kind not in VOCABULARY[item.fact.attribute].kinds:
        return f"`{item.fact.attribute}` is not for a {subject.kind} such as `{subject.id}`"
    return None
