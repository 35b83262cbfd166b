"""A passport or identity card by the files of its chip (ICAO Doc 9303 part 11 sections 5.1 and 6.1).

1. EF.SOD is signed; DG1 is the one that was signed.
2. The signer is issued by an authority on the master list, both valid now, and of the country that
   DG1 names as the issuer: no state vouches for another's documents.
3. The document has not ended.
4. Where the chip has a key of its own (DG15) and signed our challenge with it, the document itself
   was there. Files can be copied: without that, nobody knows whose hands they came through.
5. A specimen is refused, except where one is asked for, in a test.
6. Neither signer nor authority is on a list of revoked certificates; where `within` is given, a list
   made no longer ago speaks of the signer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from writ.errors import Refused
from writ.people.crls import Crls
from writ.people.passport.mrz import Zone, read_dg1
from writ.people.passport.nationality import SPECIMEN, same_country
from writ.people.passport.sod import SecurityObject, read_sod
from writ.signing.chip_signature import check_chip_signature
from writ.signing.der import read_der
from writ.signing.state_certificate import StateCertificate, find_authority
from writ.signing.state_crl import StateIssued, read_state_crl
from writ.signing.state_key import StateKey, read_key

_DG15 = 0x6F


@dataclass(frozen=True, slots=True)
class Files:
    """What a reader took off a chip; `answer` is what the chip signed our challenge with."""

    sod: bytes = field(repr=False)
    dg1: bytes = field(repr=False)
    dg15: bytes | None = field(default=None, repr=False)
    answer: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was proved.

    `present`: its chip answered. `weak`: the proof rests on SHA-1 or a short key. `current`: a list
    of revoked certificates that is in its time does not name the signer. `authority` is
    the certificate it was proved by, `signed_with` names the algorithms, from the document up, and
    `issued` are signer and authority as lists know them.
    """

    zone: Zone = field(repr=False)
    present: bool
    weak: bool
    current: bool
    authority: StateCertificate
    signed_with: tuple[str, ...]
    issued: tuple[StateIssued, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Authorities:
    """Those whose documents count, what they revoked, and how recently they have to have said so.

    `within` is in seconds; None: a document whose signer no list speaks of counts too.
    """

    trusted: Sequence[StateCertificate]
    crls: Crls[StateIssued, StateCertificate] = field(
        default_factory=lambda: Crls(None, read_state_crl)
    )
    within: float | None = None

    def current(self, signer: StateIssued, authority: StateIssued, now: float) -> bool:
        """Return whether a signer is known not to be revoked; a revoked one is Refused (rule 6)."""
        self.crls.check(authority, living(self.trusted, now), now, None)
        return self.crls.check(signer, living(self.trusted, now), now, self.within)


def living(authorities: Iterable[StateCertificate], now: float) -> Iterator[StateCertificate]:
    """Return those whose certificates are valid at an instant."""
    return (item for item in authorities if item.span[0] <= now <= item.span[1])


def verify_document(
    files: Files,
    authorities: Authorities,
    challenge: bytes,
    now: float,
    *,
    specimens: bool = False,
) -> Document:
    """Return what the files prove at an instant (seconds since the epoch)."""
    # 1
    sod = read_sod(files.sod)
    sod.prove(1, files.dg1)
    zone = read_dg1(files.dg1)
    # 5
    if zone.issuer == SPECIMEN and not specimens:
        raise Refused("the document is a specimen; show your own")
    # 2
    signer = sod.signed.signer
    authority = find_authority(signer, authorities.trusted, now)
    if not same_country(zone.issuer, authority.country):
        raise Refused("the document is signed by another state than the one that it names")
    # 6
    below, above = (StateIssued(item.issuer, item.serial) for item in (signer, authority))
    current = authorities.current(below, above, now)
    # 3
    if zone.ends <= now:
        raise Refused("the document has expired; use one that is valid now")
    # 4
    chip = None if files.answer is None else _chip(sod, files, challenge)
    weak = sod.weak or signer.scheme.weak or authority.key.weak
    weak = weak or (chip is not None and chip.weak_in_chip)
    told = (sod.signed.scheme.name, signer.scheme.name)
    return Document(zone, chip is not None, weak, current, authority, told, (below, above))


def _chip(sod: SecurityObject, files: Files, challenge: bytes) -> StateKey:
    """Return the chip's key, proved to be there (rule 4)."""
    if files.dg15 is None or files.answer is None:
        raise Refused("the chip's answer came without DG15, which holds its key; send both")
    sod.prove(15, files.dg15)
    held = read_der(files.dg15, "DG15")
    if held.tag != _DG15:
        raise Refused("DG15 is another file of the chip; send DG15")
    key = read_key(held.only())
    check_chip_signature(key, files.answer, challenge)
    return key
