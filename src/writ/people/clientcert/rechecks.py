"""Whether an issuer still stands by a client certificate: its lists of revoked ones are asked again.

1. What is kept for this is the issuer's name on our list, what lists know each certificate of the
   chain by, and the certificates above; never the holder's own. What is kept in another form is
   another method's, and passed over.
2. A fact falls where a list names a certificate of the chain, and where the issuer, or the
   certificate that the chain ended at, is on our list no more. A list that is missing or overdue
   leaves everything as it was; so does `crl_within`, which is for what is shown anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from writ.canonical import Plain, encode
from writ.people.clientcert.issuers import Issuer
from writ.people.crls import Revoked
from writ.signing.certificates import Certificate, Issued, read_certificate
from writ.signing.form import to_base64


class _Link(msgspec.Struct, frozen=True):
    above: bytes
    addresses: frozenset[str]
    authority: bool
    issuer: str
    serial: str


class _Chain(msgspec.Struct, frozen=True):
    anchor: bytes
    chain: tuple[_Link, ...]
    issuer: str


class _Kept(msgspec.Struct, frozen=True):
    certificate: _Chain | None = None


def write_reference(issuer: Issuer, chain: Sequence[Certificate], anchor: Certificate) -> str:
    """Write what is kept of a chain (rule 1)."""
    below = (
        [] if anchor.der == chain[0].der else list(zip(chain, [*chain[1:], anchor], strict=True))
    )
    links: list[Plain] = [_link(item.issued_as, above) for item, above in below]
    named = to_base64(anchor.fingerprint)
    kept: Plain = {"anchor": named, "chain": links, "issuer": issuer.name}
    return encode({"certificate": kept}).decode()


def _link(issued: Issued, above: Certificate) -> Plain:
    return {
        "above": to_base64(above.der),
        "addresses": sorted(issued.addresses),
        "authority": issued.authority,
        "issuer": issued.issuer,
        "serial": f"{issued.serial:x}",
    }


def recheck(
    kept: Iterable[tuple[bytes, str]], issuers: Sequence[Issuer], now: float
) -> Iterator[bytes]:
    """Return the ids of what fell, of what `write_reference` wrote, each with its id (rule 2)."""
    listed = {issuer.name: issuer for issuer in issuers}
    for id_, text in kept:
        chain = msgspec.json.decode(text, type=_Kept).certificate
        if chain is not None and _fell(chain, listed, now):
            yield id_


def _fell(chain: _Chain, listed: Mapping[str, Issuer], now: float) -> bool:
    issuer = listed.get(chain.issuer)
    if issuer is None or chain.anchor not in {item.fingerprint for item in issuer.certificates}:
        return True
    try:
        for link in chain.chain:
            issued = Issued(link.issuer, int(link.serial, 16), link.authority, link.addresses)
            issuer.revocation.crls.check(issued, [read_certificate(link.above)], now, None)
    except Revoked:
        return True
    return False
