"""Leave to decide, for a short while: what the control process signs and a gateway checks.

1. A lease names one gateway, the epoch and the rules it may decide by, how long from when it was
   signed (elapsed time since the boot that both share), the latest legal instant, and its number,
   which only grows. One that lay unread for a while has that much less left.
2. It is signed with the trust document's online key, under a type of its own.
3. Whoever takes a lease holds it against the clock, the epoch and the number seen last; here only
   the signature and the form are proved.
"""

from dataclasses import asdict, dataclass

from writ.canonical import encode
from writ.errors import Refused
from writ.signing.dsse import pae
from writ.signing.form import Form, read_form
from writ.signing.keys import KeyPair, verify_signature

_TYPE = "application/vnd.writ.lease.v1+json"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a lease says; `digest` is the snapshot's, `legal_mark` microseconds since the epoch.

    `signed_ms` are milliseconds since boot.
    """

    gateway: str
    epoch: int
    digest: str
    signed_ms: int
    lifetime_ms: int
    legal_mark: int
    number: int


class _Statement(Form, frozen=True):
    gateway: str
    epoch: int
    digest: str
    signed_ms: int
    lifetime_ms: int
    legal_mark: int
    number: int


def sign_lease(statement: Statement, online: KeyPair) -> tuple[bytes, bytes]:
    """Return the statement's canonical bytes and the signature over them."""
    data = encode(asdict(statement))
    return data, online.sign(pae(_TYPE, data))


def verify_lease(statement: bytes, signature: bytes, public: bytes) -> Statement:
    """Return what the lease says, proved to be signed by the online key; otherwise Refused."""
    verify_signature(public, signature, pae(_TYPE, statement))
    form = read_form(statement, _Statement, "the lease")
    if min(form.epoch, form.signed_ms, form.lifetime_ms, form.legal_mark, form.number) < 0:
        raise Refused("a lease has no negative numbers")
    return Statement(
        form.gateway,
        form.epoch,
        form.digest,
        form.signed_ms,
        form.lifetime_ms,
        form.legal_mark,
        form.number,
    )
