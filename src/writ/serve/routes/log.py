"""`/log`: what the governance log commits to, and proofs that something stands in it."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.ledger.folder import Folder
from writ.serve.body import answer
from writ.serve.site import Site
from writ.signing.checkpoint import read_checkpoint
from writ.signing.form import to_base64
from writ.signing.note import Note


def routes(site: Site) -> list[Route]:
    """Return the routes of this noun."""

    async def show(_request: Request) -> Response:
        last = await asyncio.to_thread(site.log.last)
        return answer({"vkeys": site.vkeys, "checkpoint": None if last is None else _plain(last)})

    async def sign(_request: Request) -> Response:
        return answer(_plain(await asyncio.to_thread(site.log.sign)))

    async def prove(request: Request) -> Response:
        text = request.path_params["seq"]
        shown = Folder(site.config.log_folder).checkpoint()
        proved = await asyncio.to_thread(site.log.prove, int(text), shown)
        opening = proved.opening
        return answer(
            {
                "proof": proved.proof.write().decode(),
                "opening": {"salt": to_base64(opening.salt), "row": to_base64(opening.row)},
            }
        )

    async def publish(_request: Request) -> Response:
        folder = site.config.log_folder
        note = await asyncio.to_thread(site.log.sign)
        written = await asyncio.to_thread(site.log.publish, Folder(folder), note)
        return answer({**_plain(note), "folder": str(folder), "written": written})

    return [
        Route("/log", show, methods=["GET"]),
        Route("/log/checkpoints", sign, methods=["POST"]),
        Route("/log/publications", publish, methods=["POST"]),
        Route("/log/events/{seq:int}", prove, methods=["GET"]),
    ]


def _plain(note: Note) -> dict[str, object]:
    checkpoint = read_checkpoint(note.text)
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": to_base64(checkpoint.root),
        "note": note.write().decode(),
    }
