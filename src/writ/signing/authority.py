"""An authority made up for a drill: certificates that nobody outside it trusts.

1. It issues to signers directly, on P-256, with the extensions that `signing.certificates` asks for.
"""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from writ.signing.signer import Signer

EARLIER = timedelta(days=1)


class Authority:
    """A root, good from yesterday for so many days."""

    def __init__(self, name: str, country: str, now: float, days: int) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._country = country
        self._since = datetime.fromtimestamp(now, UTC) - EARLIER
        self._until = self._since + timedelta(days=days)
        self._name = self._named(name)
        self._root = self._certify(self._name, self._key.public_key(), authority=True)

    @property
    def pem(self) -> str:
        """The root in PEM."""
        return self._root.public_bytes(Encoding.PEM).decode()

    def issue(self, name: str, signer: Signer) -> bytes:
        """Certify a signer's key; return the certificate in DER."""
        made = self._certify(self._named(name), signer.public.public, authority=False)
        return made.public_bytes(Encoding.DER)

    def _named(self, name: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, self._country),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
            ]
        )

    def _certify(
        self, name: x509.Name, public: ec.EllipticCurvePublicKey, *, authority: bool
    ) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=not authority,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=authority,
            crl_sign=authority,
            encipher_only=False,
            decipher_only=False,
        )
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._since)
            .not_valid_after(self._until)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, SHA256())
        )
