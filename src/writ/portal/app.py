"""The portal's pages and the addresses behind them.

1. Whoever comes proves control of an account before anything is said about it (`writ.portal.door`);
   a client that asks how its account stands shows its key each time.
2. Everything after that is bound to the browser that did so (`writ.portal.guard`).
3. Whoever has a handle alone reaches the one attempt it is of, and is shown nothing but what its
   method has to say to a stranger. A machine's signed notice tells a method to look, no more; it is
   not counted as a try, for a surge of visitors is a surge of them.
4. An error that nobody foresaw says no more than that there was one.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from writ.errors import InvalidInput, WritError
from writ.model.listeners import Portal
from writ.people.methods import Arrival, Go, Show
from writ.portal.arrivals import FORM, certificates_of, content_type, read_body, read_fields
from writ.portal.attempts import Attempts, Ended, Ways
from writ.portal.counter import Counter, Reviewed, Standing
from writ.portal.door import Admission, Door, digest
from writ.portal.forms import choices, offered, papers
from writ.portal.guard import VISIT, Endpoint, Guard
from writ.portal.limits import Buckets
from writ.portal.mistakes import mistaken, status_of
from writ.portal.pages import HEADERS, Frame, page, redirect, sheet
from writ.portal.visits import Visit
from writ.portal.words import choose, words_in


class _Pages:
    """The endpoints of those who are in, and of machines."""

    def __init__(self, guard: Guard, ways: Ways, counter: Counter) -> None:
        self._guard = guard
        self._counter = counter
        self._attempts = Attempts(ways, counter, guard.visits, guard.portal.address)
        self._polls = Buckets(30, 5.0)

    # -- rule 1 ------------------------------------------------------------------------------

    async def status(self, request: Request) -> Response:
        """Tell a client how its key's account stands: the key is the proof ."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        model = request.query_params.get("model", "")
        if scheme.lower() != "bearer" or not text or not model:
            raise InvalidInput("send your API key as a bearer token, and ?model=NAME")
        key = digest(text)
        self._polls.take(key)
        found = await self._counter.standing(key, model)
        said: dict[str, object] = {"model": model, "state": state_of(found)}
        if found.closes is not None:
            said |= {"expires": found.closes, "days": found.days}
            if found.questions:
                said["renew"] = f"{self._guard.portal.address}/verify"
        return Response(msgspec.json.encode(said), 200, HEADERS, "application/json")

    # -- rule 2 ------------------------------------------------------------------------------

    async def question(self, request: Request) -> Response:
        """Show whose account it is, what is asked, and how it can be shown."""
        visit = self._guard.visit(request)
        visit.model = request.query_params.get("model", visit.model)
        if not visit.model:
            visit.account = await self._counter.account(visit.key)
            return page("choose", self._guard.frame(request, visit), account=visit.account)
        return self._standing(request, visit, await self._counter.standing(visit.key, visit.model))

    async def begin(self, request: Request) -> Response:
        """Begin with a method."""
        visit, fields = await self._guard.form(request)
        language = self._guard.frame(request).language
        ended = await self._attempts.begin(
            visit, fields.get("method", ""), fields.get("question", ""), language
        )
        return await self._ended(request, visit, ended)

    async def hear(self, request: Request) -> Response:
        """Take what the browser brings for the attempt under way: a form, or coming back."""
        visit = self._guard.visit(request)
        if request.method == "GET" and visit.attempt is None:  # loaded again once it was over
            return redirect(f"{self._guard.base}/verify/question")
        leg = request.path_params.get("leg", "")
        language = self._guard.frame(request).language
        if request.method == "POST":
            visit, fields = await self._guard.form(request)
        else:
            fields = read_fields(request.url.query.encode())
        proved = certificates_of(request, self._guard.portal)
        arrival = Arrival(leg, browser=True, fields=fields, language=language, certificates=proved)
        try:
            ended = await self._attempts.hear(visit, arrival)
        except InvalidInput as mistake:  # to be corrected in the same attempt
            shown = self._attempts.attempt(visit).shown
            if shown is None:
                raise
            return self._show(request, visit, shown, mistake)
        return await self._ended(request, visit, ended)

    async def again(self, request: Request) -> Response:
        """Show where a form led to once more, when its page is asked for in another language."""
        visit = self._guard.visit(request)
        attempt = visit.attempt
        if attempt is None or attempt.shown is None or attempt.session.over:
            return redirect(f"{self._guard.base}/verify/question")
        return self._show(request, visit, attempt.shown)

    async def appeal(self, request: Request) -> Response:
        """Appeal."""
        visit, fields = await self._guard.form(request)
        handed = await self._counter.appeal(visit.key, fields.get("about", ""))
        return await self._ended(request, visit, handed)

    async def leave(self, request: Request) -> Response:
        """End the visit."""
        visit, _ = await self._guard.form(request)
        self._guard.leave(visit)
        return redirect(f"{self._guard.base}/verify", self._guard.cookie(VISIT, "; Max-Age=0"))

    # -- rule 3 ------------------------------------------------------------------------------

    async def hear_other(self, request: Request) -> Response:
        """Take what another machine brings for an attempt; lead on the browser that began it."""
        attempt = self._guard.visits.attempt(request.path_params["handle"])
        leg = request.path_params["leg"]
        visit = self._guard.found(request)
        if request.method == "GET" and visit is not None and visit.attempt is attempt:
            return redirect(f"{self._guard.base}/verify/with/{leg}?{request.url.query}")
        body = await read_body(request, attempt.method.budget)
        kind = content_type(request)
        fields = read_fields(request.url.query.encode())
        if kind == FORM:
            fields, body = read_fields(body), b""
        proved = certificates_of(request, self._guard.portal)
        arrival = Arrival(
            leg, browser=False, fields=fields, body=body, content_type=kind, certificates=proved
        )
        answer = await self._attempts.hear_other(attempt, arrival)
        if isinstance(answer, Show):
            name = f"{attempt.method.name}-{answer.page}"
            return page(name, self._guard.frame(request), data=answer.data)
        return Response(answer.body, answer.status, HEADERS, answer.content_type)

    async def notice(self, request: Request) -> Response:
        """Take what a vendor tells a method, signed (rule 3)."""
        method, budget = self._attempts.notified(request.path_params["method"])
        try:
            method.notice(request.headers, await read_body(request, budget))
        except WritError:
            self._guard.count_address(request)
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
                frame, host = self._guard.frame(request, visit), urlsplit(address).netloc
                return page("go", frame, method=method, address=address, host=host)
            case Show():
                return self._show(request, visit, ended)

    def _show(
        self, request: Request, visit: Visit, show: Show, wrong: InvalidInput | None = None
    ) -> Response:
        frame = self._guard.frame(request, visit)
        words = words_in(frame.language)
        attempt = self._attempts.attempt(visit)
        attempt.shown = show
        return page(
            f"{attempt.method.name}-{show.page}",
            frame,
            200 if wrong is None else status_of(wrong),
            **mistaken(wrong, frame.language),
            again=f"{show.again};url={self._guard.base}/verify/with/look" if show.again else "",
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
        frame = self._guard.frame(request, visit)
        words = words_in(frame.language)
        served = state_of(found) == "done"
        refused = handed is not None and handed.state != "open"
        waits = handed is not None and not refused
        key = "done.title" if served else "wait.title" if waits else "more.title" if shown else ""
        if state_of(found) == "not_eligible" and not key:
            key = "no.title"
        return page(
            "standing",
            frame,
            409 if refused else 200,
            account=visit.account,
            standing=found,
            heading=words(key) if key else words("question.title", model=found.model),
            handed=handed if waits else None,
            refused=refused,
            shown=shown and not served,
            offers=offered(self._attempts.offers(found), found),
        )


def portal_app(
    portal: Portal,
    ways: Ways,
    counter: Counter,
    admission: Admission,
    more: Sequence[BaseRoute] = (),
) -> Starlette:
    """Put the portal together; `more` is what machines ask here."""
    guard = Guard(portal, admission.entrance)
    door, pages = Door(guard, counter, admission), _Pages(guard, ways, counter)
    base = f"{urlsplit(portal.address).path}/verify"

    def route(path: str, endpoint: Endpoint, *methods: str) -> Route:
        return Route(base + path, guard.guarded(endpoint), methods=methods or ["GET"])

    async def style(_request: Request) -> Response:
        return sheet()

    return Starlette(
        routes=[
            route("", door.start),
            route("/account", door.account, "POST"),
            route("/account", door.start),
            route("/sign-in", door.sign_in),
            route("/sign-in/{provider}", door.signed_in),
            route("/waiting", door.wait),
            route("/question", pages.question),
            route("/begin", pages.begin, "POST"),
            route("/begin", pages.again),
            route("/with", pages.hear, "POST"),
            route("/with", pages.again),
            route("/with/{leg}", pages.hear, "GET", "POST"),
            route("/appeal", pages.appeal, "POST"),
            route("/appeal", pages.again),
            route("/leave", pages.leave, "POST"),
            route("/status", pages.status),
            route("/from/{handle}/{leg}", pages.hear_other, "GET", "POST"),
            Route(
                f"{base}/notices/{{method}}",
                guard.guarded(pages.notice, counted=False),
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


async def _unforeseen(request: Request, error: Exception) -> Response:
    """Rule 4; the address may have a handle in it, so only the kind of error is logged."""
    structlog.get_logger().error("internal error", kind=type(error).__name__, exc_info=error)
    language = choose(None, request.headers.get("accept-language", ""))
    say = words_in(language)("error.unforeseen")
    return page("error", Frame(language, "", ""), 500, told=say, text="", back="")
