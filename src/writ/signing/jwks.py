"""Key sets as issuers publish them (RFC 7517 section 5), and proof that one of their keys signed.

1. Read are keys for ES256, ES384, ES512 (on their curves), RS256 and PS256 (RSA of 2048 to 8192
   bits, an odd exponent above two). Keys of other types, or for encryption, are passed over, as
   RFC 7517 says; one with a private part, or one that is not what its type says, refuses the set.
2. `none` and symmetric algs are not among them, so a public key is never taken for a secret.
3. `kid` names the key, and no two have the same. A JWS that names none is one of a set with a single
   key for its alg.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from writ.errors import Refused
from writ.signing.elliptic import CURVES, EcKey, from_jwk
from writ.signing.jose import from_base64url, read_object
from writ.signing.jws import Jws

_CURVES = tuple(curve.name for curve in CURVES)
RSA_ALGS = ("RS256", "PS256")
ALGS = (*(curve.alg for curve in CURVES), *RSA_ALGS)
MAX_SET = 256 * 1024
MOST_KEYS = 100
_LEAST_BITS, _MOST_BITS = 2048, 8192
_LEAST_EXPONENT = 3

_Public: TypeAlias = EcKey | rsa.RSAPublicKey


class UnknownKey(Refused):
    """A JWS names a key that is not in the set; a newer set may have it."""


@dataclass(frozen=True, slots=True)
class SetKey:
    """One key of a set; `algs` are those that it is for."""

    kid: str | None
    algs: tuple[str, ...]
    public: _Public

    def verify(self, jws: Jws) -> Mapping[str, object]:
        """Return the claims, proved to be signed by this key with the alg that the JWS names."""
        if isinstance(self.public, EcKey):
            return jws.verify(self.public)
        how: padding.AsymmetricPadding = padding.PKCS1v15()
        if jws.header["alg"] == "PS256":
            how = padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size)
        try:
            self.public.verify(jws.signature, jws.signed, how, SHA256())
        except InvalidSignature:
            raise Refused(f"the signature of {jws.what} is not by the key that it names") from None
        return jws.claims


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of one issuer."""

    keys: tuple[SetKey, ...]

    def verify(self, jws: Jws) -> Mapping[str, object]:
        """Return the claims, proved to be signed by the key that the JWS names (rule 3)."""
        return self.find(jws).verify(jws)

    def find(self, jws: Jws) -> SetKey:
        """Return the key that a JWS names; UnknownKey where the set has none."""
        kid, alg = jws.header.get("kid"), jws.header["alg"]
        fit = [key for key in self.keys if alg in key.algs and (kid is None or key.kid == kid)]
        if len(fit) == 1:
            return fit[0]
        if kid is None and fit:
            raise Refused(f"{jws.what} does not say by which key it is signed (`kid`)")
        raise UnknownKey(f"{jws.what} is signed with a key that its issuer does not publish")


def read_key_set(data: bytes, what: str) -> KeySet:
    """Read a key set (rules 1 and 3)."""
    if len(data) > MAX_SET:
        raise Refused(f"{what} is larger than {MAX_SET} bytes")
    rows = read_object(data, what).get("keys")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_KEYS:
        raise Refused(f"{what} is no key set of 1 to {MOST_KEYS} keys")
    keys = tuple(key for row in rows if (key := _key(row, what)) is not None)
    named = [key.kid for key in keys if key.kid is not None]
    if len(set(named)) < len(named):
        raise Refused(f"{what} names two keys alike")
    if not keys:
        raise Refused(f"{what} has no key for {', '.join(ALGS)}")
    return KeySet(keys)


def write_key_set(keys: Mapping[str, tuple[str, Mapping[str, str]]]) -> bytes:
    """Write public keys by their `kid`, each with its `alg`, as others read them."""
    rows = [{**jwk, "alg": alg, "kid": kid, "use": "sig"} for kid, (alg, jwk) in keys.items()]
    return msgspec.json.encode({"keys": rows})


def _key(row: object, what: str) -> SetKey | None:
    if not isinstance(row, dict):
        raise Refused(f"{what} holds something else than keys")
    kid, alg = row.get("kid"), row.get("alg")
    if kid is not None and not isinstance(kid, str):
        raise Refused(f"a `kid` of {what} is not a text")
    if row.get("use", "sig") != "sig":
        return None
    of = f"a key of {what}"
    match row.get("kty"):
        case "EC" if row.get("crv") in _CURVES:
            elliptic = from_jwk(row, of)
            public: _Public = elliptic
            algs: tuple[str, ...] = (elliptic.curve.alg,)
        case "RSA":
            public, algs = _rsa(row, of), RSA_ALGS
        case _:
            return None
    algs = tuple(item for item in algs if alg is None or alg == item)
    return SetKey(kid, algs, public) if algs else None


def _rsa(row: Mapping[str, object], what: str) -> rsa.RSAPublicKey:
    if "d" in row:
        raise Refused(f"{what} has a private part; publish public keys alone")
    modulus, exponent = (_integer(row.get(name), what) for name in ("n", "e"))
    bits = modulus.bit_length()
    if not _LEAST_BITS <= bits <= _MOST_BITS or exponent < _LEAST_EXPONENT or not exponent % 2:
        raise Refused(f"{what} is no RSA key of {_LEAST_BITS} to {_MOST_BITS} bits")
    try:
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        raise Refused(f"{what} is no RSA key") from None


def _integer(value: object, what: str) -> int:
    if not isinstance(value, str):
        raise Refused(f"{what} does not give modulus and exponent")
    return int.from_bytes(from_base64url(value, f"a number of {what}"))
