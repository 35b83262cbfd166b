"""What stands before every page: the language it is in, the visit it belongs to, what is counted.

1. A visit is bound to the browser that began it: a cookie finds it, and each form carries the
   visit's own word.
2. Tries are counted by address, by place of those who wait in line, and by the subject of a form.
3. An error is a sentence in the visitor's language and the error's own line, or JSON for a machine.
"""

import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from writ.errors import Refused, WritError
from writ.model.listeners import Portal
from writ.pages.words import LANGUAGES
from writ.people.sources import NotNow
from writ.portal.arrivals import address_of, read_form
from writ.portal.counter import NoKey
from writ.portal.limits import Buckets, TooMany
from writ.portal.mistakes import status_of, told
from writ.portal.pages import HEADERS, Frame, page
from writ.portal.visits import Visit, Visits
from writ.portal.waiting import COOKIE as PLACE
from writ.portal.waiting import Entrance, Ticket
from writ.portal.words import choose

VISIT, LANGUAGE = "writ_visit", "writ_language"
FORM_BUDGET = 8 * 1024
KEPT, LONGEST = ("t", "code"), 200
"""What of an address its page cannot do without: a link's token, the code that a wallet was given."""

Endpoint = Callable[[Request], Awaitable[Response]]


class Guard:
    """What the endpoints share."""

    def __init__(self, portal: Portal, entrance: Entrance) -> None:
        self.portal = portal
        self.visits = Visits()
        self._entrance = entrance
        self._addresses = Buckets(120, 0.5)
        self._places = Buckets(20, 2.0)
        self._subjects = Buckets(20, 30.0)
        where = urlsplit(portal.address)
        self.base = where.path
        self._secure = "; Secure" if where.scheme == "https" else ""

    def cookie(self, name: str, text: str) -> str:
        """Write a cookie that only this portal's pages are sent."""
        return f"{name}={text}; HttpOnly; SameSite=Lax; Path={self.base}/verify{self._secure}"

    def frame(self, request: Request, visit: Visit | None = None) -> Frame:
        """Return what each page has around it."""
        asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
        language = choose(asked, request.headers.get("accept-language", ""))
        form = "" if visit is None else visit.form
        kept = {name: request.query_params.get(name, "")[:LONGEST] for name in KEPT}
        query = urlencode({name: text for name, text in kept.items() if text})
        portal = self.portal
        return Frame(language, self.base, portal.contact, form, query, portal.ended_days)

    def ticket(self, request: Request) -> Ticket | None:
        """Return the place in line that the browser holds."""
        return self._entrance.read(request.cookies.get(PLACE, ""))

    def leave(self, visit: Visit) -> None:
        """End a visit, and give up the place in line that it was opened with."""
        self.visits.leave(visit)
        if visit.place is not None:
            self._entrance.line.give_up(visit.place)

    # -- rule 1 ------------------------------------------------------------------------------

    def found(self, request: Request) -> Visit | None:
        """Return the browser's visit, if there is one."""
        return self.visits.find(request.cookies.get(VISIT, ""))

    def visit(self, request: Request) -> Visit:
        """Return the browser's visit, or refuse."""
        visit = self.found(request)
        if visit is None:
            raise Refused("this visit has ended; begin again")
        return visit

    async def form(self, request: Request) -> tuple[Visit, dict[str, str]]:
        """Read a form of the visit's own; its word is taken off."""
        visit = self.visit(request)
        fields = await read_form(request, FORM_BUDGET)
        if not secrets.compare_digest(fields.pop("form", "").encode(), visit.form.encode()):
            raise Refused("this form is not of this visit; go back and load the page again")
        self._subjects.take(visit.account.subject)
        return visit, fields

    # -- rules 2 and 3 -----------------------------------------------------------------------

    def guarded(self, endpoint: Endpoint, *, counted: bool = True) -> Endpoint:
        """Count a try, and answer errors as pages."""

        async def answer(request: Request) -> Response:
            try:
                if counted:
                    self._count(request)
                response = await endpoint(request)
            except WritError as error:
                return self._error(request, error)
            asked = request.query_params.get("lang")
            if asked in LANGUAGES:
                cookie = f"{LANGUAGE}={asked}; SameSite=Lax; Path={self.base}/verify"
                response.headers.append("set-cookie", cookie + self._secure)
            return response

        return answer

    def count_address(self, request: Request) -> None:
        """Count a try of an address."""
        self._addresses.take(address_of(request, self.portal))

    def _count(self, request: Request) -> None:
        """Count a try by address; of who waits in line by their place: a company has one address."""
        ticket = self.ticket(request) if request.url.path.endswith("/waiting") else None
        if ticket is None:
            self.count_address(request)
        else:
            self._places.take(str(ticket.number))

    def _error(self, request: Request, error: WritError) -> Response:
        status = status_of(error)
        machine = request.method == "POST" and not {"handle", "method"}.isdisjoint(
            request.path_params
        )
        if request.url.path.endswith("/status") or machine:
            body = msgspec.json.encode(
                {"error": "invalid_request", "error_description": str(error)}
            )
            response = Response(body, status, HEADERS, "application/json")
        else:
            frame = self.frame(request, self.found(request))
            back = "?new=1" if isinstance(error, NoKey) else "/question" if frame.form else ""
            say = told(error, frame.language)
            response = page("error", frame, status, told=say, text=str(error), back=back)
        if isinstance(error, TooMany | NotNow):
            response.headers["retry-after"] = str(error.after)
        return response
