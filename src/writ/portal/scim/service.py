"""SCIM 2.0 for employers (RFC 7644), at `/scim/v2`: who works there, and what was determined of them.

1. Whoever asks shows a token that the operator registered for one organisation; the control process
   holds it against the books, and answers about that organisation's people alone.
2. Tries are counted by address and by token. What takes long to read, paths and filters, is read only
   of whoever has a token, or is short.
3. What there is no shape for is dropped; what must not be used is refused (`writ.portal.scim.answers`).
4. PATCH is applied to what was read a moment ago; if that changed meanwhile, nothing is done. One
   that touches a determination makes it whole anew: nothing of the one before is carried along.
   `active` that is left out or taken away stays as it was (RFC 7644 3.5.1 leaves it to the service).
5. `ETag`, `If-Match` and `If-None-Match` speak of the version of one person. Filters are `eq` on
   userName, externalId and id.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from scim2_models import (
    Context,
    ListResponse,
    PatchOp,
    ResponseParameters,
    SCIMException,
    SearchRequest,
)
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from writ.canonical import Plain
from writ.errors import WritError
from writ.model.listeners import Portal
from writ.portal.arrivals import address_of
from writ.portal.counter import Counter, Employed, Heard
from writ.portal.limits import Buckets
from writ.portal.scim.answers import (
    No,
    astray,
    described,
    empty,
    expected,
    read_as,
    read_filter,
    read_object,
    refusal,
    refused,
    shown,
    tag,
    unforeseen,
)
from writ.portal.scim.shapes import (
    CONFIG,
    DETERMINATION,
    MOST_RESULTS,
    PROVIDER,
    SCHEMAS,
    TYPES,
    Determinations,
    User,
    person_of,
    said_in,
)

PATH = "/scim/v2"
_PARTS = 3
_LONGEST_ID = 64
LONGEST_QUERY = 2000
_STATUSES = {
    "no_token": (401, ""),
    "not_theirs": (403, ""),
    "unknown": (404, ""),
    "taken": (409, "uniqueness"),
    "changed": (412, ""),
}
_TRIES, _TRY_EVERY = 400, 0.02
"""So many at once from one address or with one token, and so many seconds for each one after."""

Endpoint = Callable[[Request], Awaitable[Response]]
Person = User[Determinations]


class _Service:
    def __init__(self, portal: Portal, counter: Counter) -> None:
        self._portal = portal
        self._counter = counter
        self._addresses = Buckets(_TRIES, _TRY_EVERY)
        self._tokens = Buckets(_TRIES, _TRY_EVERY)
        self._users = f"{portal.address}{PATH}/Users"

    # -- people ------------------------------------------------------------------------------

    async def create(self, request: Request) -> Response:
        """Add a person."""
        body = await read_object(request)
        heard = await self._put(request, read_as(Person, body, Context.RESOURCE_CREATION_REQUEST))
        return self._one(heard.people[0], Context.RESOURCE_CREATION_RESPONSE, status=201)

    async def read(self, request: Request) -> Response:
        """Show a person."""
        found = await self._find(request)
        if request.headers.get("if-none-match") in {tag(found), "*"}:
            return empty(304, {"etag": tag(found)})
        asked = read_as(ResponseParameters[Person], _query(request), Context.DEFAULT)
        return self._one(found, Context.RESOURCE_QUERY_RESPONSE, asked)

    async def replace(self, request: Request) -> Response:
        """Have a person be as this says."""
        body = await read_object(request)
        found = await self._find(request)
        wanted = read_as(Person, body, Context.RESOURCE_REPLACEMENT_REQUEST)
        heard = await self._put(request, wanted, found, expected(request, found))
        return self._one(heard.people[0], Context.RESOURCE_REPLACEMENT_RESPONSE)

    async def patch(self, request: Request) -> Response:
        """Change a person (rule 4)."""
        body = await read_object(request)
        found = await self._find(request)
        operations = read_as(PatchOp[Person], body, Context.RESOURCE_PATCH_REQUEST)
        expected(request, found)
        person = person_of(found, self._users)
        if DETERMINATION.casefold() in str(body).casefold():
            person[Determinations] = None
        with PROVIDER:
            operations.patch(person)
        heard = await self._put(request, person, found, found.version)
        return self._one(heard.people[0], Context.RESOURCE_PATCH_RESPONSE)

    async def remove(self, request: Request) -> Response:
        """Have a person leave."""
        found = await self._find(request)
        body: dict[str, Plain] = {"id": found.id, "expected": expected(request, found)}
        await self._ask("remove", request, body)
        return empty(204)

    async def every(self, request: Request) -> Response:
        """List people, or find one."""
        return await self._listed(request, _query(request))

    async def search(self, request: Request) -> Response:
        """List people, as POST asks it (section 3.4.3)."""
        return await self._listed(request, await read_object(request))

    async def _listed(self, request: Request, asked: Mapping[str, object]) -> Response:
        if len(str(asked)) > LONGEST_QUERY:
            raise No(400, f"a query has {LONGEST_QUERY} characters at most", "invalidValue")
        wanted = read_as(SearchRequest[Person], asked, Context.DEFAULT)
        start = max(1, wanted.start_index or 1)
        count = MOST_RESULTS if wanted.count is None else max(0, min(wanted.count, MOST_RESULTS))
        if wanted.filter is not None:
            heard = await self._ask("find", request, read_filter(wanted.filter.ast))
            total, people = len(heard.people), heard.people[start - 1 :][:count]
        else:
            heard = await self._ask("page", request, {"start": start - 1, "count": count})
            total, people = heard.total, heard.people
        listed = ListResponse[Person](
            total_results=total,
            start_index=start,
            items_per_page=len(people),
            resources=[person_of(item, self._users) for item in people],
        )
        return shown(listed, Context.RESOURCE_QUERY_RESPONSE, wanted)

    # -- what there is -----------------------------------------------------------------------

    async def config(self, _request: Request) -> Response:
        """Say what this service does."""
        return shown(CONFIG, Context.RESOURCE_QUERY_RESPONSE)

    async def schemas(self, request: Request) -> Response:
        """Show the schemas, or one."""
        return described(request, SCHEMAS)

    async def types(self, request: Request) -> Response:
        """Show the types of resources, or one."""
        return described(request, TYPES)

    # -- the control process -----------------------------------------------------------------

    async def _find(self, request: Request) -> Employed:
        wanted: dict[str, Plain] = {"by": "id", "value": request.path_params["id"]}
        heard = await self._ask("find", request, wanted)
        if not heard.people:
            raise No(404, "nobody of this id")
        return heard.people[0]

    async def _put(
        self, request: Request, person: Person, found: Employed | None = None, version: str = ""
    ) -> Heard:
        body: dict[str, Plain] = {
            "user": person.user_name or "",
            "external_id": person.external_id,
            "active": person.active,
            "said": said_in(person),
            "id": found.id if found else "",
            "expected": version,
        }
        return await self._ask("put", request, body)

    async def _ask(self, call: str, request: Request, body: dict[str, Plain]) -> Heard:
        """Ask the control process, with the token of the request (rule 1)."""
        if not hasattr(request.state, "token"):
            request.state.token = self._token(request)  # once a request (rule 2)
        heard = await self._counter.personnel(call, request.state.token, body)
        if heard.answer in _STATUSES:
            status, kind = _STATUSES[heard.answer]
            raise No(status, heard.detail or "show a token that is valid", kind)
        return heard

    def _token(self, request: Request) -> dict[str, str]:
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        parts = text.strip().split("_", _PARTS - 1)
        formed = scheme.lower() == "bearer" and len(parts) == _PARTS and parts[0] == "we"
        if not formed or len(parts[1]) > _LONGEST_ID:
            raise No(401, "show a token that is valid")
        self._tokens.take(parts[1])
        return {"id": parts[1], "digest": hashlib.sha256(text.strip().encode()).hexdigest()}

    # -- answers -----------------------------------------------------------------------------

    def _one(
        self,
        found: Employed,
        context: Context,
        asked: ResponseParameters[Person] | None = None,
        status: int = 200,
    ) -> Response:
        response = shown(person_of(found, self._users), context, asked, status)
        response.headers["etag"] = tag(found)
        response.headers["location"] = f"{self._users}/{found.id}"
        return response

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """Count a try (rule 2), and answer errors as SCIM has them."""

        async def answer(request: Request) -> Response:
            try:
                self._addresses.take(address_of(request, self._portal))
                return await endpoint(request)
            except No as no:
                return refusal(no)
            except SCIMException as wrong:
                return refusal(No(wrong.status, wrong.detail, wrong.scim_type))
            except WritError as error:
                return refused(error)

        return answer


def scim(portal: Portal, counter: Counter) -> BaseRoute:
    """Return what answers employers, beside the portal's pages."""
    return Mount(urlsplit(portal.address).path + PATH, scim_app(portal, counter))


def scim_app(portal: Portal, counter: Counter) -> Starlette:
    """Put the service together."""
    made = _Service(portal, counter)

    def route(path: str, endpoint: Endpoint, method: str = "GET") -> Route:
        return Route(path, made.guarded(endpoint), methods=[method])

    return Starlette(
        routes=[
            route("/ServiceProviderConfig", made.config),
            route("/Schemas", made.schemas),
            route("/Schemas/{id}", made.schemas),
            route("/ResourceTypes", made.types),
            route("/ResourceTypes/{id}", made.types),
            route("/.search", made.search, "POST"),
            route("/Users/.search", made.search, "POST"),
            route("/Users", made.every),
            route("/Users", made.create, "POST"),
            route("/Users/{id}", made.read),
            route("/Users/{id}", made.replace, "PUT"),
            route("/Users/{id}", made.patch, "PATCH"),
            route("/Users/{id}", made.remove, "DELETE"),
        ],
        exception_handlers={HTTPException: astray, Exception: unforeseen},
    )


def _query(request: Request) -> dict[str, object]:
    return dict(request.query_params)
