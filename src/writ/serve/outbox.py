"""`/outbox` on the administration listener: what the provider's mail or console takes away.

1. It takes a bearer token that is good for nothing else. Only its digest is kept, beside the store;
   a new one replaces it. Without one nobody is let in.
2. Whoever takes notices away says up to which it has them; until then they are given again.
3. Notices name people by pseudonym. Who sends them knows the ids, and asks for their pseudonyms;
   those are made of any text, so that asking tells nothing of who is on the books.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.errors import InvalidInput
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site
from writ.signing.bearer import bears, new_token

TOKEN = "outbox.token"  # noqa: S105  the name of a file
MOST = 500
"""Notices given at once, and ids asked for at once."""

LAST = 2**62
"""No notice has a greater number."""

_Answer = Callable[[Request], Awaitable[Response]]


class _Taken(Form, frozen=True):
    through: Annotated[int, msgspec.Meta(ge=0, le=LAST)]


class _Names(Form, frozen=True):
    subjects: list[str]


def make_token(folder: Path) -> str:
    """Make a token, keep its digest, and return it (rule 1)."""
    token, digest = new_token("wo")
    path, new = folder / TOKEN, folder / f"{TOKEN}.new"
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(digest)
    new.replace(path)
    return token


def outbox_routes(site: Site) -> list[Route]:
    """Return the routes, each behind the token."""
    notices = site.notices()

    async def read(request: Request) -> Response:
        after = request.query_params.get("after", "0")
        if not after.isdecimal() or int(after) > LAST:
            raise InvalidInput("`after` is the number of the last notice you have, or 0")
        found = await asyncio.to_thread(notices.read, int(after), MOST)
        return answer({"notices": found})

    async def taken(request: Request) -> Response:
        form = await read_form(request, _Taken)
        return answer({"taken": await asyncio.to_thread(notices.take, form.through)})

    async def names(request: Request) -> Response:
        form = await read_form(request, _Names)
        if len(form.subjects) > MOST:
            raise InvalidInput(f"more than {MOST} at once; ask in parts")
        return answer({"recipients": {name: notices.name_of(name) for name in form.subjects}})

    routes = (("", read, "GET"), ("/taken", taken, "POST"), ("/recipients", names, "POST"))
    return [
        Route(f"/outbox{path}", _guarded(site.config.folder, inner), methods=[method])
        for path, inner, method in routes
    ]


def _guarded(folder: Path, inner: _Answer) -> _Answer:
    async def outer(request: Request) -> Response:
        if not _known(folder, request.headers.get("authorization", "")):
            headers = {"www-authenticate": "Bearer"}
            return Response(status_code=HTTPStatus.UNAUTHORIZED, headers=headers)
        return await inner(request)

    return outer


def _known(folder: Path, header: str) -> bool:
    kept = folder / TOKEN
    return kept.exists() and bears(header, kept.read_text())
