"""The built record over HTTP: its files, and nothing else.

1. What never changes may be kept for ever: editions, and the log's tiles. Whatever else is asked for
   anew each time, and not sent again where it is the same (RFC 9110 section 8.8.3).
2. No page may be framed, send its address on or load anything from elsewhere; scripts run on the page
   that checks the log, and on no other.
3. A name that the record does not have, by its form, is not looked for.
"""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from writ.ledger.folder import Folder
from writ.ledger.record.places import CHECKING, INDEX, LOG, POLICY
from writ.pages.words import LANGUAGES
from writ.serve.tiles import FOR_EVER, tiles_app

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
_PLACES = re.compile(
    rf"(({'|'.join(LANGUAGES)})/)?(index\.html|orders/{_NAME}\.html)"
    r"|verify\.html|verify\.js|log\.js|style\.css|feed\.atom|feed\.json|record\.json|record\.csv"
    r"|numbers\.csv"
    r"|log\.policy|\.well-known/security\.txt"
    rf"|orders/{_NAME}~?/[1-9][0-9]*\.(json|opening\.json|tlog-proof)"
)
_EDITION = re.compile(r"orders/[^/]+/[0-9]+(\.opening)?\.json")
_TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
}
_TEXT = "text/plain; charset=utf-8"
_SAFE = {
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def record_app(folder: Path) -> Starlette:
    """Serve a record that was built into a folder."""

    async def page(request: Request) -> Response:
        name = request.path_params["path"] or INDEX
        if not _PLACES.fullmatch(name):
            return _missing()
        data = await asyncio.to_thread(_read, folder / name)
        if data is None:
            return _missing()
        headers = _headers(name, data)
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return Response(data, 200, headers)

    return Starlette(
        routes=[
            Mount(f"/{LOG}", tiles_app(Folder(folder / LOG))),
            Route("/{path:path}", page),
        ]
    )


def _read(place: Path) -> bytes | None:
    return place.read_bytes() if place.is_file() else None


def _headers(name: str, data: bytes) -> Mapping[str, str]:
    """Rules 1 and 2."""
    policy = CHECKING if name == "verify.html" else POLICY
    return {
        **_SAFE,
        "content-security-policy": f"{policy}; frame-ancestors 'none'",
        "content-type": _TYPES.get(name.rpartition(".")[2], _TEXT),
        "cache-control": FOR_EVER if _EDITION.fullmatch(name) else "no-cache",
        "etag": f'"{hashlib.sha256(data).hexdigest()[:32]}"',
    }


def _missing() -> Response:
    return PlainTextResponse("not found\n", 404, _SAFE)
