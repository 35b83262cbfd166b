"""The portal's pages and the addresses behind them.

1. Whoever comes proves control of an account before anything is said about it: by its API key, or by
   signing in where it is at home. In a rush they wait in line with what they showed
   (`writ.portal.line`), and lose nothing of it.
2. Everything after that is bound to the browser that did so: a cookie finds the visit, and each
   form carries the visit's own word.
3. Whoever has a handle alone reaches the one attempt it is of, and is shown nothing but what its
   method has to say to a stranger. A machine's signed notice tells a method to look, no more.
4. Tries are counted by address, by key where one is shown, and by the subject of an attempt; signed
   notices are not counted, for a surge of visitors is a surge of them.
5. An error is one line on a page; what nobody foresaw says no more than that.
"""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from writ.errors import Failed, InvalidInput, Refused, WritError
from writ.model.config import Portal
from writ.people.methods import Arrival, Go, Show
from writ.portal.arrivals import (
    FORM,
    address_of,
    certificates_of,
    content_type,
    read_body,
    read_fields,
    read_form,
)
from writ.portal.attempts import Attempts, Ended, Ways
from writ.portal.counter import Counter, Reviewed, Standing
from writ.portal.forms import choices, offered, papers
from writ.portal.limits import Buckets, TooMany
from writ.portal.logins import Logins
from writ.portal.pages import HEADERS, Frame, page, redirect, sheet
from writ.portal.visits import Visit, Visits
from writ.portal.waiting import COOKIE as PLACE
from writ.portal.waiting import LASTS, Entrance, Ticket
from writ.portal.words import LANGUAGES, choose, words_in

VISIT, LOGIN, LANGUAGE = "writ_visit", "writ_login", "writ_language"
FORM_BUDGET = 8 * 1024
LONGEST_TOKEN = 200

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Admission:
    """How visitors get in: through the line, by a key or by signing in."""

    entrance: Entrance
    logins: Logins


class _Portal:
    """What the endpoints share."""

    def __init__(self, portal: Portal, ways: Ways, counter: Counter, admission: Admission) -> None:
        self._portal = portal
        self._counter = counter
        self._entrance = admission.entrance
        self._logins = admission.logins
        self._visits = Visits()
        self._attempts = Attempts(ways, counter, self._visits, portal.address)
        self._addresses = Buckets(120, 0.5)
        self._places = Buckets(20, 2.0)
        self._keys = Buckets(10, 30.0)
        self._polls = Buckets(30, 5.0)
        self._subjects = Buckets(20, 30.0)
        where = urlsplit(portal.address)
        self._base = where.path
        self._secure = "; Secure" if where.scheme == "https" else ""

    # -- rule 1 ------------------------------------------------------------------------------

    async def start(self, request: Request) -> Response:
        """Ask for the key, or for a sign-in; lead on whoever stands in line already."""
        if "new" not in request.query_params and self._ticket(request) is not None:
            return redirect(f"{self._base}/verify/waiting")
        return self._start(request, request.query_params.get("t", "")[:LONGEST_TOKEN])

    async def account(self, request: Request) -> Response:
        """Take the key, and let its holder in or have them wait."""
        fields = await read_form(request, FORM_BUDGET)
        key, token = _digest(fields.get("key", "")), fields.get("t", "")[:LONGEST_TOKEN]
        try:
            self._keys.take(key)
        except TooMany as refused:
            return self._start(request, "", 429, str(refused))
        return await self._admit(request, key, token)

    async def _admit(self, request: Request, key: str, token: str) -> Response:
        """Let in whoever proved something, or have them wait with it; a place is kept."""
        inside = self._visits.inside()
        ticket = self._entrance.join(inside, (key, token), self._ticket(request))
        if ticket is None:
            return await self._enter(request, key, token)
        cookie = self._cookie(PLACE, f"{ticket}; Max-Age={LASTS}")
        return redirect(f"{self._base}/verify/waiting", cookie)

    async def wait(self, request: Request) -> Response:
        """Let in whoever was called; show the others where they stand."""
        ticket = self._ticket(request)
        if ticket is None:
            return redirect(f"{self._base}/verify")
        if self._entrance.line.come(ticket.number, self._visits.inside()):
            return await self._enter(request, ticket.key, ticket.token)
        wait = self._entrance.wait(ticket)
        return page("waiting", self._frame(request), wait=wait, again=str(wait.again))

    async def _enter(self, request: Request, key: str, token: str) -> Response:
        """Begin a visit, and give the place up; whoever is refused keeps it for another try."""
        try:
            account = await self._counter.account(key, token)
        except Refused as refused:
            return self._start(request, "", 403, str(refused))
        visit = self._visits.open(key, account)
        visit.model = account.model or ""
        response = redirect(f"{self._base}/verify/question", self._cookie(VISIT, visit.name))
        if PLACE in request.cookies:
            response.headers.append("set-cookie", self._cookie(PLACE, "; Max-Age=0"))
        return response

    async def sign_in(self, request: Request) -> Response:
        """Send the browser to the account's own provider."""
        query = request.query_params
        token = query.get("t", "")[:LONGEST_TOKEN]
        language = self._frame(request).language
        address, name = await self._logins.begin(query.get("provider", ""), token, language)
        return redirect(address, self._cookie(LOGIN, name))

    async def signed_in(self, request: Request) -> Response:
        """Take what the browser comes back with from there, as a key is taken."""
        fields = read_fields(request.url.query.encode())
        cookie = request.cookies.get(LOGIN, "")
        try:
            passed, token = await self._logins.finish(
                request.path_params["provider"], cookie, fields
            )
        except Refused as refused:
            return self._start(request, "", 403, str(refused))
        return await self._admit(request, _digest(passed), token)

    def _start(self, request: Request, token: str, status: int = 200, wrong: str = "") -> Response:
        frame = self._frame(request)
        names = self._logins.names()
        return page("start", frame, status, token=token, wrong=wrong, providers=names)

    def _ticket(self, request: Request) -> Ticket | None:
        return self._entrance.read(request.cookies.get(PLACE, ""))

    def _cookie(self, name: str, text: str) -> str:
        return f"{name}={text}; HttpOnly; SameSite=Lax; Path={self._base}/verify{self._secure}"

    async def status(self, request: Request) -> Response:
        """Tell a client how its key's account stands: the key is the proof (rule 1)."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        model = request.query_params.get("model", "")
        if scheme.lower() != "bearer" or not text or not model:
            raise InvalidInput("send your API key as a bearer token, and ?model=NAME")
        key = _digest(text)
        self._polls.take(key)
        found = await self._counter.standing(key, model)
        body = msgspec.json.encode({"model": model, "state": state_of(found)})
        return Response(body, 200, HEADERS, "application/json")

    # -- rule 2 ------------------------------------------------------------------------------

    async def question(self, request: Request) -> Response:
        """Show whose account it is, what is asked, and how it can be shown."""
        visit = self._visit(request)
        visit.model = request.query_params.get("model", visit.model)
        if not visit.model:
            visit.account = await self._counter.account(visit.key)
            return page("choose", self._frame(request, visit), account=visit.account)
        return self._standing(request, visit, await self._counter.standing(visit.key, visit.model))

    async def begin(self, request: Request) -> Response:
        """Begin with a method."""
        visit, fields = await self._form(request)
        language = self._frame(request).language
        ended = await self._attempts.begin(
            visit, fields.get("method", ""), fields.get("question", ""), language
        )
        return await self._ended(request, visit, ended)

    async def hear(self, request: Request) -> Response:
        """Take what the browser brings for the attempt under way: a form, or coming back."""
        visit = self._visit(request)
        if request.method == "GET" and visit.attempt is None:  # loaded again once it was over
            return redirect(f"{self._base}/verify/question")
        leg = request.path_params.get("leg", "")
        language = self._frame(request).language
        if request.method == "POST":
            visit, fields = await self._form(request)
        else:
            fields = read_fields(request.url.query.encode())
        proved = certificates_of(request, self._portal)
        arrival = Arrival(leg, browser=True, fields=fields, language=language, certificates=proved)
        try:
            ended = await self._attempts.hear(visit, arrival)
        except InvalidInput as mistake:  # to be corrected in the same attempt
            shown = self._attempts.attempt(visit).shown
            return self._show(request, visit, shown, wrong=str(mistake))
        return await self._ended(request, visit, ended)

    async def appeal(self, request: Request) -> Response:
        """Appeal."""
        visit, fields = await self._form(request)
        handed = await self._counter.appeal(visit.key, fields.get("about", ""))
        return await self._ended(request, visit, handed)

    async def leave(self, request: Request) -> Response:
        """End the visit."""
        visit, _ = await self._form(request)
        self._visits.leave(visit)
        gone = f"{VISIT}=; Max-Age=0; HttpOnly; SameSite=Lax; Path={self._base}/verify"
        return redirect(f"{self._base}/verify", gone + self._secure)

    # -- rule 3 ------------------------------------------------------------------------------

    async def hear_other(self, request: Request) -> Response:
        """Take what another machine brings for an attempt; lead on the browser that began it."""
        attempt = self._visits.attempt(request.path_params["handle"])
        leg = request.path_params["leg"]
        visit = self._visits.find(request.cookies.get(VISIT, ""))
        if request.method == "GET" and visit is not None and visit.attempt is attempt:
            return redirect(f"{self._base}/verify/with/{leg}?{request.url.query}")
        body = await read_body(request, attempt.method.budget)
        kind = content_type(request)
        fields = read_fields(request.url.query.encode())
        if kind == FORM:
            fields, body = read_fields(body), b""
        proved = certificates_of(request, self._portal)
        arrival = Arrival(
            leg, browser=False, fields=fields, body=body, content_type=kind, certificates=proved
        )
        answer = await self._attempts.hear_other(attempt, arrival)
        if isinstance(answer, Show):
            name = f"{attempt.method.name}-{answer.page}"
            return page(name, self._frame(request), data=answer.data)
        return Response(answer.body, answer.status, HEADERS, answer.content_type)

    async def notice(self, request: Request) -> Response:
        """Take what a vendor tells a method, signed (rule 3)."""
        method, budget = self._attempts.notified(request.path_params["method"])
        try:
            method.notice(request.headers, await read_body(request, budget))
        except WritError:
            self._addresses.take(address_of(request, self._portal))
            raise
        return Response(b"", 204, HEADERS)

    # -- pages -------------------------------------------------------------------------------

    async def _ended(self, request: Request, visit: Visit, ended: Ended) -> Response:
        match ended:
            case Standing():
                return self._standing(request, visit, ended, shown=True)
            case Reviewed():
                found = await self._counter.standing(visit.key, visit.model)
                return self._standing(request, visit, found, handed=ended)
            case Go(address):
                method = self._attempts.attempt(visit).method.name
                frame, host = self._frame(request, visit), urlsplit(address).netloc
                return page("go", frame, method=method, address=address, host=host)
            case Show():
                return self._show(request, visit, ended)

    def _show(self, request: Request, visit: Visit, show: Show, wrong: str = "") -> Response:
        frame = self._frame(request, visit)
        words = words_in(frame.language)
        attempt = self._attempts.attempt(visit)
        attempt.shown = show
        return page(
            f"{attempt.method.name}-{show.page}",
            frame,
            422 if wrong else 200,
            wrong=wrong,
            again=f"{show.again};url={self._base}/verify/with/look" if show.again else "",
            data=show.data,
            choices=choices(attempt.session.question, words),
            papers=papers(attempt.session.question),
        )

    def _standing(
        self,
        request: Request,
        visit: Visit,
        found: Standing,
        *,
        shown: bool = False,
        handed: Reviewed | None = None,
    ) -> Response:
        frame = self._frame(request, visit)
        words = words_in(frame.language)
        served = state_of(found) == "done"
        key = "done.title" if served else "wait.title" if handed else "more.title" if shown else ""
        if state_of(found) == "not_eligible" and not key:
            key = "no.title"
        return page(
            "standing",
            frame,
            account=visit.account,
            standing=found,
            heading=words(key) if key else words("question.title", model=found.model),
            handed=handed,
            shown=shown and not served,
            offers=offered(self._attempts.offers(found), found),
        )

    def _visit(self, request: Request) -> Visit:
        visit = self._visits.find(request.cookies.get(VISIT, ""))
        if visit is None:
            raise Refused("this visit has ended; begin again")
        return visit

    async def _form(self, request: Request) -> tuple[Visit, dict[str, str]]:
        """Read a form of the visit's own (rule 2); its word is taken off."""
        visit = self._visit(request)
        fields = await read_form(request, FORM_BUDGET)
        if not secrets.compare_digest(fields.pop("form", "").encode(), visit.form.encode()):
            raise Refused("this form is not of this visit; go back and load the page again")
        self._subjects.take(visit.account.subject)
        return visit, fields

    def _frame(self, request: Request, visit: Visit | None = None) -> Frame:
        asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
        language = choose(asked, request.headers.get("accept-language", ""))
        form = "" if visit is None else visit.form
        return Frame(language, self._base, self._portal.contact, form)

    # -- rules 4 and 5 -----------------------------------------------------------------------

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
                cookie = f"{LANGUAGE}={asked}; SameSite=Lax; Path={self._base}/verify"
                response.headers.append("set-cookie", cookie + self._secure)
            return response

        return answer

    def _count(self, request: Request) -> None:
        """Count a try by address; of who waits in line by their place: a company has one address."""
        ticket = self._ticket(request) if request.url.path.endswith("/waiting") else None
        if ticket is None:
            self._addresses.take(address_of(request, self._portal))
        else:
            self._places.take(str(ticket.number))

    def _error(self, request: Request, error: WritError) -> Response:
        status = {Refused: 403, InvalidInput: 422, Failed: 503, TooMany: 429}.get(type(error), 500)
        visit = self._visits.find(request.cookies.get(VISIT, ""))
        machine = request.method == "POST" and not {"handle", "method"}.isdisjoint(
            request.path_params
        )
        if request.url.path.endswith("/status") or machine:
            body = msgspec.json.encode(
                {"error": "invalid_request", "error_description": str(error)}
            )
            return Response(body, status, HEADERS, "application/json")
        response = page("error", self._frame(request, visit), status, text=str(error))
        if isinstance(error, TooMany):
            response.headers["retry-after"] = str(error.after)
        return response


def portal_app(
    portal: Portal,
    ways: Ways,
    counter: Counter,
    admission: Admission,
    more: Sequence[BaseRoute] = (),
) -> Starlette:
    """Put the portal together; `more` is what machines ask here."""
    made = _Portal(portal, ways, counter, admission)
    base = f"{urlsplit(portal.address).path}/verify"

    def route(path: str, endpoint: Endpoint, *methods: str) -> Route:
        return Route(base + path, made.guarded(endpoint), methods=methods or ["GET"])

    async def style(_request: Request) -> Response:
        return sheet()

    return Starlette(
        routes=[
            route("", made.start),
            route("/account", made.account, "POST"),
            route("/sign-in", made.sign_in),
            route("/sign-in/{provider}", made.signed_in),
            route("/waiting", made.wait),
            route("/question", made.question),
            route("/begin", made.begin, "POST"),
            route("/with", made.hear, "GET", "POST"),
            route("/with/{leg}", made.hear, "GET", "POST"),
            route("/appeal", made.appeal, "POST"),
            route("/leave", made.leave, "POST"),
            route("/status", made.status),
            route("/from/{handle}/{leg}", made.hear_other, "GET", "POST"),
            Route(
                f"{base}/notices/{{method}}",
                made.guarded(made.notice, counted=False),
                methods=["POST"],
            ),
            Route(f"{base}/style.css", style),
            *more,
        ],
        exception_handlers={Exception: _unforeseen},
    )


def state_of(found: Standing) -> str:
    """Say in a word how an account stands: done, held, waiting, open or not_eligible."""
    if found.outcome == "permit":
        return "done"
    if found.held:
        return "held"
    if any(item.state == "open" for item in found.reviews):
        return "waiting"
    return "open" if found.questions or found.others else "not_eligible"


def _digest(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()


async def _unforeseen(request: Request, error: Exception) -> Response:
    """Rule 5; the address may have a handle in it, so only the kind of error is logged."""
    structlog.get_logger().error("internal error", kind=type(error).__name__, exc_info=error)
    language = choose(None, request.headers.get("accept-language", ""))
    text = "something went wrong here; try again later"
    return page("error", Frame(language, "", ""), 500, text=text)
