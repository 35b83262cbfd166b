"""COSE_Sign1 (RFC 9052 4.2) signed with ECDSA, as mdocs and status lists carry it.

1. Four parts: protected header, unprotected header, payload, signature. `alg` (1) is protected and
   one of three; a header that says nothing of it is refused, not guessed.
2. `crit` (2) is refused, for there is no extension that we understand.
3. What is signed is `["Signature1", protected, "", payload]`; a detached payload is given.
4. `x5chain` (33, RFC 9360) is one certificate in DER or a list of them, the signer's own first.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cbor2 import CBORTag

from writ.errors import Refused
from writ.signing.cbor import read_cbor, write_cbor
from writ.signing.elliptic import CURVES, KNOWN, EcKey
from writ.signing.jws import MAX_CHAIN

ALG, CRIT, TYPE, X5CHAIN = 1, 2, 16, 33
_PARTS = 4
_TAG = 18


@dataclass(frozen=True, slots=True)
class Sign1:
    """A COSE_Sign1 as read; its payload is anybody's until `verify` returned."""

    what: str
    protected: bytes
    header: Mapping[object, object]
    unprotected: Mapping[object, object]
    payload: bytes | None
    signature: bytes

    def verify(self, key: EcKey, detached: bytes | None = None) -> bytes:
        """Return the payload, proved to be signed by `key` (rule 3)."""
        payload = self.payload if detached is None else detached
        if payload is None or (detached is not None and self.payload is not None):
            raise Refused(f"{self.what} has its payload in the wrong place")
        if key.curve.cose_alg != self.header[ALG]:
            raise Refused(f"{self.what} says alg {self.header[ALG]}; its key is for another")
        signed = write_cbor(["Signature1", self.protected, b"", payload])
        key.verify(self.signature, signed, self.what)
        return payload

    def chain(self) -> tuple[bytes, ...]:
        """Return the certificates of `x5chain` (rule 4)."""
        told = self.unprotected.get(X5CHAIN, self.header.get(X5CHAIN))
        chain = told if isinstance(told, list | tuple) else [told]
        ders = tuple(item for item in chain if isinstance(item, bytes))
        if not 0 < len(ders) == len(chain) <= MAX_CHAIN:
            raise Refused(f"{self.what} has no `x5chain` of 1 to {MAX_CHAIN} certificates")
        return ders


def read_sign1(value: object, what: str) -> Sign1:
    """Take a COSE_Sign1, tagged or not, out of read CBOR (under a tag, lists and maps are frozen)."""
    if isinstance(value, CBORTag) and value.tag == _TAG:
        value = value.value
    match value:  # 1
        case [
            bytes(protected),
            Mapping() as unprotected,
            bytes() | None as payload,
            bytes(signature),
        ]:
            header = read_cbor(protected, f"the protected header of {what}") if protected else {}
        case _:
            raise Refused(f"{what} is not a COSE_Sign1")
    if not isinstance(header, dict):
        raise Refused(f"the protected header of {what} is not a map")
    if CRIT in header or CRIT in unprotected:  # 2
        raise Refused(f"{what} has a critical extension, and none is known here")
    if header.get(ALG) not in {curve.cose_alg for curve in CURVES}:
        raise Refused(f"{what} is signed with another alg than {KNOWN}, or does not say which")
    return Sign1(what, protected, header, unprotected, payload, signature)
