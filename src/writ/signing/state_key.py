"""The keys and algorithms that states sign passports with (ICAO Doc 9303 part 12 section 4.4).

1. Signatures are RSA (PKCS #1 v1.5), RSA-PSS with its own parameters, and ECDSA as a sequence or, by
   BSI TR-03111, as r and s side by side. Any other algorithm is refused, and so is a digest that is
   none of SHA-1 and SHA-2.
2. A curve is named, or told by its parameters, as most states do. These only say which named curve
   it is, by generator and order: we calculate on that one, never on parameters that somebody sent.
3. SHA-1, RSA of less than 2048 bits and curves of less than 224 stand in passports that are still
   good. They verify, and are `weak`: whoever believes them says how far. A chip's own RSA key is
   short by its standard, and guards one document alone: it is weak below 1280. RSA of less than 1024 bits
   or of more than 8192, or with an exponent of more than 64, is refused.
4. Where a signature names only the kind of key, its digest is the one named beside it (RFC 5652).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from writ.errors import Refused
from writ.signing.der import BITS, INTEGER, NULL, OCTETS, OID, SEQUENCE, Value, read_der

Kind: TypeAlias = Literal["rsa", "pss", "ecdsa", "plain"]

RSA, PSS, MGF1, EC = (
    "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.8", "1.2.840.10045.2.1",
)  # fmt: skip
DIGESTS: Mapping[str, type[hashes.HashAlgorithm]] = {
    "1.3.14.3.2.26": hashes.SHA1,
    "2.16.840.1.101.3.4.2.4": hashes.SHA224,
    "2.16.840.1.101.3.4.2.1": hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}
_SHA1, _SHA224, _SHA256, _SHA384, _SHA512 = DIGESTS.values()
_SIGNATURES: Mapping[str, tuple[Kind, type[hashes.HashAlgorithm]]] = {
    "1.2.840.113549.1.1.5": ("rsa", _SHA1),
    "1.2.840.113549.1.1.14": ("rsa", _SHA224),
    "1.2.840.113549.1.1.11": ("rsa", _SHA256),
    "1.2.840.113549.1.1.12": ("rsa", _SHA384),
    "1.2.840.113549.1.1.13": ("rsa", _SHA512),
    "1.2.840.10045.4.1": ("ecdsa", _SHA1),
    "1.2.840.10045.4.3.1": ("ecdsa", _SHA224),
    "1.2.840.10045.4.3.2": ("ecdsa", _SHA256),
    "1.2.840.10045.4.3.3": ("ecdsa", _SHA384),
    "1.2.840.10045.4.3.4": ("ecdsa", _SHA512),
    "0.4.0.127.0.7.1.1.4.1.1": ("plain", _SHA1),
    "0.4.0.127.0.7.1.1.4.1.2": ("plain", _SHA224),
    "0.4.0.127.0.7.1.1.4.1.3": ("plain", _SHA256),
    "0.4.0.127.0.7.1.1.4.1.4": ("plain", _SHA384),
    "0.4.0.127.0.7.1.1.4.1.5": ("plain", _SHA512),
}
_CURVES: Mapping[str, ec.EllipticCurve] = {
    "1.2.840.10045.3.1.1": ec.SECP192R1(),
    "1.3.132.0.33": ec.SECP224R1(),
    "1.2.840.10045.3.1.7": ec.SECP256R1(),
    "1.3.132.0.34": ec.SECP384R1(),
    "1.3.132.0.35": ec.SECP521R1(),
    "1.3.36.3.3.2.8.1.1.7": ec.BrainpoolP256R1(),
    "1.3.36.3.3.2.8.1.1.11": ec.BrainpoolP384R1(),
    "1.3.36.3.3.2.8.1.1.13": ec.BrainpoolP512R1(),
}
_NAMES: Mapping[Kind, str] = {"rsa": "RSA", "pss": "RSA-PSS", "ecdsa": "ECDSA", "plain": "ECDSA"}
_WEAK_RSA, _WEAK_CHIP_RSA, _WEAK_CURVE = 2048, 1280, 224
_LEAST_RSA, _MOST_RSA, _MOST_EXPONENT = 1024, 8192, 64
_MOST_SALT = 64
_PSS_SALT = 20


@dataclass(frozen=True, slots=True)
class Scheme:
    """How something is signed: the kind of key, the digest, and what RSA-PSS says besides."""

    kind: Kind
    digest: hashes.HashAlgorithm
    mask: hashes.HashAlgorithm
    salt: int

    @property
    def weak(self) -> bool:
        """Whether it rests on SHA-1 (rule 3)."""
        return isinstance(self.digest, hashes.SHA1)

    @property
    def name(self) -> str:
        """The scheme as people call it."""
        return f"{_NAMES[self.kind]} with {self.digest.name}"


@dataclass(frozen=True, slots=True)
class StateKey:
    """A public key of a state, or of a chip of its passports."""

    public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey

    @property
    def weak(self) -> bool:
        """Whether it is short for a state's (rule 3)."""
        return self._shorter(_WEAK_RSA)

    @property
    def weak_in_chip(self) -> bool:
        """Whether it is short for a chip's (rule 3)."""
        return self._shorter(_WEAK_CHIP_RSA)

    def _shorter(self, bits: int) -> bool:
        least = bits if isinstance(self.public, rsa.RSAPublicKey) else _WEAK_CURVE
        return self.public.key_size < least

    @property
    def name(self) -> str:
        """What kind of key it is."""
        if isinstance(self.public, rsa.RSAPublicKey):
            return f"RSA {self.public.key_size}"
        return self.public.curve.name

    def verify(self, scheme: Scheme, signature: bytes, message: bytes, what: str) -> None:
        """Refuse a signature that this key did not make over a message."""
        try:
            self._verify(scheme, signature, message)
        except (InvalidSignature, ValueError):  # ValueError: too short for such a signature
            raise Refused(f"the signature of {what} is not by the key that it names") from None

    def _verify(self, scheme: Scheme, signature: bytes, message: bytes) -> None:
        match scheme.kind, self.public:
            case ("rsa", rsa.RSAPublicKey() as key):
                key.verify(signature, message, padding.PKCS1v15(), scheme.digest)
            case ("pss", rsa.RSAPublicKey() as key):
                pss = padding.PSS(padding.MGF1(scheme.mask), scheme.salt)
                key.verify(signature, message, pss, scheme.digest)
            case ("ecdsa", ec.EllipticCurvePublicKey() as key):
                key.verify(signature, message, ec.ECDSA(scheme.digest))
            case ("plain", ec.EllipticCurvePublicKey() as key):
                key.verify(_sequence(key, signature), message, ec.ECDSA(scheme.digest))
            case _:
                raise InvalidSignature


def read_digest(algorithm: Value) -> hashes.HashAlgorithm:
    """Read the algorithm of a digest (rule 1)."""
    fields = algorithm.fields()
    named = fields.take(OID).oid()
    fields.maybe(NULL)
    fields.end()
    if named not in DIGESTS:
        raise Refused(f"{algorithm.what} has a digest by {named}, which is not accepted here")
    return DIGESTS[named]()


def read_scheme(algorithm: Value, beside: hashes.HashAlgorithm | None = None) -> Scheme:
    """Read how something is signed; `beside` is the digest named beside it (rule 4)."""
    fields = algorithm.fields()
    named = fields.take(OID).oid()
    if named == PSS:
        return _pss(fields.take(SEQUENCE))
    if beside is not None and named in {RSA, EC}:
        return Scheme("rsa" if named == RSA else "ecdsa", beside, beside, 0)
    if named not in _SIGNATURES:
        raise Refused(f"{algorithm.what} is signed by {named}, which is not accepted here")
    kind, digest = _SIGNATURES[named]
    return Scheme(kind, digest(), digest(), 0)


def read_key(info: Value) -> StateKey:
    """Read a SubjectPublicKeyInfo (RFC 5280 4.1.2.7)."""
    fields = info.fields()
    algorithm, bits = fields.take(SEQUENCE).fields(), fields.take(BITS).bits()
    fields.end()
    named = algorithm.take(OID).oid()
    try:
        if named in {RSA, PSS}:
            return StateKey(_rsa(bits, info.what))
        if named == EC:
            curve = _curve(algorithm.take())
            return StateKey(ec.EllipticCurvePublicKey.from_encoded_point(curve, bits))
    except ValueError:
        raise info.bad() from None
    raise Refused(f"{info.what} has a key of the kind {named}, which is not accepted here")


def _rsa(bits: bytes, what: str) -> rsa.RSAPublicKey:
    fields = read_der(bits, what).fields()
    modulus, exponent = fields.take(INTEGER).integer(), fields.take(INTEGER).integer()
    size = modulus.bit_length() if modulus > 0 else 0
    if not _LEAST_RSA <= size <= _MOST_RSA or not 0 < exponent.bit_length() <= _MOST_EXPONENT:
        raise Refused(f"{what} has an RSA key of {size} bits, which is not accepted")
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _curve(told: Value) -> ec.EllipticCurve:
    """Find the curve that is named, or told by generator and order (rule 2)."""
    if told.tag == OID:
        curve = _CURVES.get(told.oid())
    else:
        fields = told.fields()
        for tag in (INTEGER, SEQUENCE, SEQUENCE):  # version, field, coefficients
            fields.take(tag)
        generator, order = fields.take(OCTETS).content, fields.take(INTEGER).integer()
        curve = _generators().get((generator, order))
    if curve is None:
        raise Refused(f"{told.what} has a key on a curve that is not known here")
    return curve


@cache
def _generators() -> dict[tuple[bytes, int], ec.EllipticCurve]:
    """Return the curves by generator, in either way of writing it, and order."""
    found: dict[tuple[bytes, int], ec.EllipticCurve] = {}
    for curve in _CURVES.values():
        point = ec.derive_private_key(1, curve).public_key().public_numbers()
        size = (curve.key_size + 7) // 8
        x, y = point.x.to_bytes(size), point.y.to_bytes(size)
        for generator in (b"\x04" + x + y, bytes([2 + point.y % 2]) + x):
            found[generator, curve.group_order] = curve
    return found


def _pss(parameters: Value) -> Scheme:
    """Read the parameters of RSA-PSS (RFC 4055 3.1); what is left out is SHA-1, and salt of 20."""
    fields = parameters.fields()
    digest, mask, salt = (fields.maybe(tag) for tag in (0xA0, 0xA1, 0xA2))
    trailer = fields.maybe(0xA3)
    fields.end()
    hashed = _SHA1() if digest is None else read_digest(digest.only())
    masked: hashes.HashAlgorithm = _SHA1()
    if mask is not None:
        generator = mask.only().fields()
        if generator.take(OID).oid() != MGF1:
            raise parameters.bad()
        masked = read_digest(generator.take(SEQUENCE))
    length = _PSS_SALT if salt is None else salt.only().integer()
    if not 0 <= length <= _MOST_SALT or (trailer is not None and trailer.only().integer() != 1):
        raise parameters.bad()
    return Scheme("pss", hashed, masked, length)


def _sequence(key: ec.EllipticCurvePublicKey, signature: bytes) -> bytes:
    """Write r and s, side by side, as a sequence."""
    size = (key.curve.group_order.bit_length() + 7) // 8
    if len(signature) != 2 * size:
        raise InvalidSignature
    return encode_dss_signature(
        *(int.from_bytes(half) for half in (signature[:size], signature[size:]))
    )
