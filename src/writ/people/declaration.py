"""The method `declaration`: the visitor's own word, sworn, where an order takes nothing better.

1. It reaches A0, so it is offered only where the rules that ask are satisfied at A0.
2. What is declared ends after a year at most, and names nobody.
"""

from writ.clock import DAY, Clock
from writ.errors import InvalidInput
from writ.people.claims import chosen
from writ.people.methods import Arrival, Finding, Grade, Offer, Proof, Question, Session, Show, Step

LASTS = 365 * DAY
_GRADE = Grade(0, 0, 0, 0, "writ-declaration", "sworn")


class Declaration:
    """Rules 1 and 2."""

    name = "declaration"
    budget = 8 * 1024
    lasts = 1800

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def offer(self, question: Question) -> Offer | None:
        """Offer what may be had for a word."""
        shows = tuple(n for n, item in enumerate(question.wanted) if item.assurance == 0)
        return Offer(0, 2, "nothing", shows) if shows else None

    async def begin(self, session: Session, language: str) -> Step:  # noqa: ARG002  one form for all
        """Show the form."""
        return Show("form")

    async def hear(self, session: Session, arrival: Arrival) -> Step:
        """Take the form."""
        if not arrival.fields:
            return Show("form")
        item, claim = chosen(session.question, arrival.fields)
        if item.assurance > 0:
            raise InvalidInput("choose what you want to show")
        if arrival.fields.get("sworn") != "yes":
            raise InvalidInput("say that it is true, or choose another way")
        now = self._clock.now()
        proof = Proof(
            claim.attribute, claim.values, claim.completeness, _GRADE, "self", now, now + LASTS
        )
        return Finding((proof,), None)
