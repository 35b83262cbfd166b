"""Whose client certificates count here: the issuers that the operator trusts, in one TOML file.

1. Each `[[issuer]]` has a name, certificates in PEM (its root, or the one it issues with), the span in
   which it is trusted, how far, and the words of its own scheme for that.
2. That is 2 at most: nobody saw whose hand the key was in.
3. Certificates on a list of revoked ones (CRL) refuse; `crl_within` wants a list no older than that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import msgspec

from writ.errors import InvalidInput, Refused
from writ.people.credentials.revocation import NO_CRLS, Revocation, read_within
from writ.people.crls import Crls
from writ.people.rows import read_rows
from writ.signing.certificates import Certificate, Issued, check_chain, read_pem
from writ.signing.form import Form, as_form

CLIENT = "1.3.6.1.5.5.7.3.2"
PURPOSES = frozenset({CLIENT, ""})
"""For proving who somebody is (TLS client authentication), or not limited to anything."""

_Text = Annotated[str, msgspec.Meta(max_length=200)]


@dataclass(frozen=True, slots=True)
class Issuer:
    """One issuer; instants are seconds since the epoch."""

    name: str
    certificates: tuple[Certificate, ...] = field(repr=False)
    since: float
    until: float
    assurance: int
    scheme: str
    level: str
    revocation: Revocation = field(default_factory=Revocation, repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """Whose a chain is, where it ends, and whether current lists name nobody on it (rule 3)."""

    issuer: Issuer
    anchor: Certificate
    current: bool


class _Row(Form, frozen=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    certificates: str
    since: datetime = msgspec.field(name="from")
    until: datetime
    assurance: Annotated[int, msgspec.Meta(ge=1, le=2)]
    scheme: _Text = ""
    level: _Text = ""
    crl_within: str | None = None


def read_issuers(
    data: bytes, name: str, crls: Crls[Issued, Certificate] = NO_CRLS
) -> tuple[Issuer, ...]:
    """Read the file; everything wrong with it is one InvalidInput."""
    return read_rows(data, name, "issuer", lambda row: _read(row, crls))


def find_issuer(issuers: Sequence[Issuer], chain: Sequence[Certificate], now: float) -> Found:
    """Return who issued the first of a chain, all of it judged; else Refused."""
    anchors = {item.der: item for issuer in issuers for item in issuer.certificates}
    anchor = check_chain(chain, anchors.values(), PURPOSES, now)
    having = [issuer for issuer in issuers if anchor in issuer.certificates]
    for issuer in having:
        if issuer.since <= now < issuer.until:
            return Found(issuer, anchor, issuer.revocation.current(chain, anchor, now))
    raise Refused(f"`{having[0].name}` is not trusted now; its span on the list is over")


def _read(value: object, crls: Crls[Issued, Certificate]) -> Issuer:
    row = as_form(value, _Row, "this issuer")
    if row.since.tzinfo is None or row.until.tzinfo is None:
        raise InvalidInput("`from` and `until` need a time zone; add Z")
    if row.since >= row.until:
        raise InvalidInput("`until` is not after `from`")
    return Issuer(
        row.name,
        read_pem(row.certificates),
        row.since.timestamp(),
        row.until.timestamp(),
        row.assurance,
        row.scheme,
        row.level,
        Revocation(crls, read_within(row.crl_within)),
    )
