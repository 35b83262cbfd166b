"""How the chip of a passport signs a challenge: active authentication (ICAO Doc 9303 part 11 section 6.1).

1. With RSA by ISO/IEC 9796-2, scheme 1: the signature gives back `6A`, what the chip chose, a digest
   of that and of our challenge, and a trailer that names the digest, `BC` for SHA-1. All of it is
   looked at, from the first byte to the last.
2. With ECDSA as r and s side by side. The digest stands in another file; whichever of those of
   SHA-1 and SHA-2 verifies is the one, for the challenge is ours.
"""

import hashlib

from cryptography.hazmat.primitives.asymmetric import rsa

from writ.errors import Refused
from writ.signing.state_key import DIGESTS, Scheme, StateKey

_WHAT = "the chip's answer"
_HEAD, _SHA1_TRAILER, _TRAILER = 0x6A, 0xBC, 0xCC
_TRAILERS = {0x33: "sha1", 0x34: "sha256", 0x35: "sha512", 0x36: "sha384", 0x38: "sha224"}


def check_chip_signature(key: StateKey, signature: bytes, challenge: bytes) -> None:
    """Refuse a signature that a chip with this key did not make over the challenge."""
    if isinstance(key.public, rsa.RSAPublicKey):
        _check_recovered(_recover(key.public, signature), challenge)
        return
    for digest in DIGESTS.values():
        try:
            key.verify(Scheme("plain", digest(), digest(), 0), signature, challenge, _WHAT)
        except Refused:
            continue
        return
    raise _wrong()


def _recover(key: rsa.RSAPublicKey, signature: bytes) -> bytes:
    numbers, size = key.public_numbers(), (key.key_size + 7) // 8
    number = int.from_bytes(signature)
    if len(signature) != size or number >= numbers.n:
        raise _wrong()
    return pow(number, numbers.e, numbers.n).to_bytes(size)


def _check_recovered(told: bytes, challenge: bytes) -> None:
    """Rule 1."""
    name, tail = ("sha1", 1) if told[-1] == _SHA1_TRAILER else (_TRAILERS.get(told[-2]), 2)
    if told[0] != _HEAD or name is None or told[-1] not in {_SHA1_TRAILER, _TRAILER}:
        raise _wrong()
    size = hashlib.new(name).digest_size
    chosen, digest = told[1 : -tail - size], told[-tail - size : -tail]
    if hashlib.new(name, chosen + challenge).digest() != digest:
        raise _wrong()


def _wrong() -> Refused:
    return Refused(f"{_WHAT} is not to this challenge, or not by this document; read it again")
