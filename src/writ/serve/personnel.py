"""What the portal may ask for employers, over its socket: each by its own token, of its own people.

1. Every call carries a token's id and SHA-256; whoever has none can ask about nobody. A revoked
   token ends at once.
2. It finds, lists, creates, replaces and removes the people of the token's organisation. Which
   organisation that is follows from the token alone.
3. The answer says what came of it: `done`, or why not, in one word that SCIM has a status for.
4. It is given once every gateway has applied it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.errors import Refused
from writ.people.employers.credentials import Credential
from writ.people.employers.determination import Said
from writ.people.employers.person import Changed, Named, NotTheirs, Taken, Unknown, Wanted
from writ.serve.body import Form, answer, read_form
from writ.serve.site import Site

Answer: TypeAlias = dict[str, object]
_WORDS: dict[type[Refused], str] = {
    Changed: "changed",
    NotTheirs: "not_theirs",
    Taken: "taken",
    Unknown: "unknown",
}


class _Token(Form, frozen=True):
    id: str
    digest: str


class _Call(Form, frozen=True):
    token: _Token


class _Find(_Call, frozen=True):
    by: Named
    value: str


class _Page(_Call, frozen=True):
    start: int
    count: int


class _Put(_Call, frozen=True):
    user: str
    external_id: str | None
    active: bool | None
    said: Said | None
    id: str = ""
    expected: str = ""


class _Remove(_Call, frozen=True):
    id: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class _Office:
    site: Site

    def find(self, credential: Credential, form: _Find) -> Answer:
        """Find people of the organisation."""
        found = self.site.personnel().find(credential.organisation, form.by, form.value)
        return {"answer": "done", "people": [item.plain() for item in found]}

    def page(self, credential: Credential, form: _Page) -> Answer:
        """List them."""
        start, count = max(0, form.start), max(0, form.count)
        total, people = self.site.personnel().page(credential.organisation, start, count)
        return {"answer": "done", "total": total, "people": [item.plain() for item in people]}

    def put(self, credential: Credential, form: _Put) -> Answer:
        """Create one (without an id), or replace one."""
        wanted = Wanted(form.user, form.external_id, form.active, form.said, form.expected)
        personnel = self.site.personnel()
        if form.id:
            made = personnel.replace(credential, form.id, wanted)
        else:
            made = personnel.create(credential, wanted)
        return {"answer": "done", "people": [made.plain()]}

    def remove(self, credential: Credential, form: _Remove) -> Answer:
        """Remove one."""
        self.site.personnel().remove(credential, form.id, form.expected)
        return {"answer": "done"}

    def heard(self, token: _Token, work: Callable[[Credential], Answer]) -> Answer:
        """Do something for whoever has a token (rules 1, 3)."""
        try:
            credential = self.site.employers().by_token(token.id, token.digest)
        except Refused:
            return {"answer": "no_token"}
        try:
            return work(credential)
        except (Changed, NotTheirs, Taken, Unknown) as refused:
            return {"answer": _WORDS[type(refused)], "detail": str(refused)}


T = TypeVar("T", bound=_Call)


def personnel_routes(site: Site) -> list[Route]:
    """Return the calls."""
    office = _Office(site)

    def route(
        name: str, form: type[T], work: Callable[[Credential, T], Answer], *, changes: bool = False
    ) -> Route:
        async def endpoint(request: Request) -> Response:
            read = await read_form(request, form)
            said = await asyncio.to_thread(
                office.heard, read.token, lambda credential: work(credential, read)
            )
            return answer(said, applied=not changes or await site.settled())

        return Route(f"/personnel/{name}", endpoint, methods=["POST"])

    return [
        route("find", _Find, office.find),
        route("page", _Page, office.page),
        route("put", _Put, office.put, changes=True),
        route("remove", _Remove, office.remove, changes=True),
    ]
