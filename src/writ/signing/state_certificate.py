"""Certificates of states that sign passports (ICAO Doc 9303 part 12): read and judged by our own rules.

Libraries refuse every sixth of them: their keys are told by the parameters of a curve, their names
are spelt in ways of their own. What counts is this:

1. A signer is issued by an authority: one that is called what the signer calls its issuer, or has
   the key that it names, and whose key signed it. Names are compared without case and spaces.
2. Both are valid at the instant asked about, and of one country.
3. An authority is a CA that may sign certificates. A signer is no CA and may sign data; what it is
   for beyond that (`extKeyUsage`) is what its kind of signed data wants, and nothing else.
4. A critical extension that is not looked at here refuses the certificate. The algorithm is told
   twice, and is the same both times.
5. Refusals quote no certificate.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from writ.canonical import digest_bytes
from writ.errors import Refused
from writ.signing.der import BITS, BOOLEAN, INTEGER, OCTETS, OID, SEQUENCE, Value, read_der
from writ.signing.state_key import Scheme, StateKey, read_key, read_scheme

MAX_CERTIFICATE = 16 * 1024
_COUNTRY = "2.5.4.6"
_KEY_ID, _KEY_USAGE, _BASIC, _AUTHORITY_KEY, _PURPOSES = (
    "2.5.29.14", "2.5.29.15", "2.5.29.19", "2.5.29.35", "2.5.29.37",
)  # fmt: skip
_READ_HERE = {_KEY_USAGE, _BASIC, _PURPOSES, _KEY_ID, _AUTHORITY_KEY}
_SIGNS_DATA, _SIGNS_CERTIFICATES, _SIGNS_LISTS = 0x80, 0x04, 0x02
_EXTENSIONS, _VERSION, _TOLD_KEY = 0xA3, 0xA0, 0x80
_UNIQUE_IDS = (0x81, 0x82)
_WHAT = "a certificate of the state"

Name = tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class StateCertificate:
    """One certificate as read; nothing of it is proved but by `issued`."""

    der: bytes = field(repr=False)
    signed: bytes = field(repr=False)
    serial: int
    issuer: Name
    subject: Name
    span: tuple[float, float]
    scheme: Scheme
    extensions: dict[str, tuple[bool, bytes]] = field(repr=False)
    signature: bytes = field(repr=False)
    _key: Value = field(repr=False)

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of the certificate, as `sha256:` and hex."""
        return digest_bytes(self.der)

    @cached_property
    def key(self) -> StateKey:
        """Its public key."""
        return read_key(self._key)

    @property
    def country(self) -> str:
        """The country it names, in capitals (empty: none, or several)."""
        return country_in(self.subject)

    @property
    def key_id(self) -> bytes | None:
        """What it calls its key."""
        told = self._extension(_KEY_ID)
        return None if told is None else told.octets()

    @property
    def authority_key_id(self) -> bytes | None:
        """What it calls its issuer's key."""
        told = self._extension(_AUTHORITY_KEY)
        named = None if told is None else told.fields().maybe(_TOLD_KEY)
        return None if named is None else named.content

    def check(self, now: float) -> None:
        """Refuse one that is not valid at an instant, or not understood (rules 2 and 4)."""
        since, until = self.span
        if now < since:
            raise Refused(f"{_WHAT} is not valid yet; check the clock")
        if now > until:
            raise Refused(f"{_WHAT} has expired; a newer document, or a newer list, has another")
        for name, (critical, _) in self.extensions.items():
            if critical and name not in _READ_HERE:
                raise Refused(f"{_WHAT} has the critical extension {name}, not known here")

    def check_authority(self) -> None:
        """Refuse one that may not sign certificates (rule 3)."""
        if not self._is_authority or not self._may(_SIGNS_CERTIFICATES):
            raise Refused(f"{_WHAT} that stands above the signer's may not sign certificates")

    def check_signer(self, purpose: str) -> None:
        """Refuse one that may not sign data, or not for this purpose (empty: none named) (rule 3)."""
        if self._is_authority:
            raise Refused("the signer's certificate is an authority's, and so signs no documents")
        if not self._may(_SIGNS_DATA):
            raise Refused("the key of the signer's certificate is not for signatures")
        told = self._extension(_PURPOSES)
        purposes = set() if told is None else {item.oid() for item in told.fields().rest()}
        if purposes != ({purpose} if purpose else set()):
            raise Refused("the signer's certificate is for signing something else")

    @property
    def signs_lists(self) -> bool:
        """Whether it may sign lists of what it took back."""
        return self._is_authority and self._may(_SIGNS_LISTS)

    def issued(self, other: "StateCertificate") -> bool:
        """Whether this one may be the other's issuer, and its key signed it (rule 1)."""
        named = other.authority_key_id
        if other.issuer != self.subject and (named is None or named != self.key_id):
            return False
        try:
            self.key.verify(other.scheme, other.signature, other.signed, _WHAT)
        except Refused:
            return False
        return True

    @property
    def _is_authority(self) -> bool:
        told = self._extension(_BASIC)
        flag = None if told is None else told.fields().maybe(BOOLEAN)
        return flag is not None and flag.content != b"\0"

    def _may(self, use: int) -> bool:
        told = self._extension(_KEY_USAGE)
        return told is not None and len(told.need(BITS).content) > 1 and bool(told.content[1] & use)

    def _extension(self, name: str) -> Value | None:
        told = self.extensions.get(name)
        return None if told is None else read_der(told[1], _WHAT)


def read_state_certificate(data: bytes) -> StateCertificate:
    """Read a certificate in DER; what is none is Refused."""
    return take_certificate(read_der(data, _WHAT, MAX_CERTIFICATE))


def take_certificate(value: Value) -> StateCertificate:
    """Take a certificate out of what was read around it (RFC 5280 4.1)."""
    if len(value.raw) > MAX_CERTIFICATE:
        raise Refused(f"{_WHAT} is larger than {MAX_CERTIFICATE} bytes")
    outer = value.fields()
    signed = outer.take(SEQUENCE)
    algorithm, signature = outer.take(SEQUENCE), outer.take(BITS).bits()
    outer.end()
    fields = signed.fields()
    fields.maybe(_VERSION)
    serial = fields.take(INTEGER).integer()
    if fields.take(SEQUENCE).raw != algorithm.raw:  # 4
        raise Refused(f"{_WHAT} says twice how it is signed, and not the same")
    issuer = read_name(fields.take(SEQUENCE))
    validity = fields.take(SEQUENCE).fields()
    span = (validity.take().instant(), validity.take().instant())
    subject, key = read_name(fields.take(SEQUENCE)), fields.take(SEQUENCE)
    for unique_id in _UNIQUE_IDS:
        fields.maybe(unique_id)
    told = fields.maybe(_EXTENSIONS)
    fields.end()
    return StateCertificate(
        der=value.raw,
        signed=signed.raw,
        serial=serial,
        issuer=issuer,
        subject=subject,
        span=span,
        scheme=read_scheme(algorithm),
        extensions=read_extensions(None if told is None else told.only()),
        signature=signature,
        _key=key,
    )


def find_authority(
    signer: StateCertificate, authorities: Iterable[StateCertificate], now: float
) -> StateCertificate:
    """Return the authority that issued a signer's certificate, both judged (rules 1 to 4)."""
    signer.check(now)
    refused = Refused(
        "the signer's certificate is issued by no authority on the master list; import a newer"
        " list, or look at the document in another way"
    )
    for authority in authorities:
        if authority.issued(signer):
            try:
                _judge(authority, signer, now)
            except Refused as error:  # an authority may be on the list under the same key again
                refused = error
            else:
                return authority
    raise refused


def _judge(authority: StateCertificate, signer: StateCertificate, now: float) -> None:
    """Refuse an authority that may not have issued a signer (rules 2 to 4)."""
    authority.check(now)
    authority.check_authority()
    if authority.country != signer.country:
        raise Refused("the signer's certificate is of another country than its issuer's")


def read_extensions(told: Value | None) -> dict[str, tuple[bool, bytes]]:
    """Read extensions, each once: whether they are critical, and what is in them."""
    found: dict[str, tuple[bool, bytes]] = {}
    for item in () if told is None else told.fields().rest():
        parts = item.fields()
        name, flag = parts.take(OID).oid(), parts.maybe(BOOLEAN)
        if name in found:
            raise item.bad()
        critical = flag is not None and flag.content != b"\0"
        found[name] = (critical, parts.take(OCTETS).content)
    return found


def country_in(name: Name) -> str:
    """Return the country that a name has, in capitals (empty: none, or several)."""
    named = {text for kind, text in name if kind == _COUNTRY}
    return named.pop().upper() if len(named) == 1 else ""


def read_name(told: Value) -> Name:
    """Read a distinguished name, as it is compared (rule 1)."""
    found: list[tuple[str, str]] = []
    for group in told.parts:
        for item in group.parts:
            fields = item.fields()
            kind = fields.take(OID).oid()
            found.append((kind, " ".join(fields.take().text().casefold().split())))
    return tuple(found)
