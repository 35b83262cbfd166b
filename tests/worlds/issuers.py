"""A small world of issuers: certificates, credentials in both formats, and status lists.

Every step takes its parts as arguments, so that a test can make any one of them wrong.
"""

import base64
import hashlib
import json
import secrets
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from writ.signing.certificates import Certificate, read_certificate
from writ.signing.elliptic import sign_raw

NOW = 1_790_000_000.0
"""When most tests happen: 2026-09-21."""

DAY = 86_400
MDL_SIGNER = "1.0.18013.5.1.2"


@cache
def new_key(name: str = "P-256", number: int = 0) -> ec.EllipticCurvePrivateKey:
    """Make a key, the same for the same number."""
    curve = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1(),
             "brainpool": ec.BrainpoolP256R1()}[name]  # fmt: skip
    return ec.derive_private_key(10_007 + number, curve)


@dataclass
class Authority:
    """Whoever holds a certificate and its key; `above` are the certificates over it."""

    certificate: Certificate
    key: ec.EllipticCurvePrivateKey
    above: tuple[Certificate, ...] = ()

    @property
    def chain(self) -> list[bytes]:
        """Its certificate and those above it that are not the root."""
        return [self.certificate.der, *(item.der for item in self.above)]

    @property
    def pem(self) -> str:
        """Its certificate in PEM."""
        return self.certificate.read.public_bytes(Encoding.PEM).decode()

    def issue(self, name: str, *, number: int = 1, **how: Any) -> "Authority":
        """Issue a certificate to a signer; the keywords are those of `certify`."""
        key = how.pop("key", None) or new_key(number=number)
        made = certify(name, key.public_key(), self, **how)
        read = self.certificate.read
        above = () if read.issuer == read.subject else (self.certificate, *self.above)
        return Authority(read_certificate(made), key, above)


def certify(  # noqa: PLR0913 - a test makes any one of them wrong
    name: str,
    public: ec.EllipticCurvePublicKey,
    by: Authority | ec.EllipticCurvePrivateKey,
    *,
    country: str = "DE",
    authority: bool = False,
    length: int | None = None,
    since: float = NOW - 30 * DAY,
    until: float = NOW + 300 * DAY,
    usage: bool | None = None,
    purposes: Sequence[str] = (),
    dns: Sequence[str] = (),
    more: Iterable[tuple[x509.ExtensionType, bool]] = (),
    digest: hashes.SHA256 | hashes.SHA384 | hashes.SHA224 | None = None,
) -> bytes:
    """Make a certificate in DER; `usage` False gives the wrong key usage, None the right one."""
    subject = x509.Name([
        x509.NameAttribute(NameOID.COMMON_NAME, name),
        *([x509.NameAttribute(NameOID.COUNTRY_NAME, country)] if country else []),
    ])  # fmt: skip
    issuer, key = (
        (by.certificate.read.subject, by.key) if isinstance(by, Authority) else (subject, by)
    )
    signs_certificates = authority if usage is None else not authority
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.fromtimestamp(since, UTC))
        .not_valid_after(datetime.fromtimestamp(until, UTC))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=length), critical=True)
        .add_extension(_usage(certificates=signs_certificates), critical=True)
    )
    if purposes:
        listed = x509.ExtendedKeyUsage([x509.ObjectIdentifier(item) for item in purposes])
        builder = builder.add_extension(listed, critical=True)
    if dns:
        names = x509.SubjectAlternativeName([x509.DNSName(item) for item in dns])
        builder = builder.add_extension(names, critical=False)
    for extension, critical in more:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(key, digest or hashes.SHA256()).public_bytes(Encoding.DER)


def root(name: str = "root", *, number: int = 0, **how: Any) -> Authority:
    """Make a self-signed root."""
    key = new_key(number=number)
    made = certify(name, key.public_key(), key, authority=True, **how)
    return Authority(read_certificate(made), key)


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def b64(data: bytes) -> str:
    """Write base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jws(
    header: Mapping[str, Any], claims: Mapping[str, Any], key: ec.EllipticCurvePrivateKey
) -> str:
    """Sign JSON as a wallet or an issuer would."""
    signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{signed}.{b64(sign_raw(key, signed.encode()))}"


def x5c(chain: Iterable[bytes]) -> list[str]:
    """Write a chain for a JOSE header."""
    return [base64.b64encode(item).decode() for item in chain]


def jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """Write a public key as a JWK."""
    point = key.public_key().public_numbers()
    size = (key.curve.key_size + 7) // 8
    name = {256: "P-256", 384: "P-384", 521: "P-521"}[key.curve.key_size]
    return {
        "kty": "EC",
        "crv": name,
        "x": b64(point.x.to_bytes(size)),
        "y": b64(point.y.to_bytes(size)),
    }


def disclosure(*parts: Any) -> tuple[str, str]:
    """Make a disclosure and its digest."""
    text = b64(json.dumps([b64(secrets.token_bytes(16)), *parts]).encode())
    return text, b64(hashlib.sha256(text.encode()).digest())


@dataclass
class SdJwt:
    """A credential as its issuer made it; `elements` are the disclosures of `nationalities`."""

    token: str
    elements: list[str]
    others: list[str] = field(default_factory=list)

    def shown(self, *places: int) -> str:
        """Write it with the elements at these places disclosed, and all the rest."""
        return "~".join([self.token, *self.others, *(self.elements[at] for at in places), ""])


def issue_sdjwt(
    by: Authority,
    holder: ec.EllipticCurvePrivateKey,
    nationalities: Sequence[Any] = ("US",),
    *,
    header: Mapping[str, Any] | None = None,
    claims: Mapping[str, Any] | None = None,
) -> SdJwt:
    """Issue a PID whose nationalities are disclosed one by one; a claim None is left out."""
    elements = [disclosure(item) for item in nationalities]
    whole, digest = disclosure("nationalities", [{"...": item[1]} for item in elements])
    _, hidden = disclosure("family_name", "Mustermann")
    made: dict[str, Any] = {
        "vct": "urn:eudi:pid:1",
        "iat": int(NOW) - DAY,
        "exp": int(NOW) + 14 * DAY,
        "cnf": {"jwk": jwk(holder)},
        "_sd": [digest, hidden],
        "_sd_alg": "sha-256",
        **(claims or {}),
    }
    head = {"typ": "dc+sd-jwt", "alg": "ES256", "x5c": x5c(by.chain), **(header or {})}
    kept = {key: item for key, item in made.items() if item is not None}
    heads = {key: item for key, item in head.items() if item is not None}
    return SdJwt(jws(heads, kept, by.key), [item[0] for item in elements], [whole])


def cose(
    protected: Mapping[Any, Any], unprotected: Mapping[Any, Any], payload: bytes | None,
    key: ec.EllipticCurvePrivateKey, detached: bytes | None = None,
) -> list[Any]:  # fmt: skip
    """Sign bytes as COSE_Sign1."""
    head = cbor2.dumps(protected) if protected else b""
    body = payload if detached is None else detached
    signed = cbor2.dumps(["Signature1", head, b"", body])
    return [head, unprotected, payload, sign_raw(key, signed)]


def cose_key(key: ec.EllipticCurvePrivateKey) -> dict[int, Any]:
    """Write a public key as a COSE key."""
    point = key.public_key().public_numbers()
    size = (key.curve.key_size + 7) // 8
    curve = {256: 1, 384: 2, 521: 3}[key.curve.key_size]
    return {1: 2, -1: curve, -2: point.x.to_bytes(size), -3: point.y.to_bytes(size)}


def issue_mdoc(
    by: Authority,
    holder: ec.EllipticCurvePrivateKey,
    elements: Mapping[str, Any],
    type_: str = "eu.europa.ec.eudi.pid.1",
    space: str = "eu.europa.ec.eudi.pid.1",
    **mso: Any,
) -> dict[str, Any]:
    """Issue an mdoc; keywords replace parts of its security object, None takes one away."""
    items = [
        cbor2.dumps(cbor2.CBORTag(24, cbor2.dumps({
            "digestID": number, "random": secrets.token_bytes(16),
            "elementIdentifier": name, "elementValue": value,
        })))
        for number, (name, value) in enumerate(elements.items())
    ]  # fmt: skip
    moment = datetime.fromtimestamp(NOW, UTC)
    made: dict[str, Any] = {
        "version": "1.0",
        "digestAlgorithm": "SHA-256",
        "valueDigests": {
            space: {at: hashlib.sha256(item).digest() for at, item in enumerate(items)}
        },
        "deviceKeyInfo": {"deviceKey": cose_key(holder)},
        "docType": type_,
        "validityInfo": {
            "signed": moment - timedelta(days=1),
            "validFrom": moment - timedelta(days=1),
            "validUntil": moment + timedelta(days=14),
        },
        **mso,
    }
    header = made.pop("header", {1: -7})
    kept = {key: item for key, item in made.items() if item is not None}
    payload = cbor2.dumps(cbor2.CBORTag(24, cbor2.dumps(kept)))
    chain = by.chain
    shown = {33: chain[0] if len(chain) == 1 else chain}
    return {
        "nameSpaces": {space: [cbor2.loads(item) for item in items]},
        "issuerAuth": cose(header, shown, payload, by.key),
    }


def status_list(  # noqa: PLR0913 - as above
    by: Authority, uri: str, values: Mapping[int, int], *, bits: int = 1, size: int = 64,
    header: Mapping[str, Any] | None = None, claims: Mapping[str, Any] | None = None,
) -> bytes:  # fmt: skip
    """Sign a status list as a JWT."""
    packed = b64(pack(values, bits, size))
    made = {
        "sub": uri,
        "iat": int(NOW) - 60,
        "exp": int(NOW) + DAY,
        "ttl": 600,
        "status_list": {"bits": bits, "lst": packed},
        **(claims or {}),
    }
    head = {"typ": "statuslist+jwt", "alg": "ES256", "x5c": x5c(by.chain), **(header or {})}
    return jws(head, {key: item for key, item in made.items() if item is not None}, by.key).encode()


def pack(values: Mapping[int, int], bits: int, size: int) -> bytes:
    """Compress a list of `size` entries, 0 but for those named."""
    entries = bytearray(size * bits // 8)
    for at, value in values.items():
        place, offset = divmod(at * bits, 8)
        entries[place] |= value << offset
    return zlib.compress(bytes(entries))


def crl(
    by: Authority,
    *revoked: Authority,
    made: float = NOW - DAY,
    until: float | None = NOW + 7 * DAY,
    more: Iterable[tuple[x509.ExtensionType, bool]] = (),
    digest: hashes.SHA256 | hashes.SHA224 | None = None,
) -> bytes:
    """List certificates that an issuer revoked."""
    moments = [datetime.fromtimestamp(at, UTC) for at in (made, made if until is None else until)]
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.read.subject)
        .last_update(moments[0])
        .next_update(moments[1])
    )
    for holder in revoked:
        row = x509.RevokedCertificateBuilder().revocation_date(moments[0])
        row = row.serial_number(holder.certificate.read.serial_number)
        builder = builder.add_revoked_certificate(row.build())
    for extension, critical in more:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(by.key, digest or hashes.SHA256()).public_bytes(Encoding.DER)


def trust_file(*issuers: Mapping[str, Any]) -> bytes:
    """Write a trust list."""
    lines: list[str] = []
    for issuer in issuers:
        row = {
            "name": "PID of Germany",
            "country": "DE",
            "types": ["urn:eudi:pid:1", "eu.europa.ec.eudi.pid.1"],
            "from": datetime(2026, 1, 1, tzinfo=UTC),
            "until": datetime(2027, 1, 1, tzinfo=UTC),
            "assurance": 3,
            "scheme": "eidas",
            "level": "high",
            **issuer,
        }
        lines.append("[[issuer]]")
        lines += [f"{key} = {_toml(item)}" for key, item in row.items() if item is not None]
    return "\n".join(lines).encode()


def _toml(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value)
