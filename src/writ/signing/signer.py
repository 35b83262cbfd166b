"""A key that signs JWS for us: read from a file, and shown to nobody.

1. It is on one of the curves that credentials use; HAIP wants P-256.
"""

from collections.abc import Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from writ.canonical import Plain
from writ.errors import Refused
from writ.signing.elliptic import EcKey, key_of
from writ.signing.jws import sign_jws
from writ.signing.keys import private_pem, read_private, write_private


class Signer:
    """A private key and its public half."""

    def __init__(self, private: EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public: EcKey = key_of(private.public_key(), "the key")

    @classmethod
    def generate(cls) -> "Signer":
        """Make a key on P-256 from the system's randomness."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    def save(self, path: Path) -> None:
        """Write the private key as PKCS #8 PEM to a new file of mode 0600; never over another."""
        write_private(path, private_pem(self._private))

    def request(self, host: str) -> str:
        """Write a certificate request (PKCS #10) in PEM for a host."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        builder = x509.CertificateSigningRequestBuilder().subject_name(name)
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        made = builder.add_extension(names, critical=False).sign(self._private, SHA256())
        return made.public_bytes(Encoding.PEM).decode()

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
