"""Signed JSON of others: a JWS (RFC 7515) in compact form.

1. At most 64 KiB (a status list: 4 MiB); three parts of base64url.
2. `typ` is the one that is wanted here (RFC 8725 3.11), and `alg` one that is taken here: those of
   ECDSA, or what the caller names; `crit` is refused, for there is no extension that we understand.
3. Reading proves nothing; `Jws.verify` does, with a key for that very `alg`, and so does a key set
   (`writ.signing.jwks`).
4. `x5c` is a list of certificates in base64, the signer's own first.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from writ.canonical import Plain, encode
from writ.errors import Refused
from writ.signing.elliptic import CURVES, EcKey, key_of, sign_raw
from writ.signing.form import from_base64
from writ.signing.jose import from_base64url, read_object, to_base64url

MAX_TOKEN = 64 * 1024
MAX_CHAIN = 4
BARE = "JWT"
"""What an untyped token is (RFC 7519 5.1: `typ` may be left out)."""

_PARTS = 3
_ECDSA = tuple(curve.alg for curve in CURVES)


@dataclass(frozen=True, slots=True)
class Jws:
    """A JWS as read: its claims are anybody's until `verify` returned."""

    what: str
    header: Mapping[str, object]
    claims: Mapping[str, object]
    signed: bytes
    signature: bytes

    def verify(self, key: EcKey) -> Mapping[str, object]:
        """Return the claims, proved to be signed by `key` (rule 3)."""
        if key.curve.alg != self.header["alg"]:
            raise Refused(f"{self.what} says alg `{self.header['alg']}`; its key is for another")
        key.verify(self.signature, self.signed, self.what)
        return self.claims

    def chain(self) -> tuple[bytes, ...]:
        """Return the certificates of `x5c`, each in DER (rule 4)."""
        chain = self.header.get("x5c")
        if not isinstance(chain, list) or not 0 < len(chain) <= MAX_CHAIN:
            raise Refused(f"{self.what} has no `x5c` of 1 to {MAX_CHAIN} certificates")
        return tuple(_der(item, self.what) for item in chain)


def read_jws(
    token: str,
    typ: str,
    what: str,
    limit: int = MAX_TOKEN,
    algs: Collection[str] = _ECDSA,
) -> Jws:
    """Read a JWS of one `typ`; `what` it should be stands in refusals."""
    # 1
    parts = token.split(".") if len(token) <= limit and token.isascii() else []
    if len(parts) != _PARTS:
        raise Refused(f"{what} is not a compact JWS of {limit} characters at most")
    header, claims, signature = (from_base64url(part, f"a part of {what}") for part in parts)
    # 2
    read = read_object(header, f"the header of {what}")
    if "crit" in read:
        raise Refused(f"{what} has a critical extension, and none is known here")
    if read.get("typ", BARE) != typ:
        raise Refused(f"{what} is not of type `{typ}`")
    if read.get("alg") not in algs:
        raise Refused(f"{what} is signed with another alg than {', '.join(algs)}")
    signed = f"{parts[0]}.{parts[1]}".encode()
    return Jws(what, read, read_object(claims, f"the claims of {what}"), signed, signature)


def sign_jws(
    header: Mapping[str, Plain], claims: Mapping[str, Plain], private: EllipticCurvePrivateKey
) -> str:
    """Make a JWS; `alg` is that of the key."""
    alg = key_of(private.public_key(), "our key").curve.alg
    head, body = (to_base64url(encode(part)) for part in ({**header, "alg": alg}, claims))
    return f"{head}.{body}.{to_base64url(sign_raw(private, f'{head}.{body}'.encode()))}"


def number(claims: Mapping[str, object], name: str, what: str) -> float | None:
    """Return a claim that tells seconds since the epoch (None: it is not there)."""
    value = claims.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise Refused(f"`{name}` of {what} is not a number of seconds")
    return value


def _der(item: object, what: str) -> bytes:
    if not isinstance(item, str):
        raise Refused(f"`x5c` of {what} holds something else than texts")
    return from_base64(item, f"a certificate of {what}")
