"""The methods of vendors: a document is shown to the vendor, and fetched from it by us.

1. `begin` makes a session at the vendor, notes that the vendor has to forget it, and shows a link
   there. A vendor's session costs money: an account begins so many a day.
2. The vendor sends its visitor's browser back with a code that nobody else was given. The browser
   that began is led on; any other is shown a short code, and whose account it would unlock, as
   with wallets: whoever was sent the link by somebody else sees that he unlocks a stranger's.
   Until one of the codes has come, nothing is fetched, and nothing found.
3. Then what came of it is fetched by the session's id. Where nothing was decided yet, the browser
   waits a little for the vendor's notice, and is shown a page to look again from.
4. A notice is believed for one thing, that it is time to fetch: it must be signed, and counts once.
5. What is decided is erased at the vendor, whatever came of it.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest

from writ.clock import Clock, elapsed, wall
from writ.errors import Failed, InvalidInput, Refused, WritError
from writ.people.methods import Arrival, Finding, Offer, Question, Session, Show, Step, shown_by
from writ.people.vendors.documents import STATUSES, finding
from writ.people.vendors.erasures import Erasures
from writ.people.vendors.seen import Seen
from writ.people.vendors.service import Service, Turned, Undecided

MINUTES = 5
LASTS = 1800
MARGIN = 300
"""Seconds after the end of an attempt at which the vendor has to forget it."""

MOST = 20_000
MOST_A_DAY = 5
_DAY = 86_400.0
_CODE_BYTES = 32
_SHORT = 10**8
_HALF = 4
_MOST_TRIES = 5
_PAUSE = 5.0
"""Seconds between two fetches that no notice asked for."""


@dataclass(frozen=True, slots=True)
class Times:
    """The machine's clocks: seconds since the epoch and elapsed; how long a browser waits (rule 3)."""

    now: Callable[[], float] = wall
    elapsed: Callable[[], float] = elapsed
    patience: float = 8.0


@dataclass(slots=True)
class _Attempt:
    """What is known of an attempt; `back`: one of the codes has come (rule 2)."""

    id: str
    link: str
    long: str
    until: float
    short: str = field(default_factory=lambda: f"{secrets.randbelow(_SHORT):08}")
    tries: int = 0
    back: bool = False
    next: float = 0.0
    again: bool = False
    told: asyncio.Event = field(default_factory=asyncio.Event)


class Vendor:
    """Rules 1 to 5."""

    budget = 1024 * 1024
    lasts = LASTS

    def __init__(
        self,
        service: Service,
        assurance: int,
        erasures: Erasures,
        clock: Clock,
        times: Times = Times(),
    ) -> None:
        self.name = service.name
        self._service = service
        self._assurance = assurance
        self._erasures = erasures
        self._clock = clock
        self._times = times
        self._seen = Seen()
        self._attempts: dict[str, _Attempt] = {}
        self._begun: dict[str, list[float]] = {}

    def offer(self, question: Question) -> Offer | None:
        """Offer what some document could show."""
        shows = self._shows(question)
        return Offer(self._assurance, MINUTES, "document", shows) if shows else None

    async def begin(self, session: Session, language: str) -> Step:  # noqa: ARG002  pages speak
        """Make a session at the vendor, and show the way there (rule 1)."""
        begun = self._count(session.question.subject)
        code = secrets.token_urlsafe(_CODE_BYTES)
        try:
            opened = await self._service.open(f"{session.address}/return?code={code}", self.lasts)
        except WritError:
            begun.pop()  # it cost nothing
            raise
        self._erasures.expect(opened.id, self.lasts + MARGIN)
        session.state["id"] = opened.id
        until = self._times.elapsed() + self.lasts
        self._attempts[opened.id] = _Attempt(opened.id, opened.link, code, until)
        return Show("start", {"link": opened.link})

    async def hear(self, session: Session, arrival: Arrival) -> Step:
        """Take what arrived at a leg."""
        attempt = self._attempts.get(str(session.state.get("id", "")))
        if attempt is None:
            raise Refused("this attempt is over; begin again")
        match arrival.leg:
            case "return":
                code = arrival.fields.get("code", "")
                if not arrival.browser:
                    return Show("elsewhere", {"code": _short(attempt, code)})
                _come_back(attempt, code)
                return await self._look(session.question, attempt)
            case "look" if arrival.browser:
                return await self._look(session.question, attempt)
        raise InvalidInput("there is nothing at this address; go back to the page that began")

    def notice(self, headers: Mapping[str, str], body: bytes) -> None:
        """Take a vendor's notice (rule 4); Refused where it is not signed."""
        told = self._service.notice(headers, body, self._times.now())
        attempt = self._attempts.get(told.id)
        if self._seen.first(told.event, self._times.now()) and attempt is not None:
            attempt.told.set()

    async def erase_due(self) -> list[str]:
        """Have the vendor forget what is due (rule 5); return why it did not, once for each."""
        return await self._erasures.once(self._service.erase)

    async def _look(self, question: Question, attempt: _Attempt) -> Step:
        """Rule 3."""
        if not attempt.back:
            return Show("start", {"link": attempt.link})
        found = await self._fetch(question, attempt)
        if found is None and await _told(attempt, self._times.patience):
            found = await self._fetch(question, attempt)
        if found is not None:
            return found
        return Show("wait", {"link": attempt.link if attempt.again else ""})

    async def _fetch(self, question: Question, attempt: _Attempt) -> Finding | None:
        """Fetch, if it is time to, what came of it; None where that is nothing yet."""
        now = self._times.elapsed()
        if not attempt.told.is_set() and now < attempt.next:
            return None
        attempt.told.clear()
        attempt.next = now + _PAUSE
        result = await self._service.result(attempt.id)
        if isinstance(result, Undecided):
            attempt.again = result.again
            return None
        self._attempts.pop(attempt.id, None)
        self._erasures.expect(attempt.id)  # 5
        if isinstance(result, Turned):
            raise Refused(result.why)
        attributes = {question.wanted[place].attribute for place in self._shows(question)}
        return finding(result, attributes, self._assurance, self._times.now(), self._clock.now())

    def _shows(self, question: Question) -> tuple[int, ...]:
        """Return what of a question some document could show."""
        shows = shown_by(question, self._service.shows, self._assurance)
        return tuple(place for place in shows if _can_show(question, place))

    def _count(self, subject: str) -> list[float]:
        """Count a beginning, and return those of the day (rule 1)."""
        now = self._times.elapsed()
        self._forget(now)
        if len(self._attempts) >= MOST:
            raise Failed("too many people are proving themselves just now; try again in a minute")
        times = self._begun.pop(subject, [])
        times[:] = [at for at in times if now - at < _DAY]
        self._begun[subject] = times  # the last, for it is the latest
        if len(times) >= MOST_A_DAY:
            raise Refused(
                f"this account began {MOST_A_DAY} times at {self._service.title} within a day; try "
                "tomorrow, or take another way"
            )
        times.append(now)
        return times

    def _forget(self, now: float) -> None:
        """Forget what is over; both stand in the order in which they began."""
        while self._attempts and next(iter(self._attempts.values())).until <= now:
            del self._attempts[next(iter(self._attempts))]
        while self._begun and _is_over(next(iter(self._begun.values())), now):
            del self._begun[next(iter(self._begun))]


def _is_over(times: Sequence[float], now: float) -> bool:
    """Whether nothing began within a day."""
    return not times or now - times[-1] >= _DAY


def _can_show(question: Question, place: int) -> bool:
    item = question.wanted[place]
    return item.attribute != "protection" or any(
        parts[0] in {"", *STATUSES} for parts in item.values
    )


def _short(attempt: _Attempt, code: str) -> str:
    """Return the short code, to be shown to whoever has the long one (rule 2)."""
    if not _same(code, attempt.long):
        raise InvalidInput("this address is not the one that the vendor was given")
    return f"{attempt.short[:_HALF]} {attempt.short[_HALF:]}"


def _come_back(attempt: _Attempt, code: str) -> None:
    """Take a code from the browser that began (rule 2)."""
    if _same(code, attempt.long) or _same(code.replace(" ", ""), attempt.short):
        attempt.back = True
    if attempt.back:
        return
    attempt.tries += 1
    if attempt.tries < _MOST_TRIES:
        raise InvalidInput("that is not the code; it is on the device that showed the document")
    raise Refused(f"that was not the code, {_MOST_TRIES} times; begin again")


async def _told(attempt: _Attempt, seconds: float) -> bool:
    """Wait for a notice; whether one came."""
    try:
        await asyncio.wait_for(attempt.told.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _same(code: str, wanted: str) -> bool:
    return compare_digest(code.encode(), wanted.encode())
