"""`/subjects`: who is on the books; `/population`: all of them with their facts, for who counts."""

import asyncio
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import format_instant
from writ.desk.duties import Duties
from writ.errors import Refused
from writ.law.subjects import write_fact
from writ.ledger.log import DECISIONS, GOVERNANCE
from writ.model.duty import Record
from writ.model.subject import Subject
from writ.model.vocabulary import Kind
from writ.people.census import census
from writ.people.forgetting import Forgetting, Forgotten
from writ.people.keys import ApiKey
from writ.people.statement import Attestation
from writ.people.subjects import pages, read_subjects
from writ.serve.body import AT_ONCE, Flowing, Form, answer, listed, read_form
from writ.serve.site import Site

RECORDS: tuple[Record, ...] = ("facts", "receipts", "subjects")
"""What forgetting erases, as duties to preserve name it."""


class _Subject(Form, frozen=True):
    id: str
    kind: Kind
    acts_for: tuple[str, ...] = ()


class _Named(Form, frozen=True):
    id: str


class _Subjects(Form, frozen=True):
    subjects: list[_Subject]


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    async def add(request: Request) -> Response:
        form = await read_form(request, _Subjects)
        wanted = [Subject(item.id, item.kind, item.acts_for) for item in form.subjects]
        new = await asyncio.to_thread(site.registry.subjects.add, wanted)
        return answer({"added": new, "known": len(wanted) - new}, applied=await site.settled())

    async def every(_request: Request) -> Response:
        return await Flowing.begun(listed("subjects", lambda: _every(site)))

    async def one(request: Request) -> Response:
        return answer(await asyncio.to_thread(_shown, site, request.path_params["id"]))

    async def population(_request: Request) -> Response:
        return await Flowing.begun(census(site.registry))

    async def forget(request: Request) -> Response:
        form = await read_form(request, _Named)
        await asyncio.to_thread(_take_back, site, form.id)
        if not await site.settled():
            raise Refused("some gateway has not applied that this is revoked; try again")
        return answer(await asyncio.to_thread(_erase, site, form.id))

    return [
        Route("/population", population, methods=["GET"]),
        Route("/subjects", add, methods=["POST"]),
        Route("/subjects", every, methods=["GET"]),
        Route("/subjects/forget", forget, methods=["POST"]),
        Route("/subjects/{id:path}", one, methods=["GET"]),
    ]


def key_plain(key: ApiKey) -> dict[str, object]:
    """Write a key without its digest."""
    return {
        "id": key.id,
        "requester": key.requester,
        "organisation": key.organisation,
        "refuses_substitutes": key.refuses_substitutes,
        "created_at": format_instant(key.created_at),
        "revoked_at": None if key.revoked_at is None else format_instant(key.revoked_at),
    }


def _plain(subject: Subject) -> dict[str, object]:
    return {"id": subject.id, "kind": subject.kind, "acts_for": subject.acts_for}


def _every(site: Site) -> Iterator[dict[str, object]]:
    with site.store.view() as connection:
        for names in pages(connection, AT_ONCE):
            known = read_subjects(connection, names)
            yield from (_plain(known[name]) for name in names)


def _take_back(site: Site, name: str) -> None:
    """Revoke what a subject has, unless a duty to preserve says to keep what is known of it."""
    duties = Duties(site.store, site.trust, site.clock)
    for records in RECORDS:
        duties.check_erasure(site.desk.current(), records)
    Forgetting(site.registry).take_back(name)


def _erase(site: Site, name: str) -> Forgotten:
    """Sign both logs over all there is, so that they stay whole, and erase."""
    for log in (GOVERNANCE, DECISIONS):
        site.ledger.sign(log)
    return Forgetting(site.registry).erase(name)


def _shown(site: Site, name: str) -> dict[str, object]:
    registry = site.registry
    subject = registry.subjects.find(name)
    return {
        **_plain(subject),
        "facts": [_fact(item) for item in registry.facts.carried(name)],
        "keys": [key_plain(key) for key in registry.keys.of(name)],
    }


def _fact(item: Attestation) -> dict[str, object]:
    return {
        **write_fact(item.fact),
        "attestation": item.id.hex(),
        "attested_by": item.method,
        "grade": item.grade,  # with who determined it, and on which basis, where somebody did
    }
