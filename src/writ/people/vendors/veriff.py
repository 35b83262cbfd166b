"""Veriff: a session for each attempt, its visitor sent to the address that comes with it.

1. A session is made by the integration's API key; every other call is signed too, with the secret
   that the integration and we share, over the session's id.
2. The decision is fetched by the id. It counts only as `approved` with the code 9001, and is about
   the very session that was asked about. `resubmission_requested` leaves the session open: the
   visitor shows another picture by the same address.
3. Its classes do not tell a permanent permit from one that ends: a RESIDENCE_PERMIT shows nothing.
   Nor is there one for refugees: what it shows are citizenships.
4. The face is compared where the decision says so (`faceSimilarToPortrait`).
5. A key does not say whether its integration is a test; whoever configures it says so.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from writ.errors import Refused
from writ.people.vendors.access import Access
from writ.people.vendors.calls import Calls, read_json
from writ.people.vendors.service import (
    Document,
    Notice,
    Opened,
    Paper,
    Result,
    Turned,
    Undecided,
)
from writ.people.vendors.signatures import check_plain, sign

HOSTS = ("veriff.com", "veriff.me")
APPROVED = 9001
_PAPERS: dict[str, Paper] = {"PASSPORT": "passport", "ID_CARD": "identity-card"}
"""Veriff's types of document that show something here (rule 3)."""

_FACE = "faceSimilarToPortrait"
_TURNED = {
    "declined": "Veriff did not accept what was shown; begin again, or take another way",
    "expired": "the time for this attempt at Veriff is over; begin again",
    "abandoned": "the attempt at Veriff was not finished; begin again",
}


class _Session(msgspec.Struct):
    id: str
    url: str


class _Made(msgspec.Struct):
    verification: _Session


class _Person(msgspec.Struct):
    nationality: str | None = None


class _Paper(msgspec.Struct, rename="camel"):
    type: str | None = None
    country: str | None = None
    number: str | None = None
    valid_until: date | None = None


class _Insight(msgspec.Struct):
    label: str
    result: str | None = None


class _Decision(msgspec.Struct):
    id: str
    status: str
    code: int
    person: _Person = msgspec.field(default_factory=_Person)
    document: _Paper = msgspec.field(default_factory=_Paper)
    insights: list[_Insight] | None = None


class _Decided(msgspec.Struct):
    verification: _Decision | None


class _Told(msgspec.Struct):
    id: str


class _Notice(msgspec.Struct):
    """A decision has its session under `verification`, an event as `id`."""

    id: str = ""
    verification: _Told | None = None


class Veriff:
    """Rules 1 to 5."""

    name = "veriff"
    title = "Veriff"
    shows: tuple[str, ...] = ("citizenships",)

    def __init__(self, access: Access, calls: Calls) -> None:
        self._access = access
        self._calls = calls

    async def open(self, back: str, lasts: int) -> Opened:  # noqa: ARG002  the integration says
        """Make a session (rule 1)."""
        headers = {"X-AUTH-CLIENT": self._access.key}
        body = {"verification": {"callback": back}}
        made = (await self._calls.ask(_Made, "POST", "/v1/sessions", headers, body)).verification
        return Opened(self._calls.id_(made.id), self._calls.link(made.url))

    async def result(self, id_: str) -> Result:
        """Fetch the decision (rule 2)."""
        path = f"/v1/sessions/{id_}/decision"
        answer = await self._calls.ask(_Decided, "GET", path, self._signed(id_))
        decision = answer.verification
        if decision is None:
            return Undecided()
        if decision.id != id_:
            raise self._calls.odd()
        if why := _TURNED.get(decision.status):
            return Turned(why)
        if (decision.status, decision.code) != ("approved", APPROVED):
            return Undecided(again=decision.status == "resubmission_requested")
        type_ = decision.document.type or ""
        return Document(
            paper=_PAPERS.get(type_, "other"),
            country=decision.document.country or "",
            nationality=decision.person.nationality or "",
            number=decision.document.number or "",
            ends=decision.document.valid_until,
            face=_says(decision.insights or (), _FACE),
            scheme=self.name,
            value=f"{decision.status} {type_}",
        )

    async def erase(self, id_: str) -> None:
        """Delete the session."""
        await self._calls.erase(f"/v1/sessions/{id_}", self._signed(id_))

    def notice(self, headers: Mapping[str, str], body: bytes, now: float) -> Notice:  # noqa: ARG002
        """Read a decision or an event that is signed; Veriff's name no instant."""
        told = headers.get("x-hmac-signature") or headers.get("vrf-hmac-signature", "")
        check_plain(told, body, self._access.secrets)
        try:
            notice = read_json(body, _Notice)
        except ValueError:
            raise Refused("the notice is signed, and neither a decision nor an event") from None
        session = notice.id if notice.verification is None else notice.verification.id
        return Notice(hashlib.sha256(body).hexdigest(), session)

    def _signed(self, id_: str) -> dict[str, str]:
        signature = sign(self._access.secrets[0], id_.encode())
        return {"X-AUTH-CLIENT": self._access.key, "X-HMAC-SIGNATURE": signature}


def _says(insights: Sequence[_Insight], label: str) -> bool:
    """Whether an insight is there and says yes, and is nowhere denied (rule 4)."""
    said = [item.result for item in insights if item.label == label]
    return bool(said) and all(item == "yes" for item in said)
