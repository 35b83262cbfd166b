"""What comes to the portal over HTTP, read within budgets: forms, bodies, addresses, languages.

1. A form is `application/x-www-form-urlencoded`, each name once; anything else is a body.
2. A form that another site sent is refused, as the browser says it (Fetch Metadata): else a stranger
   could have a visitor's browser enter the stranger's account.
3. A visitor's address is the peer's, or what a proxy named in the configuration says it is: the last
   one in the last such header, for some proxies add a header to the one that visitors send.
4. A certificate is what such a proxy says that the browser proved (RFC 9440), on the listener that
   is for this alone: certificates are public, so that whoever could send the header would have them.
"""

from urllib.parse import parse_qsl

from starlette.requests import Request

from writ.errors import InvalidInput, Refused
from writ.model.listeners import Portal
from writ.signing.form import from_base64

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 40
MOST_CERTIFICATES = 4
MAX_CERTIFICATES = 32 * 1024


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
    told = ",".join(request.headers.getlist("x-forwarded-for")).rpartition(",")[2].strip()
    return told if told and peer in portal.proxies else peer


def certificates_of(request: Request, portal: Portal) -> tuple[bytes, ...]:
    """Return the certificates that the browser proved, its own first (rule 4)."""
    place, server = portal.certificates, request.scope.get("server")
    if place is None or server is None or server[1] != place.listen.port:
        return ()
    if request.client is None or request.client.host not in portal.proxies:
        return ()
    own, above = (request.headers.getlist(f"client-cert{more}") for more in ("", "-chain"))
    if len(own) > 1 or len(above) > 1:
        raise Refused("the proxy hands on two certificates; it has to take off what visitors send")
    listed = [*own, *(item for text in above for item in text.split(","))]
    if len(listed) > MOST_CERTIFICATES or sum(map(len, listed)) > MAX_CERTIFICATES:
        raise InvalidInput("that is too much at once")
    return tuple(_bytes(item.strip()) for item in listed)


def _bytes(text: str) -> bytes:
    """Read a byte sequence of RFC 8941 3.3.5."""
    if len(text) < len("::") or text[0] != ":" or text[-1] != ":":
        raise InvalidInput("the proxy does not hand certificates on as RFC 9440 says")
    return from_base64(text[1:-1], "the certificate")
