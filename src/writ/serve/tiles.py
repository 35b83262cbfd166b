"""A published log over HTTP, and a witness: what anybody may ask, and nothing else.

1. Tiles and bundles never change and may be kept for ever; a checkpoint may not be kept.
2. A path that is no tile of any log is not looked for.
"""

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from writ.errors import Refused
from writ.ledger.published import CHECKPOINT, Published
from writ.ledger.tiles import read_path
from writ.ledger.witness import TEXT_TYPE, Witness
from writ.serve.body import read_bytes

FOR_EVER = "public, max-age=31536000, immutable"
MOST_ASKED = 1 << 20
_SAFE = {"x-content-type-options": "nosniff", "access-control-allow-origin": "*"}


def tiles_app(log: Published) -> Starlette:
    """Serve a log's checkpoint, tiles and bundles."""

    async def checkpoint(_request: Request) -> Response:
        note = await asyncio.to_thread(log.checkpoint)
        if note is None:
            return _missing()
        return Response(
            note.write(), headers={**_SAFE, "cache-control": "no-store", "content-type": TEXT_TYPE}
        )

    async def tile(request: Request) -> Response:
        try:
            wanted = read_path(f"tile/{request.path_params['path']}")
            data = await asyncio.to_thread(log.tile, wanted)
        except Refused:
            return _missing()
        headers = {
            **_SAFE,
            "cache-control": FOR_EVER,
            "content-type": "application/octet-stream",
        }
        return Response(data, headers=headers)

    return Starlette(routes=[Route(f"/{CHECKPOINT}", checkpoint), Route("/tile/{path:path}", tile)])


def witness_app(witness: Witness) -> Starlette:
    """Take checkpoints to cosign."""

    async def add_checkpoint(request: Request) -> Response:
        body = await read_bytes(request, MOST_ASKED)
        found = await asyncio.to_thread(witness.add_checkpoint, body)
        return Response(
            found.body,
            found.status,
            {"content-type": found.type, "x-content-type-options": "nosniff"},
        )

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


def _missing() -> Response:
    return PlainTextResponse("not found\n", 404)
