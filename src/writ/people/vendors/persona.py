"""Persona: an inquiry for each attempt, its visitor sent there by a link that is good once.

1. An inquiry is made without an account: nothing at the vendor ties a person's attempts together.
   It ends when the attempt does.
2. Of what came of it only the attributes that count are asked for (sparse fieldsets): no name, no
   birth date, no picture is sent here.
3. An inquiry is decided where its template says so: `approved` by a workflow, or `completed` where
   there is none. Exactly one government ID must have passed, shown now and not taken over from an
   earlier check; the face is compared where a selfie has passed too.
4. Whoever has a key of the sandbox makes tests, in which nothing is really verified; the key says
   which it is, and the inquiries that it reaches are of its environment alone.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import quote

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
from writ.people.vendors.signatures import check_timed

HOSTS = ("withpersona.com",)
VERSION = "2025-12-08"
_PAPERS: dict[str, Paper] = {
    "pp": "passport",
    "ppc": "passport",
    "id": "identity-card",
    "pr": "permanent-resident-card",
    "td": "refugee-travel-document",
    "cct": "certificate-of-citizenship",
}
"""Persona's classes of identity document that show something here."""

_GOVERNMENT_ID, _SELFIE = "verification/government-id", "verification/selfie"
_WANTED = (
    "status",
    "id-class",
    "country-code",
    "nationality",
    "identification-number",
    "expiration-date",
    "from-reusable-persona",
)
_FIELDS = {"inquiry": "status", _GOVERNMENT_ID: ",".join(_WANTED), _SELFIE: "status"}
_ASKED = "&".join(
    ["include=verifications", *(f"fields[{name}]={text}" for name, text in _FIELDS.items())]
)


class _Resource(msgspec.Struct):
    type: str
    id: str
    attributes: dict[str, object] = {}


class _Answer(msgspec.Struct):
    data: _Resource
    included: list[_Resource] = []


class _Meta(msgspec.Struct):
    link: str = msgspec.field(name="one-time-link")


class _Linked(msgspec.Struct):
    meta: _Meta


class _Payload(msgspec.Struct):
    data: _Resource


class _Attributes(msgspec.Struct):
    payload: _Payload


class _Event(msgspec.Struct):
    id: str
    attributes: _Attributes


class _Notice(msgspec.Struct):
    data: _Event


class Persona:
    """Rules 1 to 4."""

    name = "persona"
    title = "Persona"
    shows: tuple[str, ...] = ("citizenships", "permanent_residences", "protection")

    def __init__(self, access: Access, calls: Calls) -> None:
        self._access = access
        self._calls = calls
        self._headers = {
            "Authorization": f"Bearer {access.key}",
            "Key-Inflection": "kebab",
            "Persona-Version": VERSION,
        }

    async def open(self, back: str, lasts: int) -> Opened:
        """Make an inquiry and a link to it (rule 1)."""
        attributes = {"inquiry-template-id": self._access.template, "redirect-uri": back}
        meta = {
            "auto-create-account": False,
            "expiration-after-create-interval-seconds": lasts,
            "expiration-after-start-interval-seconds": lasts,
        }
        body = {"data": {"attributes": attributes}, "meta": meta}
        made = await self._calls.ask(_Answer, "POST", "/api/v1/inquiries", self._headers, body)
        id_ = self._calls.id_(made.data.id)
        once = {"meta": {"expires-in-seconds": lasts}}
        path = f"{_path(id_)}/generate-one-time-link"
        linked = await self._calls.ask(_Linked, "POST", path, self._headers, once)
        return Opened(id_, self._calls.link(linked.meta.link))

    async def result(self, id_: str) -> Result:
        """Fetch what came of an inquiry (rules 2, 3)."""
        path = f"{_path(id_)}?{quote(_ASKED, safe='=&')}"
        answer = await self._calls.ask(_Answer, "GET", path, self._headers)
        if (answer.data.type, answer.data.id) != ("inquiry", id_):
            raise self._calls.odd()
        status = _text(answer.data, "status")
        if status in {"declined", "failed"}:
            return Turned("Persona did not accept what was shown; begin again, or take another way")
        if status == "expired":
            return Turned("the time for this attempt at Persona is over; begin again")
        if status not in {"approved", self._access.decided}:
            return Undecided()
        return self._document(status, answer.included)

    async def erase(self, id_: str) -> None:
        """Redact the inquiry, with all that belongs to it."""
        await self._calls.erase(_path(id_), self._headers)

    def notice(self, headers: Mapping[str, str], body: bytes, now: float) -> Notice:
        """Read an event that is signed and of an inquiry."""
        check_timed(headers.get("persona-signature", ""), body, self._access.secrets, now)
        try:
            event = read_json(body, _Notice).data
        except ValueError:
            raise Refused("the notice is signed, and not an event of Persona's") from None
        return Notice(event.id, event.attributes.payload.data.id)

    def _document(self, status: str, included: Sequence[_Resource]) -> Result:
        passed = [item for item in included if item.attributes.get("status") == "passed"]
        papers = [item for item in passed if item.type == _GOVERNMENT_ID]
        if len(papers) != 1:
            return Turned(
                "Persona accepted no identity document, or more than one; begin again and show one"
            )
        paper = papers[0]
        if paper.attributes.get("from-reusable-persona") is True:
            return Turned("Persona took over an earlier check; begin again and show the document")
        class_ = _text(paper, "id-class")
        return Document(
            paper=_PAPERS.get(class_, "other"),
            country=_text(paper, "country-code"),
            nationality=_text(paper, "nationality"),
            number=_text(paper, "identification-number"),
            ends=self._ends(paper),
            face=any(item.type == _SELFIE for item in passed),
            scheme=self.name,
            value=f"{status} {class_}",
        )

    def _ends(self, paper: _Resource) -> date | None:
        told = _text(paper, "expiration-date")
        try:
            return date.fromisoformat(told) if told else None
        except ValueError:
            raise self._calls.odd() from None


def _path(id_: str) -> str:
    return f"/api/v1/inquiries/{id_}"


def _text(resource: _Resource, name: str) -> str:
    """Return a text among the attributes; empty where there is none."""
    told = resource.attributes.get(name)
    return told if isinstance(told, str) else ""
