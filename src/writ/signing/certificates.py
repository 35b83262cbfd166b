"""Certificates (RFC 5280) of those who issue credentials, and their way up to one we trust.

1. A chain is the signer's own certificate and those above it, four at most, without the anchor.
2. It ends at an anchor: the last certificate is issued by one, or the signer's own is one.
3. Every certificate, the anchor too, is valid at the instant asked about. Clocks of issuers are
   not excused: a certificate lives for months.
4. Whoever signs certificates is a CA that may (`keyUsage`), no longer way up than it allows; the
   signer's own may sign data, is no CA, and is for one of the purposes (`extKeyUsage`) that its
   kind of credential asks for; "" among them stands for a certificate that names none.
5. A critical extension that is not looked at here refuses the certificate.
6. Nothing is signed over another digest than SHA-256, SHA-384 or SHA-512.
7. Refusals quote no certificate: whose it is may say more of its holder than a log should keep.
"""

import hashlib
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtensionOID, NameOID

from writ.errors import Refused
from writ.signing.elliptic import EcKey, key_of

T = TypeVar("T", bound=x509.ExtensionType)

MAX_CERTIFICATE = 8 * 1024
_READ_HERE = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
}
DIGESTS = {"sha256", "sha384", "sha512"}


@dataclass(frozen=True, slots=True)
class Issued:
    """What lists of revoked certificates know one by: its issuer's name, its number, which lists it names."""

    issuer: str
    serial: int
    authority: bool
    addresses: frozenset[str]


@dataclass(frozen=True)
class Certificate:
    """One certificate; `read` is what the library made of it."""

    der: bytes
    read: x509.Certificate = field(compare=False, repr=False)

    @cached_property
    def fingerprint(self) -> bytes:
        """The SHA-256 of the certificate."""
        return hashlib.sha256(self.der).digest()

    @property
    def country(self) -> str:
        """The country it names (empty: none, or several)."""
        named = self.read.subject.get_attributes_for_oid(NameOID.COUNTRY_NAME)
        return str(named[0].value) if len(named) == 1 else ""

    @property
    def key(self) -> EcKey:
        """Its public key, which signs credentials."""
        return key_of(self.read.public_key(), "the key of a certificate")

    @property
    def self_signed(self) -> bool:
        """Whether it names itself as its issuer."""
        return self.read.issuer == self.read.subject

    @property
    def dns_names(self) -> tuple[str, ...]:
        """The DNS names it is for."""
        names = self._extension(x509.SubjectAlternativeName)
        return tuple(names.get_values_for_type(x509.DNSName)) if names else ()

    @property
    def authority(self) -> bool:
        """Whether it says that it is an authority's."""
        limits = self._extension(x509.BasicConstraints)
        return limits is not None and limits.ca

    @property
    def signs_lists(self) -> bool:
        """Whether it may sign lists of revoked certificates."""
        usage = self._extension(x509.KeyUsage)
        return self.authority and usage is not None and usage.crl_sign

    @property
    def issued_as(self) -> Issued:
        """What lists of revoked certificates know it by."""
        points = self._extension(x509.CRLDistributionPoints) or ()
        addresses = frozenset(
            name.value
            for point in points
            for name in point.full_name or ()
            if isinstance(name, x509.UniformResourceIdentifier)
        )
        issuer = self.read.issuer.rfc4514_string()
        return Issued(issuer, self.read.serial_number, self.authority, addresses)

    @property
    def span(self) -> tuple[float, float]:
        """From when to when it is valid, in seconds since the epoch."""
        return (
            self.read.not_valid_before_utc.timestamp(),
            self.read.not_valid_after_utc.timestamp(),
        )

    def check(self, instant: datetime) -> None:
        """Refuse a certificate that is not valid at an instant, or not understood (rules 3, 5, 6)."""
        if instant < self.read.not_valid_before_utc:
            raise Refused("a certificate of the issuer is not valid yet")
        if instant > self.read.not_valid_after_utc:
            raise Refused("a certificate of the issuer has expired; have the credential renewed")
        for extension in self.read.extensions:
            if extension.critical and extension.oid not in _READ_HERE:
                dotted = extension.oid.dotted_string
                raise Refused(f"a certificate has the critical extension {dotted}, not known here")
        digest = self.read.signature_hash_algorithm
        if digest is not None and digest.name not in DIGESTS:
            raise Refused(f"a certificate is signed over {digest.name}, which is not accepted")

    def check_authority(self, below: int) -> None:
        """Refuse one that may not sign certificates, `below` of them in a row (rule 4)."""
        limits = self._extension(x509.BasicConstraints)
        usage = self._extension(x509.KeyUsage)
        if limits is None or not limits.ca or usage is None or not usage.key_cert_sign:
            raise Refused("a certificate above the signer's may not sign certificates")
        if limits.path_length is not None and below > limits.path_length:
            raise Refused("a certificate is further above the signer's than it may be")

    def check_signer(self, purposes: AbstractSet[str]) -> None:
        """Refuse one that may not sign data, or not for one of these purposes (rule 4)."""
        usage = self._extension(x509.KeyUsage)
        told = self._extension(x509.ExtendedKeyUsage)
        if self.authority:
            raise Refused("the signer's certificate is an authority's, and so signs no credentials")
        if usage is None or not usage.digital_signature:
            raise Refused("the key of the signer's certificate is not for signatures")
        if not purposes & ({item.dotted_string for item in told} if told else {""}):
            raise Refused("the signer's certificate is not for signing such a credential")

    def issued(self, other: "Certificate") -> bool:
        """Whether this one is the other's issuer, and its key signed it."""
        try:
            other.read.verify_directly_issued_by(self.read)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True

    def _extension(self, kind: type[T]) -> T | None:
        try:
            return self.read.extensions.get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            return None


def read_certificate(der: bytes) -> Certificate:
    """Read a certificate in DER; what is none is Refused."""
    if len(der) > MAX_CERTIFICATE:
        raise Refused(f"a certificate is larger than {MAX_CERTIFICATE} bytes")
    try:
        read = x509.load_der_x509_certificate(der)
        read.extensions  # noqa: B018 - read here, so that a broken one is refused here
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        raise Refused("a certificate cannot be read") from None
    return Certificate(der, read)


def read_pem(text: str) -> tuple[Certificate, ...]:
    """Read certificates in PEM, one at least."""
    try:
        found = x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        raise Refused("there is no certificate in PEM, or one that cannot be read") from None
    return tuple(read_certificate(item.public_bytes(serialization.Encoding.DER)) for item in found)


def check_chain(
    chain: Sequence[Certificate],
    anchors: Iterable[Certificate],
    purposes: AbstractSet[str],
    instant: float,
) -> Certificate:
    """Return the anchor that a chain ends at, at an instant (seconds since the epoch)."""
    moment = datetime.fromtimestamp(instant, UTC)
    for certificate in chain:
        certificate.check(moment)
    chain[0].check_signer(purposes)
    for below, (certificate, above) in enumerate(pairwise(chain)):
        if not above.issued(certificate):
            raise Refused("a certificate is not issued by the next of its chain")
        above.check_authority(below)
    anchor = _anchor(chain, anchors)
    anchor.check(moment)
    if anchor.der != chain[0].der:
        anchor.check_authority(len(chain) - 1)
    return anchor


def _anchor(chain: Sequence[Certificate], anchors: Iterable[Certificate]) -> Certificate:
    """Find the anchor of rule 2."""
    last = chain[-1]
    for anchor in anchors:
        if anchor.der == chain[0].der or anchor.issued(last):
            return anchor
    raise Refused("the credential's issuer is on no trust list here; ask the operator about it")
