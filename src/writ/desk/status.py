"""How things stand: what is in force, what is scheduled, what waits for whom."""

from collections.abc import Iterator
from dataclasses import dataclass

from writ.canonical import Plain
from writ.clock import FOREVER, Instant, format_instant
from writ.desk.force import Force
from writ.desk.gates import Passing
from writ.desk.proposal import Proposal
from writ.law.digest import rules_digest
from writ.model.order import Hold, Lawbook, OrderVersion
from writ.signing.trust import Trust


@dataclass(frozen=True, slots=True)
class Waiting:
    """The open proposal: who signed, how many signatures it takes, and who may still sign."""

    id: str
    submitter: str
    signers: tuple[str, ...]
    needed: int
    may_sign: tuple[str, ...]
    at: Instant
    gates: tuple[Passing, ...] = ()

    @property
    def missing(self) -> int:
        """How many signatures are still wanting."""
        return max(0, self.needed - len(self.signers))

    def plain(self) -> dict[str, Plain]:
        """Write it as JSON values."""
        return {
            "id": self.id,
            "submitter": self.submitter,
            "signers": list(self.signers),
            "needed": self.needed,
            "missing": self.missing,
            "may_sign": list(self.may_sign),
            "at": format_instant(self.at),
            "gates": [passing.plain() for passing in self.gates],
        }


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand at one legal instant; `rules_digest` is None before the first epoch.

    `scheduled` has versions that will take effect, `changes` every instant to come at which the
    rules may change; `holds` are those in force.
    """

    at: Instant
    epoch: int
    snapshot: str | None
    rules_digest: str | None
    in_force: tuple[OrderVersion, ...]
    scheduled: tuple[OrderVersion, ...]
    changes: tuple[Instant, ...]
    holds: tuple[Hold, ...]
    proposal: Waiting | None

    def plain(self) -> dict[str, Plain]:
        """Write it as JSON values; instants in UTC."""
        return {
            "at": format_instant(self.at),
            "epoch": self.epoch,
            "snapshot": self.snapshot,
            "rules_digest": self.rules_digest,
            "in_force": list(map(_version, self.in_force)),
            "scheduled": list(map(_version, self.scheduled)),
            "changes": list(map(format_instant, self.changes)),
            "holds": list(map(_hold, self.holds)),
            "proposal": None if self.proposal is None else self.proposal.plain(),
        }


def status_of(
    force: Force,
    proposal: Proposal | None,
    trust: Trust,
    at: Instant,
    gates: tuple[Passing, ...] = (),
) -> Status:
    """Say how things stand at `at`; `gates` are those of the proposal."""
    book = force.book
    waiting = None if proposal is None else _waiting(proposal, trust, gates)
    if book is None:
        return Status(at, 0, None, None, (), (), (), (), waiting)
    return Status(
        at,
        force.epoch,
        force.digest,
        rules_digest(book, at),
        book.in_force(at),
        tuple(_scheduled(book, at)),
        tuple(instant for instant in book.boundaries() if instant > at),
        book.holds_at(at),
        waiting,
    )


def _scheduled(book: Lawbook, at: Instant) -> Iterator[OrderVersion]:
    for version in sorted(book.versions, key=lambda item: (item.effective, item.order)):
        if version.effective > at:
            yield version


def _waiting(proposal: Proposal, trust: Trust, gates: tuple[Passing, ...]) -> Waiting:
    done = {proposal.submitter, *proposal.signers}
    may = (person.id for person in trust.people.values() if "sign" in person.may)
    return Waiting(
        proposal.id,
        proposal.submitter,
        proposal.signers,
        trust.signers,
        tuple(sorted(set(may) - done)),
        proposal.at,
        gates,
    )


def _version(version: OrderVersion) -> Plain:
    return {
        "order": version.order,
        "version": version.version,
        "kind": version.kind,
        "title": version.title,
        "effective": format_instant(version.effective),
        "until": None if version.until is None else format_instant(version.until),
    }


def _hold(hold: Hold) -> Plain:
    return {
        "model": hold.model,
        "by": hold.by,
        "since": format_instant(hold.since),
        "until": None if hold.until >= FOREVER else format_instant(hold.until),
    }
