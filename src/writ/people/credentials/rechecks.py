"""Whether what credentials proved still stands: their issuers are asked again.

1. What is kept of a credential for this is its issuer's name, the list's address and its place.
   What is kept in another form is another method's, and passed over.
2. A fact falls where a current list of the issuer's says so, and where the issuer is on the trust
   list no more. A list that cannot be had, or not read, is told and leaves everything as it was:
   otherwise whoever keeps a list from us takes thousands out of service.
3. A list is asked for once, however many credentials are on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from writ.canonical import Plain, encode
from writ.errors import Refused, WritError
from writ.people.credentials.statuses import Statuses
from writ.people.credentials.statuslist import Revoked, StatusList, StatusReference
from writ.people.credentials.trustlist import Issuer, TrustList
from writ.signing.form import Form


class _Place(Form, frozen=True):
    index: int
    issuer: str
    uri: str


class _Kept(msgspec.Struct, frozen=True):
    status_list: _Place | None = None


@dataclass(frozen=True, slots=True)
class Rechecked:
    """The ids of what fell, and why some could not be asked about."""

    fallen: tuple[bytes, ...]
    unheard: tuple[str, ...]


def write_reference(status: StatusReference, issuer: Issuer) -> str:
    """Write what is kept of a credential (rule 1)."""
    place: dict[str, Plain] = {"index": status.index, "issuer": issuer.name, "uri": status.uri}
    return encode({"status_list": place}).decode()


async def recheck(
    kept: Iterable[tuple[bytes, str]], trust: TrustList, statuses: Statuses, now: float
) -> Rechecked:
    """Ask about what `write_reference` wrote, each with the id of what rests on it."""
    issuers = {issuer.name: issuer for issuer in trust.issuers}
    places = [(id_, place) for id_, text in kept if (place := _read(text)) is not None]
    fallen = [id_ for id_, place in places if place.issuer not in issuers]
    asked: dict[tuple[str, str], list[tuple[bytes, StatusReference]]] = {}
    for id_, place in places:
        if place.issuer in issuers:
            reference = StatusReference(place.uri, place.index)
            asked.setdefault((place.issuer, place.uri), []).append((id_, reference))
    unheard: list[str] = []
    for (name, _), items in asked.items():
        try:
            list_ = await statuses.list_of(items[0][1], issuers[name], now)
        except WritError as error:
            unheard.append(str(error))
        else:
            _ask(list_, items, fallen, unheard)
    return Rechecked(tuple(fallen), tuple(unheard))


def _read(text: str) -> _Place | None:
    return msgspec.json.decode(text, type=_Kept).status_list


def _ask(
    list_: StatusList,
    items: list[tuple[bytes, StatusReference]],
    fallen: list[bytes],
    unheard: list[str],
) -> None:
    for id_, reference in items:
        try:
            list_.check(reference)
        except Revoked:
            fallen.append(id_)
        except Refused as error:
            unheard.append(str(error))
