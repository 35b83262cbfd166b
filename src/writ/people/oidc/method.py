"""The method `oidc`: the visitor signs in where somebody has verified them already.

1. `begin` lets the visitor choose a provider that goes far enough; where there is one, it is chosen.
2. The browser goes there, and comes back to that provider's own leg: by itself, with our state.
   One answer is taken; another one, or at another's leg, ends the session.
3. What the provider verified is graded, facts are taken out of it, and the rest is forgotten.
"""

from collections.abc import Callable, Mapping, Sequence

from writ.canonical import Plain
from writ.clock import Clock, wall
from writ.errors import InvalidInput, Refused
from writ.people.methods import Arrival, Go, Offer, Question, Session, Show, Step, shown_by
from writ.people.oidc.findings import finding
from writ.people.oidc.sign_in import Begun, SignIn
from writ.people.oidc.verified import CLAIM_OF, read_verified, request

MINUTES = 3


class Oidc:
    """OpenID Connect with verified claims, at the providers that have levels."""

    name = "oidc"
    budget = 16 * 1024
    lasts = 600

    def __init__(
        self, there: Mapping[str, SignIn], clock: Clock, now: Callable[[], float] = wall
    ) -> None:
        self._there = there
        self._clock = clock
        self._now = now

    def offer(self, question: Question) -> Offer | None:
        """Offer what some provider could tell."""
        shows = {place for item in self._there.values() for place in _shows(item, question)}
        level = max((item.provider.level for item in self._there.values()), default=0)
        return Offer(level, MINUTES, "account", tuple(sorted(shows))) if shows else None

    async def begin(self, session: Session, language: str) -> Step:
        """Choose a provider (rule 1)."""
        fit = self._fit(session.question)
        if len(fit) == 1:
            return await self._go(session, fit[0], language)
        return Show("form", {"providers": _names(fit)})

    async def hear(self, session: Session, arrival: Arrival) -> Step:
        """Take a choice, or what the browser came back with."""
        if not arrival.browser:
            raise InvalidInput("there is nothing at this address; go back to the page that began")
        if arrival.leg == "":
            chosen = [
                item
                for item in self._fit(session.question)
                if item.provider.id == arrival.fields.get("provider")
            ]
            if not chosen:
                raise InvalidInput("choose where you have an account")
            return await self._go(session, chosen[0], arrival.language)
        return await self._return(session, arrival)

    async def _go(self, session: Session, there: SignIn, language: str) -> Step:
        asked = request()
        place = "userinfo" if there.provider.userinfo else "id_token"
        address, begun = await there.begin({place: asked}, language)
        session.state = {
            "provider": there.provider.id,
            "state": begun.state,
            "nonce": begun.nonce,
            "verifier": begun.verifier,
            "since": begun.since,
        }
        return Go(address)

    async def _return(self, session: Session, arrival: Arrival) -> Step:
        match session.state:
            case {
                "provider": str(id_),
                "state": str(state),
                "nonce": str(nonce),
                "verifier": str(verifier),
                "since": int(since),
            }:
                session.state = {}  # 2: one answer is taken
            case _:
                raise Refused("this sign-in was answered before, or never began; start again")
        if id_ != arrival.leg:
            raise Refused("the answer came to another provider's address; start again")
        there = self._there[id_]
        signed_in = await there.finish(Begun(state, nonce, verifier, since), arrival.fields)
        now = self._now()
        verified = read_verified(signed_in.told, there.provider, now)
        at = (now, self._clock.now())
        return finding(there.provider, signed_in.claims, verified, at)

    def _fit(self, question: Question) -> list[SignIn]:
        return [item for item in self._there.values() if _shows(item, question)]


def _names(there: Sequence[SignIn]) -> list[Plain]:
    """Name providers for the page that lets the visitor choose."""
    return [{"id": item.provider.id, "name": item.provider.name} for item in there]


def _shows(there: SignIn, question: Question) -> tuple[int, ...]:
    """Return what of a question a provider could tell."""
    level = there.provider.level
    lists = [
        place
        for place, item in enumerate(question.wanted)
        if there.provider.complete
        and item.completeness == "exhaustive"
        and item.attribute in CLAIM_OF
        and item.assurance <= level
    ]
    shown = shown_by(question, sorted(CLAIM_OF), level) if level else ()
    return tuple(sorted({*shown, *lists}))
