"""`/issuers`: the keys with which organisations assert their end users."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import format_instant
from writ.errors import InvalidInput
from writ.law.subjects import ASSURANCES
from writ.people.issuers import Issuer
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.keys import key_id, read_public, write_public


class _Issuer(Form, frozen=True):
    organisation: str
    public: str
    kid: str | None = None
    assurance: str = ASSURANCES[0]


class _Name(Form, frozen=True):
    organisation: str
    kid: str


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    async def add(request: Request) -> Response:
        form = await read_form(request, _Issuer)
        public = read_public(form.public)
        kid = key_id(public) if form.kid is None else form.kid
        if form.assurance not in ASSURANCES:
            raise InvalidInput(f"`assurance` is one of {', '.join(ASSURANCES)}")
        assurance = ASSURANCES.index(form.assurance)
        made = await asyncio.to_thread(
            site.registry.issuers.add, form.organisation, kid, public, assurance
        )
        return answer(_plain(made), 201, applied=await site.settled())

    async def every(_request: Request) -> Response:
        found = await asyncio.to_thread(site.registry.issuers.all)
        return answer({"issuers": [_plain(item) for item in found]})

    async def revoke(request: Request) -> Response:
        form = await read_form(request, _Name)
        gone = await asyncio.to_thread(site.registry.issuers.revoke, form.organisation, form.kid)
        return answer(_plain(gone), applied=await site.settled())

    return [
        Route("/issuers", add, methods=["POST"]),
        Route("/issuers", every, methods=["GET"]),
        Route("/issuers/revoke", revoke, methods=["POST"]),
    ]


def _plain(item: Issuer) -> dict[str, object]:
    return {
        "organisation": item.organisation,
        "kid": item.kid,
        "public": write_public(item.public),
        "assurance": ASSURANCES[item.assurance],
        "added_at": format_instant(item.added_at),
        "revoked_at": None if item.revoked_at is None else format_instant(item.revoked_at),
    }
