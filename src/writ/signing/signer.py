"""A key that signs JWS for us: read from a file, and shown to nobody.

1. It is on one of the curves that credentials use; HAIP wants P-256.
"""

from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from writ.canonical import Plain
from writ.errors import Refused
from writ.signing.elliptic import EcKey, key_of
from writ.signing.jws import sign_jws
from writ.signing.keys import read_private


class Signer:
    """A private key and its public half."""

    def __init__(self, private: EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public: EcKey = key_of(private.public_key(), "the key")

    @classmethod
    def load(cls, path: Path) -> "Signer":
        """Read a key file; one that others may read, or of another kind, is Refused."""
        private = read_private(path)
        if not isinstance(private, EllipticCurvePrivateKey):
            raise Refused(f"`{path}` is not a key for ES256")
        return cls(private)

    def sign_jws(self, header: Mapping[str, Plain], claims: Mapping[str, Plain]) -> str:
        """Sign claims under a header."""
        return sign_jws(header, claims, self._private)
