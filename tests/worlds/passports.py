"""A small world of states: authorities, signers, passports with chips, and lists of authorities.

It is written from ICAO Doc 9303 and from none of our code, for every family of algorithms that
passports are signed with. Keywords make one thing wrong.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.worlds.asn1 import (
    NULL,
    TRUE,
    bits,
    integer,
    name,
    octets,
    oid,
    sequence,
    set_of,
    tlv,
    utc,
)

NOW = 1_790_000_000.0
"""When most tests happen: 2026-09-21."""

DAY = 86_400
KIND, DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
DIGESTS: Mapping[str, tuple[str, hashes.HashAlgorithm]] = {
    "sha1": ("1.3.14.3.2.26", hashes.SHA1()),  # noqa: S303  passports have it
    "sha224": ("2.16.840.1.101.3.4.2.4", hashes.SHA224()),
    "sha256": ("2.16.840.1.101.3.4.2.1", hashes.SHA256()),
    "sha384": ("2.16.840.1.101.3.4.2.2", hashes.SHA384()),
    "sha512": ("2.16.840.1.101.3.4.2.3", hashes.SHA512()),
}
_ORDER = list(DIGESTS)
_RSA = dict(zip(_ORDER, (5, 14, 11, 12, 13), strict=True))
_ECDSA = dict(zip(_ORDER, ("1", "3.1", "3.2", "3.3", "3.4"), strict=True))
CURVES: Mapping[str, tuple[ec.EllipticCurve, str]] = {
    "P-192": (ec.SECP192R1(), "1.2.840.10045.3.1.1"),
    "P-224": (ec.SECP224R1(), "1.3.132.0.33"),
    "P-256": (ec.SECP256R1(), "1.2.840.10045.3.1.7"),
    "P-384": (ec.SECP384R1(), "1.3.132.0.34"),
    "P-521": (ec.SECP521R1(), "1.3.132.0.35"),
    "BP-256": (ec.BrainpoolP256R1(), "1.3.36.3.3.2.8.1.1.7"),
    "BP-384": (ec.BrainpoolP384R1(), "1.3.36.3.3.2.8.1.1.11"),
    "BP-512": (ec.BrainpoolP512R1(), "1.3.36.3.3.2.8.1.1.13"),
}


@cache
def rsa_key(size: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """Make an RSA key, once for each size and number."""
    del number
    return rsa.generate_private_key(65537, size)


@cache
def ec_key(curve: str, number: int = 0) -> ec.EllipticCurvePrivateKey:
    """Make a key on a curve, the same for the same number."""
    return ec.derive_private_key(20_011 + number, CURVES[curve][0])


@dataclass(frozen=True)
class Family:
    """A way to sign: `kind` is rsa, pss, ecdsa or plain; `explicit` tells a curve's parameters."""

    kind: str
    digest: str = "sha256"
    curve: str = "P-256"
    explicit: bool = False
    bits: int = 2048

    def key(self, number: int = 0) -> Any:
        """Make a private key of the family."""
        if self.kind in {"rsa", "pss"}:
            return rsa_key(self.bits, number)
        return ec_key(self.curve, number)

    def algorithm(self) -> bytes:
        """Write how it signs."""
        if self.kind == "rsa":
            return sequence(oid(f"1.2.840.113549.1.1.{_RSA[self.digest]}"), NULL)
        if self.kind == "pss":
            hashed = digest_algorithm(self.digest)
            mask = sequence(oid("1.2.840.113549.1.1.8"), hashed)
            salt = integer(DIGESTS[self.digest][1].digest_size)
            told = sequence(tlv(0xA0, hashed), tlv(0xA1, mask), tlv(0xA2, salt))
            return sequence(oid("1.2.840.113549.1.1.10"), told)
        if self.kind == "plain":
            return sequence(oid(f"0.4.0.127.0.7.1.1.4.1.{_ORDER.index(self.digest) + 1}"))
        return sequence(oid(f"1.2.840.10045.4.{_ECDSA[self.digest]}"))

    def sign(self, key: Any, message: bytes) -> bytes:
        """Sign a message."""
        hashed = DIGESTS[self.digest][1]
        signature: bytes
        match self.kind:
            case "rsa":
                signature = key.sign(message, padding.PKCS1v15(), hashed)
            case "pss":
                pss = padding.PSS(padding.MGF1(hashed), hashed.digest_size)
                signature = key.sign(message, pss, hashed)
            case "plain":
                signature = side_by_side(key, key.sign(message, ec.ECDSA(hashed)))
            case _:
                signature = key.sign(message, ec.ECDSA(hashed))
        return signature

    def public(self, key: Any) -> bytes:
        """Write the public key."""
        told: bytes = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return explicit_key(key, self.curve) if self.explicit else told


def side_by_side(key: ec.EllipticCurvePrivateKey, signature: bytes) -> bytes:
    """Write a signature as r and s."""
    size = (key.curve.key_size + 7) // 8
    return b"".join(part.to_bytes(size) for part in decode_dss_signature(signature))


def explicit_key(key: ec.EllipticCurvePrivateKey, curve: str, *, compressed: bool = False) -> bytes:
    """Write a public key whose curve is told by its parameters; the coefficients are not looked at."""
    group = CURVES[curve][0]
    size = (group.key_size + 7) // 8
    form = serialization.PublicFormat.CompressedPoint
    plain = serialization.PublicFormat.UncompressedPoint
    generator = ec.derive_private_key(1, group).public_key()
    point = generator.public_bytes(serialization.Encoding.X962, form if compressed else plain)
    parameters = sequence(
        integer(1),
        sequence(oid("1.2.840.10045.1.1"), integer(2**group.key_size - 1)),
        sequence(octets(bytes(size)), octets(bytes(size))),
        octets(point),
        integer(group.group_order),
        integer(1),
    )
    told = key.public_key().public_bytes(serialization.Encoding.X962, plain)
    return sequence(sequence(oid("1.2.840.10045.2.1"), parameters), bits(told))


def digest_algorithm(digest: str) -> bytes:
    """Write the algorithm of a digest."""
    return sequence(oid(DIGESTS[digest][0]), NULL)


def extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    """Write an extension."""
    return sequence(oid(dotted), TRUE if critical else b"", octets(value))


@dataclass(frozen=True)
class Holder:
    """Whoever has a certificate and its key."""

    der: bytes
    key: Any
    family: Family
    country: str
    common: str
    serial: int

    @property
    def pin(self) -> str:
        """What an operator pins it by."""
        return f"sha256:{hashlib.sha256(self.der).hexdigest()}"

    @property
    def key_id(self) -> bytes:
        """What its key is called."""
        return hashlib.sha1(self.family.public(self.key), usedforsecurity=False).digest()


@dataclass
class Made:
    """What goes into a certificate; a test makes any one thing wrong."""

    country: str = "DE"
    common: str = "signer"
    serial: int = 7
    authority: bool = False
    since: float = NOW - 300 * DAY
    until: float = NOW + 3000 * DAY
    usage: int | None = None
    purpose: str = ""
    issuer_text: int = 0x13
    issuer_common: str | None = None
    key_ids: bool = True
    inner: bytes | None = None
    more: Sequence[bytes] = field(default_factory=tuple)
    flags: bytes | None = None
    unique: bytes = b""

    def extensions(self, public: bytes, above: bytes) -> list[bytes]:
        """Write its extensions."""
        own = hashlib.sha1(public, usedforsecurity=False).digest()
        usage = (0x06 if self.authority else 0x80) if self.usage is None else self.usage
        found = [extension("2.5.29.15", bits(bytes([usage]), 1), critical=True), *self.more]
        if self.authority or self.flags is not None:
            flags = sequence(TRUE, integer(0)) if self.flags is None else self.flags
            found.append(extension("2.5.29.19", flags, critical=True))
        if self.purpose:
            found.append(extension("2.5.29.37", sequence(oid(self.purpose)), critical=True))
        if self.key_ids:
            found.append(extension("2.5.29.14", octets(own)))
            found.append(extension("2.5.29.35", sequence(tlv(0x80, above))))
        return found


def certify(family: Family, key: Any, by: Holder | None = None, **how: Any) -> Holder:
    """Issue a certificate, by an authority or by itself; the keywords are those of `Made`."""
    made = Made(**how)
    public = family.public(key)
    signing, signer = (family, key) if by is None else (by.family, by.key)
    own = hashlib.sha1(public, usedforsecurity=False).digest()
    issuer_country = made.country if by is None else by.country
    issuer_common = made.common if by is None else by.common
    told = issuer_common if made.issuer_common is None else made.issuer_common
    algorithm = signing.algorithm()
    body = sequence(
        tlv(0xA0, integer(2)),
        integer(made.serial),
        made.inner or algorithm,
        name(issuer_country, told, made.issuer_text),
        sequence(utc(made.since), utc(made.until)),
        name(made.country, made.common),
        public,
        made.unique,
        tlv(0xA3, sequence(*made.extensions(public, own if by is None else by.key_id))),
    )
    der = sequence(body, algorithm, bits(signing.sign(signer, body)))
    return Holder(der, key, family, made.country, made.common, made.serial)


def authority(family: Family = Family("ecdsa"), number: int = 0, **how: Any) -> Holder:
    """Make a state's authority (CSCA)."""
    told = {"country": "DE", "common": "CSCA", "serial": 1, "authority": True, **how}
    return certify(family, family.key(number), **told)


def signer(by: Holder, family: Family | None = None, number: int = 1, **how: Any) -> Holder:
    """Make a signer of documents, of the authority's family unless told otherwise."""
    family = family or by.family
    told = {"country": by.country, **how}
    return certify(family, family.key(number), by, **told)


def sign_data(  # noqa: PLR0913 - a test makes any one of them wrong
    content: bytes,
    kind: str,
    by: Holder,
    *,
    digest: str = "",
    certificates: Sequence[bytes] | None = None,
    attributes: Sequence[bytes] | None = None,
    algorithm: bytes | None = None,
    named: bytes | None = None,
    signers: int = 1,
    outer: str = "1.2.840.113549.1.7.2",
    told_kind: str = "",
) -> bytes:
    """Sign data (CMS)."""
    digest = digest or by.family.digest
    told = [attribute(KIND, oid(kind)), attribute(DIGEST, digest_of(content, digest))]
    signed = set_of(*(told if attributes is None else attributes))
    identity = named or sequence(name("XX", "as another system spells it"), integer(by.serial))
    info = sequence(
        integer(1),
        identity,
        digest_algorithm(digest),
        b"\xa0" + signed[1:],
        algorithm or by.family.algorithm(),
        octets(by.family.sign(by.key, signed)),
    )
    there = [by.der] if certificates is None else certificates
    return sequence(
        oid(outer),
        tlv(
            0xA0,
            sequence(
                integer(3),
                set_of(digest_algorithm(digest)),
                sequence(oid(told_kind or kind), tlv(0xA0, octets(content))),
                tlv(0xA0, *there) if there else b"",
                tlv(0x31, *[info] * signers),
            ),
        ),
    )


def digest_of(content: bytes, digest: str = "sha256") -> bytes:
    """Write the digest of a content."""
    return octets(hashlib.new(digest, content).digest())


def attribute(dotted: str, *values: bytes) -> bytes:
    """Write a signed attribute."""
    return sequence(oid(dotted), set_of(*values))


def security_object(
    groups: Mapping[int, bytes], digest: str = "sha256", *, twice: bool = False
) -> bytes:
    """Write the digests of data groups."""
    rows = [
        sequence(integer(number), octets(hashlib.new(digest, data).digest()))
        for number, data in groups.items()
    ]
    return sequence(
        integer(0), digest_algorithm(digest), sequence(*rows, *(rows[:1] if twice else []))
    )


def sod(groups: Mapping[int, bytes], by: Holder, *, lds: str = "sha256", **how: Any) -> bytes:
    """Write EF.SOD."""
    twice = how.pop("twice", False)
    content = how.pop("content", None) or security_object(groups, lds, twice=twice)
    return tlv(0x77, sign_data(content, "2.23.136.1.1.1", by, **how))


def check_digit(text: str) -> str:
    """Write the check digit of a text."""
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    values = [0 if c == "<" else letters.index(c) for c in text]
    return str(sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10)


@dataclass(frozen=True)
class Booklet:
    """What stands on the data page of a document; the name and the birth date are nobody's."""

    nationality: str = "D"
    issuer: str = "D"
    number: str = "C01X00T47"
    last_day: str = "310930"
    code: str = "P<"
    born: str = "830412"
    called: str = "MUSTERMANN<NIEMAND<<ERIKA<UNVERGESS"

    def passport(self) -> str:
        """Write two lines of 44."""
        first = f"{self.code}{self.issuer:<<3}{self.called}".ljust(44, "<")
        number = self.number.ljust(9, "<")
        second = (
            f"{number}{check_digit(number)}{self.nationality:<<3}{self.born}{check_digit(self.born)}F"
            f"{self.last_day}{check_digit(self.last_day)}"
        )
        return first + second.ljust(43, "<") + "0"

    def card(self, lines: int = 3) -> str:
        """Write three lines of 30, or two of 36; a long number goes on in the optional data."""
        number, rest = self.number[:9].ljust(9, "<"), self.number[9:]
        digit = check_digit(self.number) if rest else check_digit(number)
        held = f"{number}<" if rest else f"{number}{digit}"
        optional = f"{rest}{digit}" if rest else ""
        dates = f"{self.born}{check_digit(self.born)}F{self.last_day}{check_digit(self.last_day)}"
        if lines == 3:
            first = f"I<{self.issuer:<<3}{held}{optional}".ljust(30, "<")
            second = f"{dates}{self.nationality:<<3}".ljust(29, "<") + "0"
            return first + second + self.called.ljust(30, "<")[:30]
        first = f"I<{self.issuer:<<3}{self.called}".ljust(36, "<")[:36]
        return first + f"{held}{self.nationality:<<3}{dates}{optional}".ljust(35, "<") + "0"


def dg1(zone: str, tag: int = 0x61) -> bytes:
    """Write DG1."""
    return tlv(tag, tlv(0x5F1F, zone.encode()))


@dataclass(frozen=True)
class Chip:
    """A chip with a key of its own, RSA or on a curve."""

    family: Family
    number: int = 5

    @property
    def dg15(self) -> bytes:
        """Write DG15."""
        return tlv(0x6F, self.family.public(self.family.key(self.number)))

    def answer(self, challenge: bytes, *, head: int = 0x6A, tail: bytes | None = None) -> bytes:
        """Sign a challenge."""
        key = self.family.key(self.number)
        if self.family.kind != "rsa":
            return replace(self.family, kind="plain").sign(key, challenge)
        return recoverable(key, self.family.digest, challenge, head=head, tail=tail)


TAILS = {
    "sha1": b"\xbc", "sha224": b"\x38\xcc", "sha256": b"\x34\xcc",
    "sha384": b"\x36\xcc", "sha512": b"\x35\xcc",
}  # fmt: skip


def recoverable(
    key: rsa.RSAPrivateKey, digest: str, challenge: bytes, *, head: int, tail: bytes | None
) -> bytes:
    """Sign by ISO/IEC 9796-2, scheme 1."""
    tail = TAILS[digest] if tail is None else tail
    size = key.key_size // 8
    hashed = hashlib.new(digest)
    chosen = b"\x5a" * (size - 1 - hashed.digest_size - len(tail))
    hashed.update(chosen + challenge)
    told = bytes([head]) + chosen + hashed.digest() + tail
    numbers = key.private_numbers()
    number = pow(int.from_bytes(told), numbers.d, numbers.public_numbers.n)
    return number.to_bytes(size)


@dataclass(frozen=True)
class Passport:
    """A passport as its chip gives it, and whoever is behind it."""

    sod: bytes
    dg1: bytes
    chip: Chip | None
    signer: Holder
    authority: Holder


def passport(
    by: Holder | None = None,
    booklet: Booklet = Booklet(),
    *,
    chip: Chip | None = None,
    ds: Holder | None = None,
    **how: Any,
) -> Passport:
    """Issue a passport; the keywords are those of `sod`."""
    by = by or authority()
    ds = ds or signer(by)
    zone = dg1(booklet.passport())
    groups = {1: zone, 2: b"a face"} | ({15: chip.dg15} if chip else {})
    return Passport(sod(groups, ds, **how), zone, chip, ds, by)


def master_list(
    authorities: Sequence[Holder], publisher: Holder, by: Holder | None = None, **how: Any
) -> bytes:
    """Publish a list of authorities."""
    by = by or signer(publisher, common="list signer", purpose="2.23.136.1.1.3", number=9)
    content = sequence(integer(0), set_of(*(item.der for item in authorities)))
    there = how.pop("certificates", [by.der, publisher.der])
    return sign_data(content, "2.23.136.1.1.2", by, certificates=there, **how)


def crl(  # noqa: PLR0913 - a test makes any one of them wrong
    by: Holder,
    *serials: int,
    made: float = NOW - DAY,
    until: float | None = NOW + 90 * DAY,
    row: bytes = b"",
    more: bytes = b"",
    inner: bytes | None = None,
    common: str | None = None,
) -> bytes:
    """List the certificates that an authority revoked, each with `row` beside it."""
    algorithm = by.family.algorithm()
    rows = [sequence(integer(serial), utc(made), row) for serial in serials]
    body = sequence(
        integer(1),
        inner or algorithm,
        name(by.country, by.common if common is None else common),
        utc(made),
        b"" if until is None else utc(until),
        sequence(*rows) if rows else b"",
        tlv(0xA0, sequence(extension("2.5.29.20", integer(7)), more)),
    )
    return sequence(body, algorithm, bits(by.family.sign(by.key, body)))
