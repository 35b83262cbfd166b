"""EF.SOD: what a state signed about the files of a chip (ICAO Doc 9303 part 10 section 4.6.2).

1. It is signed data under tag 77 about digests of data groups, each group once, all by one digest.
2. The signer's certificate is in it, may sign data, and names no other purpose.
3. A data group is proved by the digest of all its bytes as they came.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from writ.errors import Refused
from writ.signing.cms import SignedData, take_signed_data
from writ.signing.der import INTEGER, OCTETS, SEQUENCE, read_der
from writ.signing.state_key import read_digest

SECURITY_OBJECT = "2.23.136.1.1.1"
MAX_BYTES, MAX_VALUES = 32 * 1024, 2000
_SOD = 0x77
_GROUPS = range(1, 17)
_WHAT = "EF.SOD"


@dataclass(frozen=True, slots=True)
class SecurityObject:
    """Digests of data groups, proved to be signed by the signer of `signed`, whoever that is."""

    signed: SignedData
    digest: str
    digests: Mapping[int, bytes] = field(repr=False)

    @property
    def weak(self) -> bool:
        """Whether it rests on SHA-1 or a short key."""
        return self.signed.weak or self.digest == "sha1"

    def prove(self, group: int, data: bytes) -> None:
        """Refuse a data group that is not the one that was signed (rule 3)."""
        expected = self.digests.get(group)
        if expected is None:
            raise Refused(f"{_WHAT} says nothing of DG{group}; read the document again")
        if hashlib.new(self.digest, data).digest() != expected:
            raise Refused(f"DG{group} is not the one that the state signed (digest)")


def read_sod(data: bytes) -> SecurityObject:
    """Read and prove EF.SOD as the chip gave it (rules 1 and 2)."""
    held = read_der(data, _WHAT, MAX_BYTES, MAX_VALUES)
    if held.tag != _SOD:
        raise Refused(f"{_WHAT} is another file of the chip; send EF.SOD")
    signed = take_signed_data(held.only(), SECURITY_OBJECT)
    signed.signer.check_signer("")
    fields = read_der(signed.verify(), _WHAT).fields()
    fields.take(INTEGER)
    digest = read_digest(fields.take(SEQUENCE)).name
    found: dict[int, bytes] = {}
    for item in fields.take(SEQUENCE).parts:
        row = item.fields()
        group = row.take(INTEGER).integer()
        if group not in _GROUPS or group in found:
            raise Refused(f"{_WHAT} names a data group twice, or one that there is not")
        found[group] = row.take(OCTETS).content
    return SecurityObject(signed, digest, found)
