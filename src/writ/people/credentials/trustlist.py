"""Whose credentials count here: the issuers that the operator trusts, in one TOML file.

1. Each `[[issuer]]` has a name, a country, the types it may issue, certificates in PEM (a root, or
   its own signing certificate), the span in which it is trusted, the assurance that its credentials
   reach (3 at most: a wallet shows nobody's face), and the words of its own scheme for that.
2. `complete = true` says that this issuer lists every citizenship that somebody has; only then can
   a list shown whole say that there is no other.
3. `status_hosts` are the hosts from which its status lists may be fetched; no others are asked.
4. Certificates on a list of revoked ones (CRL) refuse; `crl_within` wants a list no older than that.
5. What is not known in the file is a fault; every issuer with a fault is told at once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import msgspec

from writ.canonical import digest_bytes
from writ.errors import Fault, InvalidInput, Refused
from writ.law.countries import countries
from writ.law.reading import nearest
from writ.people.credentials.kinds import KINDS, Kind, kind_of
from writ.people.credentials.revocation import NO_CRLS, Revocation, read_within
from writ.people.crls import Crls
from writ.people.rows import read_rows
from writ.signing.certificates import Certificate, Issued, check_chain, read_certificate, read_pem
from writ.signing.form import Form, as_form

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
_SOME = Annotated[list[str], msgspec.Meta(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class Issuer:
    """One issuer; instants are seconds since the epoch."""

    name: str
    country: str
    types: frozenset[str]
    certificates: tuple[Certificate, ...] = field(repr=False)
    since: float
    until: float
    assurance: int
    scheme: str
    level: str
    complete: bool
    status_hosts: frozenset[str]
    revocation: Revocation = field(default_factory=Revocation, repr=False)


@dataclass(frozen=True, slots=True)
class TrustList:
    """The issuers, and the digest of the file that names them."""

    issuers: tuple[Issuer, ...]
    digest: str

    def kinds(self) -> tuple[Kind, ...]:
        """Return the kinds of credential that somebody on the list may issue."""
        named = [kind_of(type_) for issuer in self.issuers for type_ in issuer.types]
        return tuple(kind for kind in KINDS if kind in named)

    def find(
        self, kind: Kind, type_: str, chain: Sequence[bytes], now: float
    ) -> tuple[Issuer, Certificate]:
        """Return who issued a credential of this type, and the certificate whose key signed it."""
        certificates = [read_certificate(der) for der in chain]
        anchors = {item.der: item for issuer in self.issuers for item in issuer.certificates}
        anchor = check_chain(certificates, anchors.values(), kind.purposes, now)
        issuer = self._of(anchor, type_, now)
        issuer.revocation.current(certificates, anchor, now)
        signer = certificates[0]
        if signer.country not in {"", issuer.country}:
            raise Refused(f"the signer's certificate is of another country than `{issuer.name}`")
        return issuer, signer

    def _of(self, anchor: Certificate, type_: str, now: float) -> Issuer:
        having = [issuer for issuer in self.issuers if anchor in issuer.certificates]
        fit = [issuer for issuer in having if type_ in issuer.types]
        if not fit:
            raise Refused(f"`{having[0].name}` is not trusted to issue `{type_}`")
        for issuer in fit:
            if issuer.since <= now < issuer.until:
                return issuer
        raise Refused(f"`{fit[0].name}` is not trusted now; its span on the trust list is over")


class _Row(Form, frozen=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    country: str
    types: _SOME
    certificates: str
    since: datetime = msgspec.field(name="from")
    until: datetime
    assurance: Annotated[int, msgspec.Meta(ge=1, le=3)]
    scheme: Annotated[str, msgspec.Meta(max_length=200)]
    level: Annotated[str, msgspec.Meta(max_length=200)]
    complete: bool = False
    status_hosts: list[str] = msgspec.field(default_factory=list)
    crl_within: str | None = None


def read_trust_list(data: bytes, name: str, crls: Crls[Issued, Certificate] = NO_CRLS) -> TrustList:
    """Read the file; everything wrong with it is one InvalidInput."""
    rows = read_rows(data, name, "issuer", lambda row: _read(row, crls))
    return TrustList(rows, digest_bytes(data))


def _read(told: object, crls: Crls[Issued, Certificate]) -> Issuer:
    row = as_form(told, _Row, "this issuer")
    faults = [Fault("", 0, 0, message) for message in _wrong(row)]
    if faults:
        raise InvalidInput(faults)
    return Issuer(
        name=row.name,
        country=row.country,
        types=frozenset(row.types),
        certificates=read_pem(row.certificates),
        since=row.since.timestamp(),
        until=row.until.timestamp(),
        assurance=row.assurance,
        scheme=row.scheme,
        level=row.level,
        complete=row.complete,
        status_hosts=frozenset(row.status_hosts),
        revocation=Revocation(crls, read_within(row.crl_within)),
    )


def _wrong(row: _Row) -> Iterator[str]:
    if row.country not in countries():
        yield f"`{row.country}` is no country; write ISO 3166-1 alpha-2 such as DE"
    for type_ in row.types:
        if kind_of(type_) is None:
            near = nearest(type_, [kind.type for kind in KINDS])
            yield f"unknown type `{type_}`{near}"
    if row.since.tzinfo is None or row.until.tzinfo is None:
        yield "`from` and `until` need a time zone; add Z"
    elif row.since >= row.until:
        yield "`until` is not after `from`"
    for host in row.status_hosts:
        if not _HOST.fullmatch(host):
            yield f"`{host}` is no host; write status.example.com"
