"""`/logs`: what the logs commit to, and proofs of what stands in them."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.clock import Instant, format_instant
from writ.ledger.log import COVER
from writ.ledger.record.told import FULL
from writ.serve.body import Form, answer, read_form
from writ.serve.publishing import check_told
from writ.serve.site import Site
from writ.signing.checkpoint import read_checkpoint
from writ.signing.form import from_base64, to_base64
from writ.signing.note import Note


class _Stamp(Form, frozen=True):
    size: int
    answer: str


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    def name_in(request: Request) -> str:
        return str(request.path_params["log"])

    async def show(request: Request) -> Response:
        name = name_in(request)
        last = await asyncio.to_thread(site.ledger.log(name).last)
        checkpoint = None if last is None else _plain(last)
        return answer({"vkeys": site.ledger.vkeys[name], "checkpoint": checkpoint})

    async def sign(request: Request) -> Response:
        return answer(_plain(await asyncio.to_thread(site.ledger.sign, name_in(request))))

    async def prove(request: Request) -> Response:
        entry = str(request.path_params["entry"])
        proved = await asyncio.to_thread(site.ledger.prove, name_in(request), entry)
        opening = proved.opening
        return answer(
            {
                "proof": proved.proof.write().decode(),
                "opening": {"salt": to_base64(opening.salt), "row": to_base64(opening.row)},
            }
        )

    async def stamp(request: Request) -> Response:
        form = await read_form(request, _Stamp)
        answered = from_base64(form.answer, "the answer")
        told = await asyncio.to_thread(_record, site, form.size, answered)
        return answer({"stamped": format_instant(told)})

    async def publish(request: Request) -> Response:
        name = name_in(request)
        note, written = await asyncio.to_thread(_publish, site, name)
        folder = str(site.ledger.folders[name].path)
        untold = [] if name == COVER else await asyncio.to_thread(_untold, site)
        return answer({**_plain(note), "folder": folder, "written": written, "untold": untold})

    return [
        Route("/logs/{log}", show, methods=["GET"]),
        Route("/logs/{log}/checkpoints", sign, methods=["POST"]),
        Route("/timestamps", stamp, methods=["POST"]),
        Route("/logs/{log}/publications", publish, methods=["POST"]),
        Route("/logs/{log}/entries/{entry}", prove, methods=["GET"]),
    ]


def _record(site: Site, size: int, answered: bytes) -> Instant:
    from writ.ledger.stamps import record_stamp  # noqa: PLC0415  its library may be missing

    return record_stamp(site.ledger.governance, site.clock, size, answered)


def _publish(site: Site, name: str) -> tuple[Note, int]:
    """Publish a log; the cover log's commitments say nothing, and nothing stops them."""
    if name == COVER:
        return site.ledger.publish(name)
    with site.seals.publishing():
        note = site.ledger.sign(name)
        check_told(site)
        return note, site.ledger.log(name).publish(site.ledger.folders[name], note)


def _untold(site: Site) -> list[str]:
    """Return the orders in force or scheduled of which not everything may be told."""
    book = site.desk.current().book
    versions = book.versions if book is not None else ()
    return sorted({version.order for version in versions if version.disclosure != FULL})


def _plain(note: Note) -> dict[str, object]:
    checkpoint = read_checkpoint(note.text)
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": to_base64(checkpoint.root),
        "note": note.write().decode(),
    }
