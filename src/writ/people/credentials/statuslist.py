"""Whether a credential was revoked, by its issuer's Token Status List (draft-ietf-oauth-status-list).

1. A credential names a list (`uri`) and its place in it (`idx`). A way of telling status that is not
   this one refuses the credential: it may be the way in which it was revoked.
2. The list is a JWT of type `statuslist+jwt`, or a COSE_Sign1 of type `application/statuslist+cwt`,
   signed by the issuer of the credential, and its `sub` is the very `uri`.
3. It is from the past, and `exp` is not over; `ttl` says for how long it may be kept.
4. The list is compressed (zlib); 1, 2, 4 or 8 bits an entry, the first in the lowest bits. It is
   opened up to 8 MiB, and the place lies within it.
5. 0 is valid, 1 is revoked, 2 is suspended; anything else refuses too.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from writ.errors import Refused
from writ.people.credentials.trustlist import Issuer
from writ.people.credentials.validity import check_made, check_span
from writ.signing.cbor import read_cbor
from writ.signing.certificates import Certificate, check_chain, read_certificate
from writ.signing.cose import TYPE, read_sign1
from writ.signing.jose import from_base64url
from writ.signing.jws import number, read_jws

MAX_TOKEN = 4 * 1024 * 1024
MAX_LIST = 8 * 1024 * 1024
MAX_URI = 1000
MAX_KEEP = 3600.0
"""Seconds for which a list is kept at most, whatever its `ttl` says."""

STATUS_SIGNER = "1.3.6.1.5.5.7.3.30"
"""The purpose id-kp-oauthStatusSigning; certificates that name none, or sign mdocs, will do."""

_PURPOSES = frozenset({"", STATUS_SIGNER, "1.0.18013.5.1.2"})
_WORDS = {1: "has been revoked by its issuer", 2: "is suspended by its issuer"}
_CLAIMS = {2: "sub", 4: "exp", 6: "iat", 65533: "status_list", 65534: "ttl"}
_WIDTHS = (1, 2, 4, 8)
_WHAT = "the status list"


class Revoked(Refused):
    """A current list of the issuer's says that the credential does not stand."""


@dataclass(frozen=True, slots=True)
class StatusReference:
    """Where a credential's status is told (rule 1)."""

    uri: str
    index: int

    @property
    def host(self) -> str:
        """The host, and the port if it is told, from which the list comes."""
        return urlsplit(self.uri).netloc.lower()


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list as its issuer signed it; it may be kept until `keep_until` (seconds, UTC)."""

    uri: str
    width: int
    entries: bytes
    keep_until: float

    def check(self, reference: StatusReference) -> None:
        """Refuse a credential that does not stand (rule 5)."""
        per_byte = 8 // self.width
        place, offset = divmod(reference.index, per_byte)
        if reference.uri != self.uri or place >= len(self.entries):
            raise Refused("the status list does not speak of this credential")
        value = (self.entries[place] >> (offset * self.width)) & ((1 << self.width) - 1)  # 4
        if value:
            raise Revoked(f"the credential {_WORDS.get(value, f'has status {value}')}")


def read_reference(status: object, what: str) -> StatusReference | None:
    """Read what a credential says of its status (None: it says nothing)."""
    if status is None:
        return None
    if not isinstance(status, Mapping):
        raise Refused(f"the status of {what} is not in its form")
    told = status.get("status_list")
    if not isinstance(told, Mapping) or len(status) != 1:
        raise Refused(f"{what} tells its status in a way that is not known here")
    index, uri = told.get("idx"), told.get("uri")
    if isinstance(index, bool) or not isinstance(index, int) or index < 0:
        raise Refused(f"{what} has no place on its status list")
    if not isinstance(uri, str) or len(uri) > MAX_URI or not uri.startswith("https://"):
        raise Refused(f"{what} names no status list under https")
    return StatusReference(uri, index)


def read_status_list(token: bytes, uri: str, issuer: Issuer, now: float) -> StatusList:
    """Read a list, proved to be the issuer's and current (rules 2 to 4)."""
    claims = _jwt(token, issuer, now) if token[:3] == b"eyJ" else _cwt(token, issuer, now)
    if claims.get("sub") != uri:
        raise Refused(f"{_WHAT} is of another address than the one that was asked")
    made, until, ttl = (number(claims, name, _WHAT) for name in ("iat", "exp", "ttl"))
    check_span(None, until, now, _WHAT)
    check_made(made, float("-inf"), now, _WHAT)
    told = claims.get("status_list")
    width = told.get("bits") if isinstance(told, Mapping) else None
    if not isinstance(told, Mapping) or width not in _WIDTHS:
        raise Refused(f"{_WHAT} does not have 1, 2, 4 or 8 bits an entry")
    keep = min(now + max(ttl or 0, 0), now + MAX_KEEP, until or float("inf"))
    return StatusList(uri, width, _opened(told.get("lst")), keep)


def _jwt(token: bytes, issuer: Issuer, now: float) -> Mapping[str, object]:
    read = read_jws(token.decode("latin-1"), "statuslist+jwt", _WHAT, MAX_TOKEN)
    return read.verify(_signer(read.chain(), issuer, now).key)


def _cwt(token: bytes, issuer: Issuer, now: float) -> Mapping[str, object]:
    read = read_sign1(read_cbor(token, _WHAT, MAX_TOKEN), _WHAT)
    if read.header.get(TYPE) != "application/statuslist+cwt":
        raise Refused(f"{_WHAT} is not of type `application/statuslist+cwt`")
    payload = read.verify(_signer(read.chain(), issuer, now).key)
    claims = read_cbor(payload, f"the claims of {_WHAT}", MAX_TOKEN)
    if not isinstance(claims, dict):
        raise Refused(f"the claims of {_WHAT} are not a map")
    return {name: claims.get(key) for key, name in _CLAIMS.items()}


def _signer(chain: tuple[bytes, ...], issuer: Issuer, now: float) -> Certificate:
    certificates = [read_certificate(der) for der in chain]
    anchor = check_chain(certificates, issuer.certificates, _PURPOSES, now)
    issuer.revocation.current(certificates, anchor, now)
    return certificates[0]


def _opened(lst: object) -> bytes:
    """Open the compressed entries within the budget (rule 4)."""
    packed = from_base64url(lst, f"`lst` of {_WHAT}") if isinstance(lst, str) else lst
    if not isinstance(packed, bytes):
        raise Refused(f"{_WHAT} has no entries")
    opener = zlib.decompressobj()
    try:
        entries = opener.decompress(packed, MAX_LIST)
    except zlib.error:
        raise Refused(f"{_WHAT} is not compressed as it should be") from None
    if not opener.eof:
        raise Refused(f"{_WHAT} is cut short, or opens to more than {MAX_LIST} bytes")
    return entries
