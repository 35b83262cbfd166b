"""A master list: the authorities of states as one state has looked at them (ICAO Doc 9303 part 12 section 9).

1. It is signed data; the signer's certificate is for signing master lists and nothing else.
2. The signer is issued by an authority whose certificate's digest the operator has pinned, having
   compared it with what that state publishes. It is found in the list or beside it.
3. On import everything is valid now. A list that was imported stays good when its signer's
   certificate ends: certificates of signers live for months, those of authorities for decades.
4. A certificate that may sign no certificates, or whose key is not known here, is left out and
   counted by country. Nothing else of the list can be had without its signature.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from writ.canonical import digest_bytes
from writ.errors import Refused
from writ.signing.cms import SignedData, take_signed_data
from writ.signing.der import INTEGER, SET, read_der
from writ.signing.state_certificate import StateCertificate, find_authority, take_certificate

MASTER_LIST, SIGNS_LISTS = "2.23.136.1.1.2", "2.23.136.1.1.3"
MAX_BYTES, MAX_VALUES = 16 * 1024 * 1024, 500_000
_WHAT = "the master list"


@dataclass(frozen=True, slots=True)
class MasterList:
    """Authorities of states, by the word of the state `publisher`."""

    publisher: str
    pin: str
    digest: str
    authorities: tuple[StateCertificate, ...] = field(repr=False)
    left_out: Mapping[str, int]

    def countries(self) -> list[str]:
        """Return the countries that have an authority on it."""
        return sorted({item.country for item in self.authorities})


def read_master_list(data: bytes, pins: Collection[str], now: float | None) -> MasterList:
    """Read a list and prove it; `now` None for one that was imported (rule 3)."""
    signed = take_signed_data(read_der(data, _WHAT, MAX_BYTES, MAX_VALUES), MASTER_LIST)
    signed.signer.check_signer(SIGNS_LISTS)
    fields = read_der(signed.verify(), _WHAT, MAX_BYTES, MAX_VALUES).fields()
    fields.take(INTEGER)
    authorities: list[StateCertificate] = []
    left_out: Counter[str] = Counter()
    for item in fields.take(SET).parts:
        certificate = take_certificate(item)
        try:
            certificate.check_authority()
            certificate.key.name  # noqa: B018  read here, so that it is left out here
        except Refused:
            left_out[certificate.country] += 1
        else:
            authorities.append(certificate)
    publisher = _publisher(signed, authorities, pins, now)
    return MasterList(
        publisher.country, publisher.fingerprint, digest_bytes(data), tuple(authorities), left_out
    )


def _publisher(
    signed: SignedData,
    listed: list[StateCertificate],
    pins: Collection[str],
    now: float | None,
) -> StateCertificate:
    """Return the pinned authority above the signer (rule 2)."""
    there = [*signed.certificates, *listed]
    above = {item.fingerprint: item for item in there if item.issued(signed.signer)}
    pinned = [item for name, item in above.items() if name in pins]
    if not pinned:
        named = " or ".join(sorted(above)) or "none that is in it"
        raise Refused(
            f"{_WHAT} is signed under {named}; compare it with what its publisher states, and write"
            " it into writ.toml as `signed_under` of [passport]"
        )
    at = signed.signer.span[0] if now is None else now
    return find_authority(signed.signer, pinned, at)
