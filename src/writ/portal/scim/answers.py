"""Requests and answers of SCIM: read as shapes, written as JSON, errors as section 3.12 has them.

1. A field of Form I-9 or E-Verify is refused by its name, wherever in a request it stands, before
   anything else is read.
2. An error is one line, and goes to nobody but whoever asked: nothing of it is logged.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import structlog
from pydantic import ValidationError
from scim2_models import (
    BaseModel,
    Context,
    Error,
    ListResponse,
    ResourceType,
    ResponseParameters,
    Schema,
    ScimObject,
)
from scim2_models.path import CompareOperator, Comparison
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from writ.canonical import Plain
from writ.errors import Failed, InvalidInput, Refused, WritError
from writ.people.employers.determination import check_fields
from writ.people.json_lines import read_json_line
from writ.portal.arrivals import read_body
from writ.portal.counter import Employed
from writ.portal.limits import TooMany
from writ.portal.scim.shapes import PROVIDER

BUDGET = 64 * 1024
MEDIA_TYPE = "application/scim+json"
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_BY = {"username": "user", "externalid": "external_id", "id": "id"}
_ERRORS: dict[type[WritError], tuple[int, str]] = {
    InvalidInput: (400, "invalidValue"),
    Refused: (403, ""),
    Failed: (503, ""),
    TooMany: (429, ""),
}
_UNAUTHORIZED = 401
T = TypeVar("T", bound=BaseModel)


class No(Exception):
    """An answer that is an error: a status, one line, and SCIM's word for it if there is one."""

    def __init__(self, status: int, detail: str, kind: str = "") -> None:
        super().__init__(detail)
        self.status, self.kind = status, kind


async def read_object(request: Request) -> dict[str, Plain]:
    """Read a request's JSON (rule 1)."""
    data = await read_body(request, BUDGET)
    try:
        body = read_json_line(data)
    except InvalidInput as error:
        raise No(400, str(error), "invalidSyntax") from None
    check_fields(_names(body))
    return body


def read_as(shape: type[T], body: Mapping[str, object], context: Context) -> T:
    """Read a shape; what is wrong is told at once."""
    with PROVIDER:
        try:
            return shape.model_validate(body, scim_ctx=context)
        except ValidationError as wrong:
            errors = Error.from_validation_errors(wrong)
            detail = "; ".join(str(error.detail) for error in errors)
            raise No(errors[0].status or 400, detail, errors[0].scim_type or "") from None


def read_filter(node: object) -> dict[str, Plain]:
    """Read the one kind of filter there is: `eq` on a name or an id."""
    match node:
        case Comparison(attr_path=path, op=CompareOperator.eq, value=str(value)):
            by = _BY.get(path.attr.lower())
            if by is not None and path.sub_attr is None:
                return {"by": by, "value": value}
        case _:
            pass
    raise No(400, "filter with `eq` on userName, externalId or id", "invalidFilter")


def tag(found: Employed) -> str:
    """Return a person's entity tag."""
    return f'W/"{found.version}"'


def expected(request: Request, found: Employed) -> str:
    """Return the version that a caller wants to change (empty: whichever); another is an error."""
    wanted = request.headers.get("if-match", "*")
    if wanted == "*":
        return ""
    if tag(found) not in [item.strip() for item in wanted.split(",")]:
        raise No(412, "this person was changed meanwhile; read them again")
    return found.version


def shown(
    found: ScimObject,
    context: Context,
    asked: ResponseParameters[Any] | None = None,
    status: int = 200,
) -> Response:
    """Write a shape."""
    with PROVIDER:
        text = found.model_dump_json(scim_ctx=context, response_parameters=asked)
    return Response(text, status, _HEADERS, MEDIA_TYPE)


def described(
    request: Request, listed: ListResponse[Schema] | ListResponse[ResourceType]
) -> Response:
    """Show all of what there is, or the one asked for by its id."""
    if "filter" in request.query_params:
        raise No(403, "this is not filtered; see RFC 7644, section 4")
    name = request.path_params.get("id")
    if name is None:
        return shown(listed, Context.RESOURCE_QUERY_RESPONSE)
    for item in listed.resources or []:
        if item.id == name:
            return shown(item, Context.RESOURCE_QUERY_RESPONSE)
    raise No(404, "there is nothing of this id")


def empty(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Answer without a body."""
    return Response(b"", status, {**_HEADERS, **(headers or {})})


def refusal(no: No) -> Response:
    """Write an error."""
    body = Error(status=no.status, scim_type=no.kind or None, detail=str(no)).model_dump_json()
    headers = {"www-authenticate": "Bearer"} if no.status == _UNAUTHORIZED else {}
    return Response(body, no.status, {**_HEADERS, **headers}, MEDIA_TYPE)


def refused(error: WritError) -> Response:
    """Write an error that Writ raised on purpose."""
    status, kind = _ERRORS.get(type(error), (500, ""))
    response = refusal(No(status, "; ".join(str(error).splitlines()), kind))
    if isinstance(error, TooMany):
        response.headers["retry-after"] = str(error.after)
    return response


async def astray(_request: Request, error: Exception) -> Response:
    """Answer for an address, or a method of one, that there is not."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return refusal(No(status, "there is nothing here" if status == 404 else "not in this way"))  # noqa: PLR2004  not found


async def unforeseen(_request: Request, error: Exception) -> Response:
    """Answer for what nobody foresaw; the log has the kind of it, not what was sent."""
    structlog.get_logger().error("internal error", kind=type(error).__name__, exc_info=error)
    return refusal(No(500, "something went wrong here; try again later"))


def _names(value: Plain) -> Iterator[str]:
    """Yield every name in a request: of fields, of schemas, and in the paths of a PATCH."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield name
            if name.lower() in {"path", "schemas"}:
                yield from _texts(item)
            yield from _names(item)
    elif not isinstance(value, str) and isinstance(value, Iterable):
        for item in value:
            yield from _names(item)


def _texts(value: Plain) -> Iterator[str]:
    for item in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
        if isinstance(item, str):
            yield item
