"""What comes to the portal over HTTP, read within budgets: forms, bodies, addresses, languages.

1. A form is `application/x-www-form-urlencoded`, each name once; anything else is a body.
2. A form that another site sent is refused, as the browser says it (Fetch Metadata): else a stranger
   could have a visitor's browser enter the stranger's account.
3. A visitor's address is the peer's, or what a proxy named in the configuration says it is.
"""

from urllib.parse import parse_qsl

from starlette.requests import Request

from writ.errors import InvalidInput, Refused
from writ.model.config import Portal

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 40


async def read_body(request: Request, budget: int) -> bytes:
    """Read a body; one that is too large is InvalidInput."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > budget:
            raise InvalidInput("that is too much at once")
    return bytes(body)


def content_type(request: Request) -> str:
    """Return what a body says it is."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def read_fields(data: bytes) -> dict[str, str]:
    """Read a form or a query (rule 1)."""
    try:
        pairs = parse_qsl(
            data.decode(),
            keep_blank_values=True,
            strict_parsing=bool(data),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise InvalidInput("the form cannot be read; load the page again") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise InvalidInput("the form cannot be read; load the page again")
    return fields


async def read_form(request: Request, budget: int) -> dict[str, str]:
    """Read a form; any other body is InvalidInput."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Refused("this form was sent by another site; open the portal yourself")
    body = await read_body(request, budget)
    if content_type(request) != FORM:
        raise InvalidInput("the form cannot be read; load the page again")
    return read_fields(body)


def address_of(request: Request, portal: Portal) -> str:
    """Return where a visitor comes from (rule 3)."""
    peer = request.client.host if request.client else ""
    told = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return told if told and peer in portal.proxies else peer
