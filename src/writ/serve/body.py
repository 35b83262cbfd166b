"""Requests and answers of the control process: JSON with exact fields, within a budget."""

from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from writ.errors import InvalidInput

LARGEST = 64 * 1024 * 1024
"""Bytes of a request; a file of facts or of orders is the largest there is."""

UNAPPLIED = "writ-unapplied"
"""The header that says so; see `writ.serve.site.Site.settled`."""

T = TypeVar("T")


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON object with exactly the fields of its class."""


async def read_bytes(request: Request, most: int = LARGEST) -> bytes:
    """Read a request's body; one that is too large is InvalidInput."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise InvalidInput(f"more than {most >> 20} MiB at once; send it in parts")
    return bytes(body)


async def read_form(request: Request, form: type[T]) -> T:
    """Read a request's body as `form`."""
    try:
        return msgspec.json.decode(await read_bytes(request), type=form)
    except msgspec.DecodeError as error:
        raise InvalidInput(f"the request is not in its form: {error}") from None


def answer(value: object, status: int = 200, *, applied: bool = True) -> Response:
    """Write an answer; a change that some gateway has not applied yet says so in a header."""
    headers = None if applied else {UNAPPLIED: "1"}
    return Response(msgspec.json.encode(value), status, headers, "application/json")
