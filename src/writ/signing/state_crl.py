"""The list of certificates that a state's authority revoked, a CRL (ICAO Doc 9303 part 12, RFC 5280 5).

1. A list is by an authority: one that is called what the list calls its issuer, that may sign lists,
   and whose key signed it. It speaks of every certificate whose issuer is called so, under whichever
   key: an authority that changes its key keeps its name.
2. It is whole. A critical extension says that it is a part, or speaks for others, or what is not
   known here: such a list is refused.
3. It says since when it is so, and when the next one comes at the latest.
4. Why something was taken back is not asked: a state that suspends a signer does not stand by it.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from writ.errors import Refused
from writ.signing.der import BITS, INTEGER, SEQUENCE, TIME, UTC_TIME, Value, read_der
from writ.signing.state_certificate import (
    Name,
    StateCertificate,
    country_in,
    read_extensions,
    read_name,
)
from writ.signing.state_key import Scheme, read_scheme

MAX_BYTES, MAX_VALUES = 4 * 1024 * 1024, 500_000
_EXTENSIONS = 0xA0
_WHAT = "the list of revoked certificates"


class StateIssued(NamedTuple):
    """What a state's list knows a certificate by."""

    issuer: Name
    serial: int


@dataclass(frozen=True, slots=True)
class StateCrl:
    """One list as read; nothing of it is proved but by `by`. Instants are seconds since the epoch."""

    issuer: Name
    made: float
    until: float
    serials: frozenset[int] = field(repr=False)
    _scheme: Scheme
    _signed: bytes = field(repr=False)
    _signature: bytes = field(repr=False)

    @property
    def country(self) -> str:
        """The country of its authority."""
        return country_in(self.issuer)

    def by(self, authority: StateCertificate) -> bool:
        """Whether an authority made this list (rule 1)."""
        if authority.subject != self.issuer or not authority.signs_lists:
            return False
        try:
            authority.key.verify(self._scheme, self._signature, self._signed, _WHAT)
        except Refused:
            return False
        return True

    def speaks_of(self, certificate: StateIssued) -> bool:
        """Whether a certificate would be on it, had it been revoked."""
        return certificate.issuer == self.issuer

    def names(self, certificate: StateIssued) -> bool:
        """Whether a certificate is on it."""
        return self.speaks_of(certificate) and certificate.serial in self.serials


def read_state_crl(data: bytes) -> StateCrl:
    """Read a list in DER; what is none, or not whole, is Refused."""
    outer = read_der(data, _WHAT, MAX_BYTES, MAX_VALUES).fields()
    signed, algorithm, signature = outer.take(SEQUENCE), outer.take(SEQUENCE), outer.take(BITS)
    outer.end()
    fields = signed.fields()
    fields.maybe(INTEGER)
    if fields.take(SEQUENCE).raw != algorithm.raw:
        raise Refused(f"{_WHAT} says twice how it is signed, and not the same")
    issuer, made = read_name(fields.take(SEQUENCE)), fields.take().instant()
    following = fields.maybe(UTC_TIME) or fields.maybe(TIME)
    if following is None:  # 3
        raise Refused(f"{_WHAT} does not say when the next one comes; take another")
    rows = fields.maybe(SEQUENCE)
    extensions = fields.maybe(_EXTENSIONS)
    fields.end()
    _check_whole(None if extensions is None else extensions.only())
    return StateCrl(
        issuer=issuer,
        made=made,
        until=following.instant(),
        serials=frozenset(map(_serial, () if rows is None else rows.parts)),
        _scheme=read_scheme(algorithm),
        _signed=signed.raw,
        _signature=signature.bits(),
    )


def _serial(row: Value) -> int:
    """Read one row (rule 4)."""
    fields = row.fields()
    serial = fields.take(INTEGER).integer()
    fields.take().instant()
    _check_whole(fields.maybe(SEQUENCE))
    fields.end()
    return serial


def _check_whole(told: Value | None) -> None:
    """Refuse what is a part, or speaks for others (rule 2)."""
    for name, (critical, _) in read_extensions(told).items():
        if critical:
            raise Refused(f"{_WHAT} has the critical extension {name}, not known here")
