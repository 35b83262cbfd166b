"""Signed data as passports and master lists carry it (RFC 5652 section 5, ICAO Doc 9303 part 10 4.6.2).

1. Content that is there, certificates, one signer.
2. The signer is one of the certificates, named by its number or its key; by whatever name its
   issuer is called there, for states spell it differently in the two places.
3. What is signed are attributes, and among them, each once: the kind of the content, and its digest.
"""

import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes

from writ.errors import Refused
from writ.signing.der import INTEGER, OCTETS, OID, SEQUENCE, SET, Value
from writ.signing.state_certificate import StateCertificate, take_certificate
from writ.signing.state_key import Scheme, read_digest, read_scheme

SIGNED_DATA, CONTENT_TYPE, MESSAGE_DIGEST = (
    "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4",
)  # fmt: skip
MOST_CERTIFICATES = 10
_TAG_0, _TAG_1, _KEY_ID = 0xA0, 0xA1, 0x80


@dataclass(frozen=True, slots=True)
class SignedData:
    """Signed data as read; its content is anybody's until `verify` returned."""

    what: str
    kind: str
    content: bytes = field(repr=False)
    certificates: tuple[StateCertificate, ...] = field(repr=False)
    signer: StateCertificate = field(repr=False)
    scheme: Scheme
    _digest: hashes.HashAlgorithm
    _attributes: Value = field(repr=False)
    _signature: bytes = field(repr=False)

    @property
    def weak(self) -> bool:
        """Whether it rests on SHA-1 or a short key."""
        told = isinstance(self._digest, hashes.SHA1)
        return told or self.scheme.weak or self.signer.key.weak

    def verify(self) -> bytes:
        """Return the content, proved to be signed by the signer's key (rule 3)."""
        attributes = _attributes(self._attributes)
        if attributes.get(CONTENT_TYPE, self._attributes).oid() != self.kind:
            raise self._attributes.bad()
        told = attributes.get(MESSAGE_DIGEST, self._attributes).octets()
        if told != hashlib.new(self._digest.name, self.content).digest():
            raise Refused(f"{self.what} was changed after it was signed (digest)")
        signed = b"\x31" + self._attributes.raw[1:]  # 5.4: as a set, not as the field it stands in
        self.signer.key.verify(self.scheme, self._signature, signed, self.what)
        return self.content


def take_signed_data(value: Value, kind: str) -> SignedData:
    """Take signed data whose content is of a kind out of what was read around it."""
    outer, what = value.fields(), value.what
    if outer.take(OID).oid() != SIGNED_DATA:
        raise Refused(f"{what} is not signed data (CMS); is it the right file?")
    fields = outer.take(_TAG_0).only().fields()
    fields.take(INTEGER)
    fields.take(SET)
    content = fields.take(SEQUENCE).fields()
    if content.take(OID).oid() != kind:
        raise Refused(f"{what} is signed data of another kind; is it the right file?")
    inner = content.take(_TAG_0).only().octets()
    listed = fields.maybe(_TAG_0)
    if listed is None or not 0 < len(listed.parts) <= MOST_CERTIFICATES:
        raise Refused(f"{what} has no certificate in it, or more than {MOST_CERTIFICATES}")
    fields.maybe(_TAG_1)
    signers = fields.take(SET)
    fields.end()
    certificates = tuple(take_certificate(item) for item in listed.parts)
    return _signed(signers.only(), (kind, inner), certificates)


def _signed(
    info: Value, content: tuple[str, bytes], certificates: tuple[StateCertificate, ...]
) -> SignedData:
    """Read the one signer (rules 1 and 2)."""
    fields = info.fields()
    fields.take(INTEGER)
    named = fields.take()
    digest = read_digest(fields.take(SEQUENCE))
    attributes = fields.take(_TAG_0)
    scheme = read_scheme(fields.take(SEQUENCE), digest)
    signature = fields.take(OCTETS).content
    fields.maybe(_TAG_1)
    fields.end()
    signer = _signer(named, certificates)
    return SignedData(
        info.what, *content, certificates, signer, scheme, digest, attributes, signature
    )


def _signer(named: Value, certificates: tuple[StateCertificate, ...]) -> StateCertificate:
    if named.tag == _KEY_ID:
        found = [item for item in certificates if item.key_id == named.content]
    else:
        fields = named.fields()
        fields.take(SEQUENCE)
        serial = fields.take(INTEGER).integer()
        found = [item for item in certificates if item.serial == serial]
    if len(found) != 1:
        raise Refused(f"{named.what} is signed by a certificate that is not in it")
    return found[0]


def _attributes(told: Value) -> dict[str, Value]:
    """Read attributes, each with its one value."""
    found: dict[str, Value] = {}
    for item in told.parts:
        fields = item.fields()
        name = fields.take(OID).oid()
        if name in found:
            raise told.bad()
        if name in {CONTENT_TYPE, MESSAGE_DIGEST}:
            found[name] = fields.take(SET).only()
    return found
