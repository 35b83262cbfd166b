"""An RSA key that signs JWS with RS256: what receivers of signals are bound to take.

1. Keys are of 3072 bits; one of fewer than 2048 is refused (the interoperability profile of CAEP).
2. A key is known by its thumbprint (RFC 7638).
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from writ.canonical import Plain, encode
from writ.errors import Refused
from writ.signing.jose import to_base64url
from writ.signing.keys import private_pem, read_private, write_private

ALG = "RS256"
_BITS, _LEAST_BITS = 3072, 2048
_EXPONENT = 65537


class RsaSigner:
    """A private key."""

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        self._private = private

    @classmethod
    def generate(cls) -> "RsaSigner":
        """Make a key from the system's randomness."""
        return cls(rsa.generate_private_key(_EXPONENT, _BITS))

    @classmethod
    def load(cls, path: Path) -> "RsaSigner":
        """Read a key file; one that others may read, or of another kind, is Refused."""
        private = read_private(path)
        if not isinstance(private, rsa.RSAPrivateKey) or private.key_size < _LEAST_BITS:
            raise Refused(f"`{path}` is not a key for {ALG}, of {_LEAST_BITS} bits at least")
        return cls(private)

    def save(self, path: Path) -> None:
        """Write the private key as PKCS #8 PEM to a new file of mode 0600; never over another."""
        write_private(path, private_pem(self._private))

    def jwk(self) -> dict[str, str]:
        """Write the public half as a JWK (RFC 7517)."""
        numbers = self._private.public_key().public_numbers()
        e, n = (
            to_base64url(part.to_bytes((part.bit_length() + 7) // 8))
            for part in (numbers.e, numbers.n)
        )
        return {"e": e, "kty": "RSA", "n": n}

    @property
    def kid(self) -> str:
        """The key's name (rule 2)."""
        return to_base64url(hashlib.sha256(encode(self.jwk())).digest())

    def sign_jws(self, header: Mapping[str, Plain], claims: Mapping[str, Plain]) -> str:
        """Make a JWS in compact form; `alg` and `kid` are this key's."""
        whole = {**header, "alg": ALG, "kid": self.kid}
        signed = ".".join(to_base64url(encode(part)) for part in (whole, claims))
        signature = self._private.sign(signed.encode(), padding.PKCS1v15(), SHA256())
        return f"{signed}.{to_base64url(signature)}"
