"""The list of certificates that their issuer revoked, a CRL (RFC 5280 section 5).

1. A list is by an issuer that is called what the list calls it, that may sign lists (`keyUsage`),
   and whose key signed it, over SHA-256, SHA-384 or SHA-512.
2. It says since when it is so, and when the next one comes at the latest.
3. A list of parts says of which (`issuingDistributionPoint`): of authorities' certificates or of all
   others, or of those that name its address. It speaks of no other. One that speaks for other
   issuers, for some reasons only, or tells what changed since another is refused, and so is any
   other critical extension.
4. Why something was revoked is not asked: an issuer that suspends a certificate does not stand by it.
"""

from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtensionOID

from writ.errors import Refused
from writ.signing.certificates import DIGESTS, Certificate, Issued

MAX_BYTES = 32 * 1024 * 1024
_KEYS = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey)
_WHAT = "the list of revoked certificates"
_PEM = b"-----BEGIN"


@dataclass(frozen=True)
class CertificateCrl:
    """One list as read; nothing of it is proved but by `by`. Instants are seconds since the epoch."""

    issuer: str
    made: float
    until: float
    read: x509.CertificateRevocationList = field(repr=False)
    part: x509.IssuingDistributionPoint | None = field(repr=False)
    _proved: set[bytes] = field(default_factory=set, repr=False)

    def by(self, issuer: Certificate) -> bool:
        """Whether an issuer made this list (rule 1)."""
        if issuer.fingerprint not in self._proved and self._signed_by(issuer):
            self._proved.add(issuer.fingerprint)  # lists are long, and asked about often
        return issuer.fingerprint in self._proved

    def speaks_of(self, certificate: Issued) -> bool:
        """Whether a certificate would be on it, had it been revoked (rule 3)."""
        if certificate.issuer != self.issuer:
            return False
        part = self.part
        if part is None:
            return True
        if part.only_contains_user_certs if certificate.authority else part.only_contains_ca_certs:
            return False
        return part.full_name is None or bool(_addresses(part) & certificate.addresses)

    def names(self, certificate: Issued) -> bool:
        """Whether a certificate is on it."""
        return self.read.get_revoked_certificate_by_serial_number(certificate.serial) is not None

    def _signed_by(self, issuer: Certificate) -> bool:
        key = issuer.read.public_key()
        if issuer.read.subject != self.read.issuer or not issuer.signs_lists:
            return False
        return isinstance(key, _KEYS) and self.read.is_signature_valid(key)


def read_crl(data: bytes) -> CertificateCrl:
    """Read a list in DER or PEM; what is none, or not in order, is Refused."""
    if len(data) > MAX_BYTES:
        raise Refused(f"{_WHAT} is larger than {MAX_BYTES} bytes")
    load = x509.load_pem_x509_crl if data.startswith(_PEM) else x509.load_der_x509_crl
    try:
        read = load(data)
        extensions = read.extensions
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        raise Refused(f"{_WHAT} cannot be read") from None
    digest = read.signature_hash_algorithm
    if digest is not None and digest.name not in DIGESTS:
        raise Refused(f"{_WHAT} is signed over {digest.name}, which is not accepted")
    if read.next_update_utc is None:  # 2
        raise Refused(f"{_WHAT} does not say when the next one comes; take another")
    made, until = read.last_update_utc.timestamp(), read.next_update_utc.timestamp()
    name = read.issuer.rfc4514_string()
    return CertificateCrl(name, made, until, read, _part(extensions))


def _part(extensions: x509.Extensions) -> x509.IssuingDistributionPoint | None:
    """Return of which certificates a list speaks, if not of all (rule 3)."""
    found: x509.IssuingDistributionPoint | None = None
    for extension in extensions:
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            found = extension.value
        elif extension.critical or extension.oid == ExtensionOID.DELTA_CRL_INDICATOR:
            dotted = extension.oid.dotted_string
            raise Refused(f"{_WHAT} has the critical extension {dotted}, not known here")
    if found is not None and _partial(found):
        raise Refused(
            f"{_WHAT} speaks for other issuers, or of some reasons only; take a whole one"
        )
    return found


def _partial(part: x509.IssuingDistributionPoint) -> bool:
    return bool(
        part.indirect_crl
        or part.only_some_reasons
        or part.only_contains_attribute_certs
        or part.relative_name
    )


def _addresses(part: x509.IssuingDistributionPoint) -> set[str]:
    names = part.full_name or ()
    return {name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)}
