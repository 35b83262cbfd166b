"""The door: proof of control of an account, before anything is said about it.

1. A visitor shows the account's API key, or signs in where it is at home. Whose sign-in ended in the
   middle of a visit goes on with it by signing in again.
2. In a rush they wait in line with what they showed (`writ.portal.line`), and lose nothing of it. A
   place opens one visit; whoever lost theirs goes in before those who wait. What is no key takes no
   place, and is told so at once, rush or none.
3. Tries are counted by the key that is shown.
"""

import hashlib
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from writ.errors import Refused
from writ.portal.arrivals import read_fields, read_form
from writ.portal.counter import Counter
from writ.portal.guard import FORM_BUDGET, VISIT, Guard
from writ.portal.limits import Buckets, TooMany
from writ.portal.logins import Logins
from writ.portal.mistakes import mistaken, status_of
from writ.portal.pages import page, redirect
from writ.portal.waiting import COOKIE as PLACE
from writ.portal.waiting import LASTS, Entrance

LOGIN = "writ_login"
LONGEST_TOKEN = 200


@dataclass(frozen=True, slots=True)
class Admission:
    """How visitors get in: through the line, by a key or by signing in."""

    entrance: Entrance
    logins: Logins


class Door:
    """The endpoints of those who are not in yet."""

    def __init__(self, guard: Guard, counter: Counter, admission: Admission) -> None:
        self._guard = guard
        self._counter = counter
        self._entrance = admission.entrance
        self._logins = admission.logins
        self._keys = Buckets(10, 30.0)

    async def start(self, request: Request) -> Response:
        """Ask for the key, or for a sign-in; lead on whoever has a place in line.

        Whoever was in already and follows another link is asked, for it may be of another account.
        """
        ticket, query = self._guard.ticket(request), request.query_params
        good = ticket is not None and ("t" not in query or self._entrance.stands(ticket))
        if good and "new" not in query:
            return redirect(f"{self._guard.base}/verify/waiting")
        return self._start(request, query.get("t", "")[:LONGEST_TOKEN])

    # -- rule 1 ------------------------------------------------------------------------------

    async def account(self, request: Request) -> Response:
        """Take the key, and let its holder in or have them wait."""
        fields = await read_form(request, FORM_BUDGET)
        key, token = digest(fields.get("key", "")), fields.get("t", "")[:LONGEST_TOKEN]
        try:
            self._keys.take(key)
        except TooMany as refused:
            return self._start(request, "", refused)
        return await self._admit(request, key, token)

    async def sign_in(self, request: Request) -> Response:
        """Send the browser to the account's own provider."""
        query = request.query_params
        token = query.get("t", "")[:LONGEST_TOKEN]
        language = self._guard.frame(request).language
        address, name = await self._logins.begin(query.get("provider", ""), token, language)
        return redirect(address, self._guard.cookie(LOGIN, name))

    async def signed_in(self, request: Request) -> Response:
        """Take what the browser comes back with from there, as a key is taken."""
        fields = read_fields(request.url.query.encode())
        cookie = request.cookies.get(LOGIN, "")
        try:
            passed, token = await self._logins.finish(
                request.path_params["provider"], cookie, fields
            )
        except Refused as refused:
            return self._start(request, "", refused)
        key = digest(passed)
        return await self._go_on(request, key, token) or await self._admit(request, key, token)

    async def _go_on(self, request: Request, key: str, token: str) -> Response | None:
        """Go on with the visit of whoever signed in again to its account, if there is one."""
        visit = self._guard.found(request)
        if visit is None:
            return None
        try:
            account = await self._counter.account(key, token)
        except Refused as refused:
            return self._start(request, "", refused)
        if (account.subject, account.organisation) != (
            visit.account.subject,
            visit.account.organisation,
        ):
            return None
        visit.key, visit.account, visit.model = key, account, account.model or visit.model
        return redirect(f"{self._guard.base}/verify/question")

    # -- rule 2 ------------------------------------------------------------------------------

    async def wait(self, request: Request) -> Response:
        """Let in whoever was called; show the others where they stand, and lead on who is in."""
        ticket = self._guard.ticket(request)
        if ticket is None:
            return redirect(f"{self._guard.base}/verify")
        visit = self._guard.found(request)
        if visit is not None and visit.place == ticket.number:
            return redirect(f"{self._guard.base}/verify/question")
        if self._entrance.line.come(ticket.number, self._guard.visits.inside()):
            return await self._enter(request, ticket.key, ticket.token, ticket.number)
        wait = self._entrance.wait(ticket)
        return page("waiting", self._guard.frame(request), wait=wait, again=str(wait.again))

    async def _admit(self, request: Request, key: str, token: str) -> Response:
        """Let in whoever showed what is valid, or have them wait with it; a place is kept."""
        try:
            await self._counter.known(key)
        except Refused as refused:
            return self._start(request, "", refused)
        inside, held = self._guard.visits.inside(), self._guard.ticket(request)
        ticket = self._entrance.join(inside, (key, token), held)
        if ticket is None:
            return await self._enter(request, key, token, held.number if held else None)
        cookie = self._guard.cookie(PLACE, f"{ticket}; Max-Age={LASTS}")
        return redirect(f"{self._guard.base}/verify/waiting", cookie)

    async def _enter(self, request: Request, key: str, token: str, place: int | None) -> Response:
        """Begin a visit, with a place if there was one; whoever is refused keeps it for another try."""
        try:
            account = await self._counter.account(key, token)
        except Refused as refused:
            return self._start(request, "", refused)
        if place is not None and not self._entrance.line.enter(place):  # used up meanwhile
            return redirect(f"{self._guard.base}/verify", self._guard.cookie(PLACE, "; Max-Age=0"))
        visit = self._guard.visits.open(key, account, place)
        visit.model = account.model or ""
        cookie = self._guard.cookie(VISIT, visit.name)
        return redirect(f"{self._guard.base}/verify/question", cookie)

    def _start(self, request: Request, token: str, wrong: Refused | None = None) -> Response:
        frame, names = self._guard.frame(request), self._logins.names()
        status, said = 200 if wrong is None else status_of(wrong), mistaken(wrong, frame.language)
        return page("start", frame, status, token=token, providers=names, **said)


def digest(text: str) -> str:
    """Return the SHA-256 of a key, in hex; keys themselves are not kept."""
    return hashlib.sha256(text.strip().encode()).hexdigest()
