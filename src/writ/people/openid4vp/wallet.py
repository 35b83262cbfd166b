"""The method `wallet`: a wallet presents a credential, and the browser that began comes for it.

1. `begin` makes nonce, state and a key for one answer, and shows a link for a wallet on this device,
   and a QR code for one on another with a form for the code that it will show.
2. `request`: the wallet fetches the signed request, once. `response`: it answers, once; the answer
   is proved, its status asked, facts are taken out of it, and the rest is forgotten.
3. The wallet is told where to send its browser. The address has a code. The browser that began
   brings it back by itself; any other browser is shown a short code, and whose account it unlocks:
   whoever scanned the square on his own screen types it there, whoever was sent the square by
   somebody else sees that he unlocks a stranger's account. Without one of the codes nothing is found.
"""

import secrets
from collections.abc import Callable

from writ.canonical import Plain, encode
from writ.clock import Clock, wall
from writ.errors import InvalidInput, Refused
from writ.people.credentials.presented import Asked
from writ.people.credentials.statuses import Statuses
from writ.people.credentials.trustlist import TrustList
from writ.people.devices.qr import qr_outline
from writ.people.devices.waiting import Waiting
from writ.people.methods import (
    Arrival,
    Offer,
    Question,
    Reply,
    Session,
    Show,
    Step,
    shown_by,
)
from writ.people.openid4vp.dcql import dcql_query
from writ.people.openid4vp.findings import finding
from writ.people.openid4vp.party import Party
from writ.people.openid4vp.request import SCHEMES, TYPE, Request, link, request_object
from writ.people.openid4vp.response import read_answer, verify_answer
from writ.signing.jwe import ResponseKey

MINUTES = 2
_NONCE_BYTES = 32


class Wallet:
    """OpenID4VP 1.0 with HAIP; `now` tells seconds since the epoch."""

    name = "wallet"
    budget = 200 * 1024
    lasts = 600

    def __init__(
        self,
        party: Party,
        trust: TrustList,
        statuses: Statuses,
        clock: Clock,
        now: Callable[[], float] = wall,
    ) -> None:
        self._party = party
        self._trust = trust
        self._statuses = statuses
        self._clock = clock
        self._now = now
        self._kinds = {kind.id: kind for kind in trust.kinds()}
        self._waiting = Waiting()

    def offer(self, question: Question) -> Offer | None:
        """Offer what some issuer's credential could show."""
        shows = self._shows(question)
        level = max(issuer.assurance for issuer in self._trust.issuers)
        return Offer(level, MINUTES, "smartphone", shows) if shows else None

    async def begin(self, session: Session, language: str) -> Step:  # noqa: ARG002 - pages speak
        """Show the link and the square (rule 1)."""
        session.state |= {
            "key": ResponseKey.generate().to_text(),
            "nonce": secrets.token_urlsafe(_NONCE_BYTES),
            "state": secrets.token_urlsafe(_NONCE_BYTES),
        }
        return self._page(session)

    async def hear(self, session: Session, arrival: Arrival) -> Step:
        """Take what arrived at a leg."""
        match arrival.leg:
            case "request":
                return self._request(session, arrival)
            case "response":
                return await self._response(session, arrival)
            case "return":
                return self._waiting.returned(session, arrival)
            case "look" if arrival.browser:
                return self._page(session)
        raise InvalidInput("there is nothing at this address; go back to the page that began")

    def _page(self, session: Session) -> Show:
        where = f"{session.address}/request"
        width, outline = qr_outline(link(self._party, where))
        links: list[Plain] = [link(self._party, where, scheme) for scheme in SCHEMES]
        return Show("link", {"links": links, "width": width, "outline": outline})

    def _request(self, session: Session, arrival: Arrival) -> Step:
        if "asked" in session.state:
            return _no("this request was fetched before; start again")
        now = self._now()
        nonce = arrival.fields.get("wallet_nonce", "")
        signed = request_object(self._party, self._asked(session), nonce, now, self.lasts)
        session.state["asked"] = int(now)
        return Reply(signed.encode(), f"application/{TYPE}")

    async def _response(self, session: Session, arrival: Arrival) -> Step:
        since = session.state.get("asked")
        if not isinstance(since, int) or "answered" in session.state:
            return _no("this request was answered before, or never fetched; start again")
        session.state["answered"] = True
        now, request = self._now(), self._asked(session)
        id_, presentation = read_answer(arrival.fields, request)
        kind = self._kinds.get(id_)
        if kind is None:
            raise Refused("the wallet answers with a credential that was not asked for")
        asked = Asked(self._party.client_id, request.nonce, since, now)
        presented = verify_answer(kind, presentation, request, asked, self._trust)
        if presented.status is not None:
            await self._statuses.check(presented.status, presented.issuer, now)
        attributes = self._attributes(session.question)
        found = finding(presented, attributes, now, self._clock.now())
        return self._waiting.lead_back(session, found, now, self.lasts)

    def _asked(self, session: Session) -> Request:
        state = session.state
        return Request(
            response_uri=f"{session.address}/response",
            nonce=str(state["nonce"]),
            state=str(state["state"]),
            key=ResponseKey.from_text(str(state["key"])),
            query=dcql_query(tuple(self._kinds.values()), self._attributes(session.question)),
        )

    def _shows(self, question: Question) -> tuple[int, ...]:
        """Return what of a question some credential could show."""
        named = {name for kind in self._kinds.values() for name in kind.paths}
        level = max(issuer.assurance for issuer in self._trust.issuers)
        whole = max((i.assurance for i in self._trust.issuers if i.complete), default=0)
        lists = [
            place
            for place, item in enumerate(question.wanted)
            if item.completeness == "exhaustive"
            and item.attribute == "citizenships"
            and item.assurance <= whole
        ]
        return tuple(sorted({*shown_by(question, sorted(named), level), *lists}))

    def _attributes(self, question: Question) -> list[str]:
        """Return the attributes to ask for: those of the first thing that could be shown."""
        shows = [question.wanted[place] for place in self._shows(question)]
        first = shows[0]
        return sorted(
            {first.attribute}
            | {
                item.attribute
                for item in shows
                if item.together is not None and item.together == first.together
            }
        )


def _no(why: str) -> Reply:
    return Reply(
        encode({"error": "invalid_request", "error_description": why}), "application/json", 400
    )
