"""Proof that a snapshot is in order: submitted by one, signed by others, perhaps tightened by holds.

A *bundle* is what the control process hands to a gateway for an epoch (canonical JSON):
`{"approval": ENVELOPE, "approved": SNAPSHOT, "holds": [ENVELOPE...], "snapshot": SNAPSHOT|null}`.
`approved` is what was signed and, without holds, is in force; with holds `snapshot` is.

1. One statement is signed by everybody who takes part: its subject is the snapshot, its predicate
   names the submitter, the sources and the trust document. The submitter's signature on it is the
   submission, every other one an approval.
2. The submitter may submit and did sign. Everybody else who signed may sign.
3. As many different people as the trust document says, two at least, with as many different raw
   keys, none of them the submitter's, approved. So three take part.
4. Each hold is one person's own statement (see `writ.signing.hold`), put on the epoch before it.
5. With holds, `snapshot` says exactly what `approved` says, and the holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from writ.canonical import Plain, digest_bytes, encode
from writ.errors import Refused
from writ.signing.derived import check_derived
from writ.signing.dsse import Envelope, envelope_of, sign, verify
from writ.signing.form import Form, read_form
from writ.signing.hold import Hold, verify_hold
from writ.signing.keys import KeyPair
from writ.signing.statement import PAYLOAD_TYPE, read_statement, write_statement
from writ.signing.trust import LEAST_SIGNERS, Trust

PREDICATE = "urn:writ:approval:1"
SUBJECT = "snapshot"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who took part in approving the snapshot with `digest`; `signers` are people's ids, sorted."""

    digest: str
    sources: str
    submitter: str
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose every rule was proved; `snapshot` is what is in force."""

    snapshot: bytes
    approved: bytes
    approval: Approval
    holds: tuple[Hold, ...]


class _Predicate(Form, frozen=True):
    submitter: str
    sources: str
    trust: str


class _Bundle(Form, frozen=True):
    approval: dict[str, object]
    approved: str
    holds: list[dict[str, object]]
    snapshot: str | None


def write_approval(snapshot: str, sources: str, submitter: str, trust: Trust) -> bytes:
    """Write the statement that everybody signs, from the digests of snapshot and sources."""
    predicate = {"submitter": submitter, "sources": sources, "trust": trust.digest}
    return write_statement(SUBJECT, snapshot, PREDICATE, predicate)


def sign_approval(statement: bytes, pair: KeyPair) -> Envelope:
    """Sign a statement, as its submitter or as a signer: the same words, one signature."""
    return sign(statement, PAYLOAD_TYPE, [pair])


def add_signature(envelope: Envelope, more: Envelope) -> Envelope:
    """Return `envelope` with the signatures of another envelope over the same statement."""
    if (more.payload, more.payload_type) != (envelope.payload, envelope.payload_type):
        raise Refused("the signature is over another statement than the proposal's")
    return replace(envelope, signatures=(*envelope.signatures, *more.signatures))


def read_approval(envelope: Envelope, trust: Trust) -> Approval:
    """Return who has signed so far, proved by rules 1 and 2; `check_threshold` proves rule 3."""
    publics = (*trust.publics("submit"), *trust.publics("sign"))
    proved = verify(envelope, dict.fromkeys(publics), PAYLOAD_TYPE)
    digest, predicate = read_statement(proved.payload, PREDICATE, _Predicate)
    if predicate.trust != trust.digest:
        raise Refused("the approval was signed under another trust document")
    submitter = trust.allowed(predicate.submitter, "submit")
    people = [trust.owner(key).id for key in proved.keys]
    if submitter.id not in people:
        raise Refused(f"the submission is not signed by `{submitter.id}`, who it says submitted")
    if len(set(people)) != len(people):
        raise Refused("one person signed with two keys; each signs once")
    signers = sorted(
        trust.allowed(person, "sign").id for person in people if person != submitter.id
    )
    return Approval(digest, predicate.sources, submitter.id, tuple(signers))


def check_threshold(approval: Approval, trust: Trust) -> Approval:
    """Return the approval, proved to have signers enough (rule 3)."""
    people = {trust.people[person].id for person in approval.signers} - {approval.submitter}
    needed = max(trust.signers, LEAST_SIGNERS)
    if len(people) < needed:
        raise Refused(f"{len(people)} of {needed} signatures; the submitter's does not count")
    return approval


def write_bundle(
    approval: Envelope,
    approved: bytes,
    holds: Sequence[Envelope] = (),
    snapshot: bytes | None = None,
) -> bytes:
    """Write a bundle; without holds the snapshot in force is the approved one."""
    value: dict[str, Plain] = {
        "approval": approval.plain(),
        "approved": approved.decode(),
        "holds": [hold.plain() for hold in holds],
        "snapshot": None if snapshot is None else snapshot.decode(),
    }
    return encode(value)


def add_hold(bundle: bytes, hold: Envelope, snapshot: bytes) -> bytes:
    """Return a bundle with one more hold, under which `snapshot` is in force; proves nothing."""
    form = read_form(bundle, _Bundle, "the bundle")
    holds = [envelope_of(item) for item in form.holds]
    approved = form.approved.encode()
    return write_bundle(envelope_of(form.approval), approved, [*holds, hold], snapshot)


def read_bundle(data: bytes, trust: Trust) -> Bundle:
    """Return what the bundle proves, or raise Refused saying which rule it breaks."""
    form = read_form(data, _Bundle, "the bundle")
    approved = form.approved.encode()
    snapshot = approved if form.snapshot is None else form.snapshot.encode()
    # 1, 2
    approval = read_approval(envelope_of(form.approval), trust)
    if digest_bytes(approved) != approval.digest:
        raise Refused("the snapshot is not the one that was signed")
    # 3
    check_threshold(approval, trust)
    # 4, 5
    holds = tuple(verify_hold(envelope_of(item), trust) for item in form.holds)
    check_derived(approved, snapshot, holds)
    return Bundle(snapshot, approved, approval, holds)


def verify_snapshot(envelope_json: bytes, trust: Trust) -> bytes:
    """Return the canonical bytes of the snapshot in force, proved by the bundle; else Refused."""
    return read_bundle(envelope_json, trust).snapshot
