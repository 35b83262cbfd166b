"""The key that seals what is handed out, with a certificate that other people's tools read.

1. RSA with PKCS #1 v1.5 and SHA-256 (RFC 8017 8.2): readers of PDF know it, and the same bytes have
   the same signature each time.
2. Key and certificate lie in one file each. Where there are none, a certificate is made that its
   own key signs; whoever has one of a known issuer puts both there before the first use.
"""

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from writ.clock import Instant
from writ.errors import Failed, Refused
from writ.signing.keys import private_pem, read_private, write_private

BITS = 3072
_YEARS = 20
_EXPONENT = 65537


class CertifiedKey:
    """A private key with its certificate (PEM)."""

    def __init__(self, private: RSAPrivateKey, certificate: bytes) -> None:
        self.private = private
        self.certificate = certificate

    @classmethod
    def generate(cls, name: str, at: Instant) -> "CertifiedKey":
        """Make a key, and a certificate of its own in a name, from an instant on."""
        private = generate_private_key(_EXPONENT, BITS)
        holder = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64])])
        since = dt.datetime.fromtimestamp(at // 1_000_000, dt.UTC)
        usage = dict.fromkeys(
            (
                "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
                "crl_sign", "encipher_only", "decipher_only",
            ),
            False,
        )  # fmt: skip
        certificate = (
            x509.CertificateBuilder()
            .subject_name(holder)
            .issuer_name(holder)
            .public_key(private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since - dt.timedelta(days=1))
            .not_valid_after(since + dt.timedelta(days=365 * _YEARS))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(digital_signature=True, content_commitment=True, **usage),
                critical=True,
            )
            .sign(private, SHA256())
        )
        return cls(private, certificate.public_bytes(Encoding.PEM))

    @classmethod
    def load(cls, key: Path, certificate: Path) -> "CertifiedKey":
        """Read both files; a certificate of another key is Refused."""
        private = read_private(key)
        if not isinstance(private, RSAPrivateKey):
            raise Refused(f"`{key}` is not an RSA key")
        try:
            data = certificate.read_bytes()
        except OSError as error:
            raise Failed(f"cannot read `{certificate}`: {error.strerror}") from None
        if _public(data) != private.public_key():
            raise Refused(f"`{certificate}` is the certificate of another key than `{key}`")
        return cls(private, data)

    def save(self, key: Path, certificate: Path) -> None:
        """Write both to new files; never over a key."""
        write_private(key, private_pem(self.private))
        try:
            certificate.write_bytes(self.certificate)
        except OSError as error:
            raise Failed(f"cannot write `{certificate}`: {error.strerror}") from None

    def sign(self, message: bytes) -> bytes:
        """Sign bytes (rule 1)."""
        return self.private.sign(message, PKCS1v15(), SHA256())


def verify_certified(certificate: bytes, signature: bytes, message: bytes) -> bytes:
    """Return the message, proved to be signed by the key of a certificate; otherwise Refused."""
    try:
        _public(certificate).verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise Refused("not signed by the key of its certificate") from None
    return message


def _public(certificate: bytes) -> RSAPublicKey:
    """Return the key of a certificate in PEM."""
    try:
        public = x509.load_pem_x509_certificate(certificate).public_key()
    except ValueError:
        raise Refused("not a certificate in PEM") from None
    if not isinstance(public, RSAPublicKey):
        raise Refused("the certificate is not of an RSA key")
    return public
