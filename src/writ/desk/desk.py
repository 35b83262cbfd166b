"""The desk: where orders are submitted, signed and put in force, and models are held.

1. Whatever changes is one unit: documents by digest, event rows, the clock's mark. A kill at any
   point leaves what was in force before, or what is in force after.
2. Nothing comes into force that could not be loaded again: it is proved before it is written.
3. Who asks is not asked who they are: signatures say who did it.
4. One proposal is open at a time. A hold puts a new epoch in force at once and overtakes it.
5. Whoever asked to be told of a new epoch is told after it is written, in the thread that did it.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from writ.canonical import Plain, digest_bytes
from writ.clock import FOREVER, HOUR, Clock, Instant, WallClock
from writ.desk import history
from writ.desk.archive import fetch_sources, keep_sources, load
from writ.desk.confirmations import listings
from writ.desk.feed import Epoch
from writ.desk.force import Force, prove_compiled
from writ.desk.gates import Case, Passing, check_gates, check_signable, gates
from writ.desk.history import Noted, Opened
from writ.desk.notes import Note, prove_note
from writ.desk.proposal import Docket, Proposal, Submission
from writ.desk.review import prepare
from writ.desk.sources import Compiled, Sources, check_versions, compile_sources
from writ.desk.status import Status, status_of
from writ.errors import Refused
from writ.law.annex_moves import AnnexMove, annex_moves
from writ.model.order import Hold as Stop
from writ.signing.approval import (
    add_hold,
    add_signature,
    check_threshold,
    read_approval,
    write_bundle,
)
from writ.signing.dsse import Envelope, read_envelope
from writ.signing.hold import Hold, verify_hold
from writ.signing.trust import Trust
from writ.store.database import Connection, Store
from writ.store.documents import fetch, keep
from writ.store.events import append
from writ.store.marks import raise_mark, read_mark

LATE = HOUR
"""How long before now a hold may begin: between signing it and handing it in."""


class Desk:
    """The desk over one store; safe to share between threads."""

    def __init__(self, store: Store, trust: Trust, clock: Clock) -> None:
        """Load and prove what the store holds; a store that was tampered with is Refused.

        A wall clock is held above the latest legal instant that was ever acted on.
        """
        self.store = store
        self.trust = trust
        self.clock = clock
        self._lock = threading.RLock()
        self._told: list[Callable[[Force], None]] = []
        self._known = load(store, trust)
        self._passings: tuple[object, tuple[Passing, ...]] | None = None
        self._compiled: Compiled | None = None  # what was submitted last, to activate it sooner
        with store.view() as connection:
            mark = read_mark(connection)
        if isinstance(clock, WallClock):
            clock.raise_mark(mark)

    def on_activate(self, tell: Callable[[Force], None]) -> None:
        """Call `tell` with every epoch that comes into force from now on (rule 5)."""
        self._told.append(tell)

    def current(self) -> Force:
        """Return what is in force: epoch, bundle for gateways, sources, `book`; epoch 0: nothing."""
        return self._known.force

    def epoch(self) -> Epoch | None:
        """Return what is in force as the feed takes it; None before the first activation."""
        force = self.current()
        if force.book is None or force.digest is None:
            return None
        return Epoch(force.epoch, force.digest, force.bundle, force.book)

    def approved(self) -> Epoch | None:
        """Return what activating the open proposal would put in force; None: not approved yet."""
        with self._lock:
            found, compiled = self.proposal(), self._compiled
            if found is None or compiled is None:
                return None
            approval = read_approval(found.envelope, self.trust)
            enough = len(approval.signers) >= self.trust.signers
            missing = any(item.state == "missing" for item in self._gates(found))
            if not enough or missing or compiled.digest != approval.digest:
                return None
            bundle = write_bundle(found.envelope, compiled.snapshot)
            number = self._known.force.epoch + 1
            return Epoch(number, compiled.digest, bundle, compiled.book)

    def keep_mark(self) -> Instant:
        """Persist the legal clock's mark and return it; for whoever signs leases."""
        now = self.clock.now()
        with self.store.unit() as connection:
            raise_mark(connection, now)
        return now

    def proposal(self) -> Proposal | None:
        """Return the open proposal, its signatures proved; None: there is none."""
        with self._lock, self.store.view() as connection:
            return self._read(connection, self._known.history.opened)

    def docket(self) -> Docket | None:
        """Return the open proposal and what is in force: all that a signer's machine needs."""
        with self._lock:
            proposal = self.proposal()
            return None if proposal is None else Docket(proposal, self._known.force)

    def laws(self) -> tuple[Compiled, ...]:
        """Return what is in force, and what the open proposal would put in force, if there are any."""
        with self._lock:
            found, compiled = self.proposal(), self._known.force.compiled
            opened = () if found is None else (self._compiled_of(found),)
            return (*opened, *(() if compiled is None else (compiled,)))

    def moves(self) -> tuple[AnnexMove, ...]:
        """Return the rows of annexes that come and go with the open proposal, for counting."""
        with self._lock:
            found, before = self.proposal(), self._known.force.book
            if found is None:
                return ()
            old = () if before is None else before.versions
            return tuple(annex_moves(old, self._compiled_of(found).book.versions))

    def status(self) -> Status:
        """Say how things stand at the legal instant it is."""
        with self._lock:
            found = self.proposal()
            passings = () if found is None else self._gates(found)
            force, now = self._known.force, self.clock.now()
            return status_of(force, found, self.trust, now, passings)

    def submit(self, submission: Submission, *, replace: bool = False) -> Proposal:
        """Open a proposal. `submission` comes from `writ.desk.review.submit`, on this epoch.

        Raises InvalidInput with every fault of the orders. Refused: another epoch is in force than
        it was made on; the digest signed is not what its orders compile to; a version that was in
        force has other bytes; another proposal is open and is not to be replaced. Nothing is
        stored then.
        """
        with self._lock:
            compiled, submitter = self._checked(submission)
            opened = self._known.history.opened
            if opened is not None and not replace:
                raise Refused(
                    f"proposal `{opened.id}` by `{opened.submitter}` is open; wait, or `--replace` it"
                )
            with self._unit() as (connection, now):
                self._close(connection, "replaced", now)
                payload: dict[str, Plain] = {
                    "id": f"p{len(self._known.caught_up(connection).history.closed) + 1}",
                    "base": submission.base,
                    "snapshot": keep(connection, compiled.snapshot),
                    "sources": keep_sources(connection, compiled),
                    "envelope": keep(connection, submission.envelope.json()),
                    "submitter": submitter,
                    "at": now,
                }
                append(connection, history.SUBMITTED, payload)
            self._compiled = compiled
            return self._open()

    def sign(self, proposal: str, envelope: Envelope) -> Proposal:
        """Add a signer's signature, as `writ.desk.review.sign` makes it, to the open proposal.

        Refused: another proposal, another statement, the submitter, who signed already, who may
        not sign.
        """
        with self._lock:
            found = self._open(proposal)
            check_signable(self._gates(found))
            signed = add_signature(found.envelope, envelope)
            new = set(read_approval(signed, self.trust).signers) - set(found.signers)
            if len(new) != 1:
                raise Refused("one signature at a time")
            with self._unit() as (connection, now):
                payload: dict[str, Plain] = {
                    "id": proposal,
                    "signer": new.pop(),
                    "envelope": keep(connection, signed.json()),
                    "at": now,
                }
                append(connection, history.SIGNED, payload)
            return self._open(proposal)

    def note(self, proposal: str, note: Note) -> Proposal:
        """Take in a signed word about the open proposal: a report, a second encoding, a skip.

        Refused: another proposal or snapshot, what was said before, what the gates do not take.
        """
        with self._lock:
            found = self._open(proposal)
            compiled = self._compiled_of(found)
            word = prove_note(note, compiled.digest, self.trust)
            if note in found.notes:
                raise Refused("this was handed in before")
            self._gates(replace(found, notes=(*found.notes, note)))
            with self._unit() as (connection, now):
                payload: dict[str, Plain] = {
                    "id": proposal,
                    "what": note.kind,
                    "by": word.by,
                    "envelope": keep(connection, note.envelope.json()),
                    "files": {name: keep(connection, data) for name, data in note.files.items()},
                    "at": now,
                }
                append(connection, history.NOTED, payload)
            return self._open(proposal)

    def activate(self, proposal: str) -> Force:
        """Put the open proposal in force as the next epoch; Refused without signatures enough.

        Refused as well while a gate is missing (see `writ.desk.gates`).
        """
        with self._lock:
            found = self._open(proposal)
            approval = check_threshold(read_approval(found.envelope, self.trust), self.trust)
            compiled, passings = self._compiled_of(found), self._gates(found)
            check_gates(passings)
            bundle = write_bundle(found.envelope, compiled.snapshot)
            force = prove_compiled(bundle, compiled, self.trust)
            by = [approval.submitter, *approval.signers]
            with self._unit() as (connection, now):
                how = history.ACTIVATED, proposal, by, now
                stood: dict[str, str] = {passing.gate: passing.state for passing in passings}
                self._write_epoch(connection, force, how, stood)
            return self._enter(force)

    def hold(self, envelope: Envelope) -> Force:
        """Put a hold in force, signed as `writ.desk.review.hold` makes it, as the next epoch.

        Refused: a hold for another epoch, so also one that was handed in before; a model that is
        unknown or exempt; a span that is over, to come, or began more than an hour ago; one person
        holding a model twice; no end without another person's hold on it.
        """
        with self._lock:
            stated, before = verify_hold(envelope, self.trust), self._known.force
            self._check_hold(stated, before)
            stop = Stop(
                stated.model,
                stated.by,
                stated.since,
                FOREVER if stated.until is None else stated.until,
            )
            sources = Sources(before.sources.files, (*before.sources.holds, stop))
            compiled = compile_sources(sources, before.next_held(self.trust))
            bundle = add_hold(before.bundle, envelope, compiled.snapshot)
            force = prove_compiled(bundle, compiled, self.trust)
            with self._unit() as (connection, now):
                self._close(connection, "overtaken", now)
                how = history.HELD, None, [stated.by], now
                self._write_epoch(connection, force, how)
            return self._enter(force)

    def _checked(self, submission: Submission) -> tuple[Compiled, str]:
        """Return what a submission compiles to and who submitted it, or refuse it."""
        force = self._known.force
        if submission.base != force.epoch:
            raise Refused(
                f"made on epoch {submission.base}, but epoch {force.epoch} is in force; submit again"
            )
        approval = read_approval(submission.envelope, self.trust)
        if approval.signers:
            raise Refused("a submission is signed by its submitter alone")
        compiled = prepare(force, submission.changes, submission.release, self.trust)
        check_versions(compiled, self._known.versions)
        if (approval.digest, approval.sources) != (
            compiled.digest,
            digest_bytes(compiled.manifest),
        ):
            raise Refused(
                f"signed for `{approval.digest}`, but the orders compile to `{compiled.digest}`"
            )
        return compiled, approval.submitter

    def _check_hold(self, stated: Hold, force: Force) -> None:
        now = self.clock.now()
        if force.book is None or (stated.base, stated.epoch) != (force.digest, force.epoch):
            raise Refused(f"the hold was signed for another epoch than {force.epoch}; sign it anew")
        model = force.book.catalogue.models.get(stated.model)
        if model is None or not model.controlled:
            raise Refused(f"`{stated.model}` is not a controlled model of the catalogue")
        over = stated.until is not None and stated.until <= now
        if over or not now - LATE <= stated.since <= now:
            raise Refused("a hold begins when it is signed, and is handed in before it ends")
        others = {held.by for held in force.book.holds_at(now) if held.model == stated.model}
        if stated.by in others:
            raise Refused(f"`{stated.by}` holds `{stated.model}` already; another may confirm it")
        if stated.until is None and not others:
            raise Refused(f"nobody else holds `{stated.model}`, so there is nothing to confirm")

    def _open(self, proposal: str | None = None) -> Proposal:
        """Return the open proposal, `proposal` if that is named; Refused says what became of it."""
        found = self.proposal()
        if found is not None and proposal in {None, found.id}:
            return found
        became = self._known.history.closed.get(proposal or "")
        if became is not None:
            raise Refused(f"proposal `{proposal}` was {became}")
        raise Refused(
            f"there is no open proposal `{proposal}`" if proposal else "no proposal is open"
        )

    def _read(self, connection: Connection, opened: Opened | None) -> Proposal | None:
        if opened is None:
            return None
        envelope = read_envelope(fetch(connection, opened.envelope))
        approval = read_approval(envelope, self.trust)
        return Proposal(
            opened.id,
            opened.base,
            fetch_sources(connection, opened.sources),
            envelope,
            approval.submitter,
            approval.signers,
            opened.at,
            tuple(_note(connection, noted) for noted in opened.notes),
        )

    def _compiled_of(self, found: Proposal) -> Compiled:
        """Return what the open proposal compiles to, compiled once."""
        compiled = self._compiled
        if compiled is None or compiled.sources != found.sources:
            compiled = compile_sources(found.sources, self._known.force.next(self.trust))
            self._compiled = compiled
        return compiled

    def _gates(self, found: Proposal) -> tuple[Passing, ...]:
        """Say how the gates of a proposal stand; the last answer is kept."""
        known, key = self._passings, (found.id, found.notes)
        if known is None or known[0] != key:
            force, compiled = self._known.force, self._compiled_of(found)
            lists = listings(force.book, compiled, self.trust)
            case = Case(found.submitter, compiled, force.book, found.notes, lists)
            known = self._passings = (key, gates(case, self.trust))
        return known[1]

    @contextmanager
    def _unit(self) -> Iterator[tuple[Connection, Instant]]:
        """One unit, at one legal instant; what was written is known once it is durable."""
        now = self.clock.now()
        with self.store.unit() as connection:
            if self._known.caught_up(connection) != self._known:
                raise Refused("the store was changed by another process; start again")
            raise_mark(connection, now)
            yield connection, now
            known = self._known.caught_up(connection)
        self._known = known

    def _close(self, connection: Connection, why: str, now: Instant) -> None:
        opened = self._known.history.opened
        if opened is not None:
            append(connection, history.CLOSED, {"id": opened.id, "why": why, "at": now})

    def _write_epoch(
        self,
        connection: Connection,
        force: Force,
        how: tuple[str, str | None, list[str], Instant],
        gates: Mapping[str, str] | None = None,
    ) -> None:
        kind, proposal, by, now = how
        law = force.law()
        payload: dict[str, Plain] = {
            "epoch": force.epoch,
            "snapshot": law.digest,
            "previous": self._known.force.digest,
            "bundle": keep(connection, force.bundle),
            "sources": keep_sources(connection, law),
            "proposal": proposal,
            "by": by,
            "at": now,
            "gates": gates,
        }
        append(connection, kind, payload)

    def _enter(self, force: Force) -> Force:
        self._known = self._known.under(force)
        for tell in self._told:
            tell(force)
        return force


def _note(connection: Connection, noted: Noted) -> Note:
    files = {name: fetch(connection, found) for name, found in noted.files.items()}
    return Note(noted.what, read_envelope(fetch(connection, noted.envelope)), files)
