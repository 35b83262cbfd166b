"""A hold: one authorised person's own signed word that one model stops, at once.

1. The statement's subject is the snapshot in force when it was signed; its predicate names that
   epoch, the model, the span, the person and the trust document. So it serves once: on the next
   epoch it is a statement about the past.
2. It is signed by exactly one key, of the person it names, who may hold.
3. The span is half open, in microseconds. `until` is null (until released by two) only where
   another person holds the model already: that is a confirmation.
"""

from dataclasses import dataclass

from writ.canonical import Plain
from writ.clock import DAY, Instant
from writ.errors import Refused
from writ.signing.dsse import Envelope, sign, verify
from writ.signing.form import Form
from writ.signing.keys import KeyPair
from writ.signing.statement import PAYLOAD_TYPE, read_statement, write_statement
from writ.signing.trust import Trust

PREDICATE = "urn:writ:hold:1"
LONGEST = 7 * DAY
DEFAULT = DAY


@dataclass(frozen=True, slots=True)
class Hold:
    """A stop for `model` in [since, until), put by `by` on the epoch whose snapshot is `base`."""

    base: str
    epoch: int
    model: str
    since: Instant
    until: Instant | None
    by: str


class _Predicate(Form, frozen=True):
    epoch: int
    model: str
    since: int
    until: int | None
    by: str
    trust: str


def sign_hold(hold: Hold, trust: Trust, pair: KeyPair) -> Envelope:
    """Sign a hold as the person it names."""
    predicate: dict[str, Plain] = {
        "epoch": hold.epoch,
        "model": hold.model,
        "since": hold.since,
        "until": hold.until,
        "by": hold.by,
        "trust": trust.digest,
    }
    statement = write_statement("snapshot", hold.base, PREDICATE, predicate)
    return sign(statement, PAYLOAD_TYPE, [pair])


def verify_hold(envelope: Envelope, trust: Trust) -> Hold:
    """Return the hold, proved to be its person's own and within the longest span; else Refused."""
    proved = verify(envelope, trust.publics("hold"), PAYLOAD_TYPE)
    base, predicate = read_statement(proved.payload, PREDICATE, _Predicate)
    if predicate.trust != trust.digest:
        raise Refused("the hold was signed under another trust document")
    signers = {trust.owner(key).id for key in proved.keys}
    if len(proved.keys) != 1 or signers != {predicate.by}:
        raise Refused(f"a hold is signed by the one who holds, `{predicate.by}`, alone")
    end = predicate.since + LONGEST if predicate.until is None else predicate.until
    if not 0 < end - predicate.since <= LONGEST:
        raise Refused("a hold lasts for some time, and 7 days at most until a second confirms")
    return Hold(
        base, predicate.epoch, predicate.model, predicate.since, predicate.until, predicate.by
    )
