"""The submitter's and the signers' side, on their own machines: recompile, say it in words, sign.

Nothing here trusts the desk: what is in force is proved from signatures, what is proposed is
compiled anew, and only a digest computed here is ever signed.

Reviewing a proposal:
1. What the docket says is in force is proved (see `writ.desk.force`), the proposal made on it.
2. The statement is signed by who it says submitted, and by nobody who may not.
3. The proposed sources, compiled here on top of what is in force, give the digests it names.
4. No hold is new, no version in force has other bytes, and no annex changes by more than is said.
5. What it needs besides signatures is judged anew (see `writ.desk.gates`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from writ.canonical import digest_bytes
from writ.clock import Instant
from writ.desk.confirmations import listings
from writ.desk.force import Force
from writ.desk.gates import Case, Passing, check_signable, gates
from writ.desk.proposal import Docket, Submission
from writ.desk.sources import (
    Changes,
    Compiled,
    Sources,
    check_versions,
    compile_sources,
    merge,
    withdrawal,
)
from writ.desk.words import change
from writ.errors import Refused
from writ.law.annexes import unsaid_changes
from writ.signing.approval import Approval, read_approval, sign_approval, write_approval
from writ.signing.dsse import Envelope
from writ.signing.hold import Hold, sign_hold
from writ.signing.keys import KeyPair
from writ.signing.trust import Trust


@dataclass(frozen=True, slots=True)
class Review:
    """A proposal that was recompiled here: its digest, the change in words, who signed so far."""

    proposal: str
    digest: str
    words: tuple[str, ...]
    approval: Approval
    envelope: Envelope
    compiled: Compiled
    gates: tuple[Passing, ...] = ()


def prepare(force: Force, changes: Changes, release: Iterable[str], trust: Trust) -> Compiled:
    """Compile what would be in force with `changes`, and without holds on models in `release`.

    InvalidInput has every fault; a change that changes nothing is Refused.
    """
    merged = merge(force.sources.files, changes)
    released = set(release)
    for model in sorted(released - {hold.model for hold in force.sources.holds}):
        raise Refused(f"`{model}` is not held")
    holds = tuple(hold for hold in force.sources.holds if hold.model not in released)
    compiled = compile_sources(Sources(merged, holds), force.next(trust))
    _check_annexes(force, compiled)
    listings(force.book, compiled, trust)
    if force.compiled is not None:
        check_versions(compiled, force.compiled.versions)
        if compiled.manifest == force.compiled.manifest:
            raise Refused("nothing changes: these very orders are in force")
    return compiled


def _check_annexes(force: Force, compiled: Compiled) -> None:
    """Refuse a new version whose annexes change unsaid, against what is in force as well."""
    old = () if force.book is None else force.book.versions
    known = {(item.order, item.version): item for item in old}
    both = {**known, **{(item.order, item.version): item for item in compiled.book.versions}}
    wrong = [
        f"`{version.order}/{version.version}`: {message}"
        for version, message in unsaid_changes(both.values())
        if (version.order, version.version) not in known
    ]
    if wrong:
        raise Refused("\n".join(wrong))


def submit(
    force: Force, changes: Changes, release: Iterable[str], trust: Trust, pair: KeyPair
) -> Submission:
    """Prepare changes and sign them as their submitter."""
    submitter = trust.allowed(trust.owner(pair.public).id, "submit")
    released = tuple(sorted(set(release)))
    compiled = prepare(force, changes, released, trust)
    statement = write_approval(
        compiled.digest, digest_bytes(compiled.manifest), submitter.id, trust
    )
    return Submission(force.epoch, changes, released, sign_approval(statement, pair))


def withdraw(force: Force, order: str, trust: Trust, pair: KeyPair) -> Submission:
    """Prepare and sign taking an order away entirely."""
    return submit(force, withdrawal(force.sources.files, order), (), trust, pair)


def review(docket: Docket, trust: Trust) -> Review:
    """Recompile a proposal and say what it changes; whatever does not hold is Refused."""
    proposal, force = docket.proposal, docket.force
    # 1
    if proposal.base != force.epoch:
        raise Refused(
            f"the proposal was made on epoch {proposal.base}, in force is {force.epoch}; "
            "submit it again"
        )
    # 2
    approval = read_approval(proposal.envelope, trust)
    # 3
    compiled = compile_sources(proposal.sources, force.next(trust))
    if (approval.digest, approval.sources) != (compiled.digest, digest_bytes(compiled.manifest)):
        raise Refused(
            f"the proposal says `{approval.digest}`, but its orders compile to `{compiled.digest}`"
        )
    # 4
    if not set(proposal.sources.holds) <= set(force.sources.holds):
        raise Refused("the proposal brings a hold that nobody signed")
    _check_annexes(force, compiled)
    if force.compiled is not None:
        check_versions(compiled, force.compiled.versions)
    # 5
    lists = listings(force.book, compiled, trust)
    case = Case(approval.submitter, compiled, force.book, proposal.notes, lists)
    passings = gates(case, trust)
    words = (
        *change(force.book, compiled.book),
        *(item.words for item in lists),
        *(line for item in passings for line in item.words),
    )
    return Review(
        proposal.id, compiled.digest, words, approval, proposal.envelope, compiled, passings
    )


def sign(reviewed: Review, trust: Trust, pair: KeyPair) -> Envelope:
    """Sign what was reviewed here; the submitter, and who signed already, are Refused."""
    signer = trust.allowed(trust.owner(pair.public).id, "sign").id
    if signer == reviewed.approval.submitter:
        raise Refused(f"`{signer}` submitted this; others sign it")
    if signer in reviewed.approval.signers:
        raise Refused(f"`{signer}` signed this already")
    check_signable(reviewed.gates)
    return sign_approval(reviewed.envelope.payload, pair)


def hold(
    force: Force, model: str, span: tuple[Instant, Instant | None], trust: Trust, pair: KeyPair
) -> Envelope:
    """Sign a hold on a model, by any of its names, for [since, until) on what is in force.

    `until` None confirms another person's hold: it then stands until two release it.
    """
    by = trust.allowed(trust.owner(pair.public).id, "hold").id
    law = force.law()
    name = law.book.catalogue.resolve(model)
    if name is None:
        raise Refused(f"`{model}` is not in the catalogue")
    since, until = span
    return sign_hold(Hold(law.digest, force.epoch, name, since, until, by), trust, pair)
