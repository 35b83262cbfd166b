"""ECDSA as credentials use it: a curve, its hash, and signatures written r || s.

1. P-256 goes with SHA-256, P-384 with SHA-384, P-521 with SHA-512, in JOSE (RFC 7518 3.4) as in
   COSE (RFC 9053 2.1); nothing else is undefined by us and used all the same.
2. A key is a point on its curve, told as a JWK (RFC 7517) or as a COSE key (RFC 9052 7) with both
   coordinates, each as long as the curve says; one with a private part is refused.
3. A signature is r and s, each as long as the curve says (RFC 7518 3.4).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from writ.canonical import encode
from writ.errors import Refused
from writ.signing.jose import from_base64url, to_base64url


@dataclass(frozen=True, slots=True)
class Curve:
    """One row of rule 1: names in JOSE, numbers in COSE, bytes of a coordinate."""

    name: str
    alg: str
    cose: int
    cose_alg: int
    size: int
    group: ec.EllipticCurve
    digest: hashes.HashAlgorithm


CURVES = (
    Curve("P-256", "ES256", 1, -7, 32, ec.SECP256R1(), hashes.SHA256()),
    Curve("P-384", "ES384", 2, -35, 48, ec.SECP384R1(), hashes.SHA384()),
    Curve("P-521", "ES512", 3, -36, 66, ec.SECP521R1(), hashes.SHA512()),
)
KNOWN = ", ".join(curve.alg for curve in CURVES)


@dataclass(frozen=True, slots=True)
class EcKey:
    """A public key on one of the curves."""

    curve: Curve
    public: ec.EllipticCurvePublicKey

    def verify(self, signature: bytes, message: bytes, what: str) -> bytes:
        """Return the message, proved to be signed by this key; `what` it is stands in a refusal."""
        size = self.curve.size
        if len(signature) != 2 * size:  # 3
            raise Refused(f"the signature of {what} has {len(signature)} bytes, not {2 * size}")
        r, s = (int.from_bytes(part) for part in (signature[:size], signature[size:]))
        try:
            self.public.verify(encode_dss_signature(r, s), message, ec.ECDSA(self.curve.digest))
        except InvalidSignature:
            raise Refused(f"the signature of {what} is not by the key that it names") from None
        return message

    def jwk(self) -> dict[str, str]:
        """Write the key as a JWK."""
        point = self.public.public_numbers()
        x, y = (to_base64url(part.to_bytes(self.curve.size)) for part in (point.x, point.y))
        return {"crv": self.curve.name, "kty": "EC", "x": x, "y": y}

    def thumbprint(self) -> bytes:
        """Digest the key as RFC 7638 says."""
        return hashlib.sha256(encode(self.jwk())).digest()


def sign_raw(private: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Sign a message as `EcKey.verify` verifies it."""
    curve = key_of(private.public_key(), "our key").curve
    r, s = decode_dss_signature(private.sign(message, ec.ECDSA(curve.digest)))
    return r.to_bytes(curve.size) + s.to_bytes(curve.size)


def key_of(public: object, what: str) -> EcKey:
    """Take a key that a library read, if it is on one of the curves."""
    if isinstance(public, ec.EllipticCurvePublicKey):
        for curve in CURVES:
            if curve.group.name == public.curve.name:
                return EcKey(curve, public)
    raise Refused(f"{what} is no key for {KNOWN}")


def from_jwk(value: object, what: str) -> EcKey:
    """Read a public key from a JWK (rule 2)."""
    if not isinstance(value, Mapping) or value.get("kty") != "EC" or "d" in value:
        raise Refused(f"{what} is not a public key for {KNOWN}, as a JWK of type EC")
    for curve in CURVES:
        if curve.name == value.get("crv"):
            x, y = (_coordinate(value.get(name), what) for name in ("x", "y"))
            return _point(curve, x, y, what)
    raise Refused(f"{what} is on a curve other than those of {KNOWN}")


def from_cose(value: object, what: str) -> EcKey:
    """Read a public key from a COSE key (rule 2): 1 is its type, -1 its curve, -2 and -3 x and y."""
    if not isinstance(value, Mapping) or value.get(1) != 2 or -4 in value:  # noqa: PLR2004 - EC2
        raise Refused(f"{what} is not a public key for {KNOWN}, as a COSE key of type EC2")
    x, y = value.get(-2), value.get(-3)
    for curve in CURVES:
        if curve.cose == value.get(-1) and isinstance(x, bytes) and isinstance(y, bytes):
            return _point(curve, x, y, what)
    raise Refused(f"{what} is on another curve, or does not give both coordinates")


def _coordinate(value: object, what: str) -> bytes:
    if not isinstance(value, str):
        raise Refused(f"{what} does not give both coordinates")
    return from_base64url(value, f"a coordinate of {what}")


def _point(curve: Curve, x: bytes, y: bytes, what: str) -> EcKey:
    if len(x) != curve.size or len(y) != curve.size:
        raise Refused(f"a coordinate of {what} is not {curve.size} bytes")
    numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), curve.group)
    try:
        return EcKey(curve, numbers.public_key())
    except ValueError:
        raise Refused(f"{what} is not a point on its curve") from None
