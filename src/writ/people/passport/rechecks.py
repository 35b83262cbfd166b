"""Whether a state still stands by who signed a document: its lists of revoked certificates are asked again.

1. What is kept of a document for this is what lists know its signer and the authority above by, which
   it shares with all that were signed in those months. What is kept in another form is another
   method's, and passed over.
2. A fact falls where a list names one of them. A list that is missing or overdue leaves everything
   as it was; so does `crl_within`, which is for what is shown anew.
"""

from collections.abc import Iterable, Iterator

import msgspec

from writ.canonical import Plain, encode
from writ.people.crls import Revoked
from writ.people.passport.document import Authorities, Document, living
from writ.signing.state_crl import StateIssued


class _Issued(msgspec.Struct, frozen=True):
    issuer: tuple[tuple[str, str], ...]
    serial: str


class _Kept(msgspec.Struct, frozen=True):
    passport: tuple[_Issued, ...] = ()


def write_reference(document: Document) -> str:
    """Write what is kept of a document (rule 1)."""
    issued: list[Plain] = [
        {"issuer": [list(pair) for pair in item.issuer], "serial": f"{item.serial:x}"}
        for item in document.issued
    ]
    return encode({"passport": issued}).decode()


def recheck(
    kept: Iterable[tuple[bytes, str]], authorities: Authorities, now: float
) -> Iterator[bytes]:
    """Return the ids of what fell, of what `write_reference` wrote, each with its id (rule 2)."""
    able = list(living(authorities.trusted, now))
    for id_, text in kept:
        try:
            for item in msgspec.json.decode(text, type=_Kept).passport:
                issued = StateIssued(item.issuer, int(item.serial, 16))
                authorities.crls.check(issued, able, now, None)
        except Revoked:
            yield id_
