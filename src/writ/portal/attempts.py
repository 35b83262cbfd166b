"""Attempts: a method begun, heard, and its finding signed and handed in.

1. One attempt at a time for a visit; a new one ends the old, also one that is being heard just then:
   else what one method found would be signed by the other's key, about the other's question.
2. Once a method has found something, or refused, its attempt is over.
3. What was found is signed here, by the method's key, and goes to the control process; with the
   attempt it is forgotten here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from writ.canonical import Plain
from writ.errors import InvalidInput, Refused
from writ.law.subjects import write_values
from writ.model.decision import Settlement
from writ.people.methods import (
    Arrival,
    Finding,
    Go,
    Method,
    Notified,
    Offer,
    Question,
    Reply,
    Session,
    Show,
    Step,
    Wait,
    attested,
)
from writ.portal.counter import Asked, Attested, Counter, Reviewed, Standing
from writ.portal.visits import Attempt, Visit, Visits
from writ.signing.keys import KeyPair


@dataclass(frozen=True, slots=True)
class Ways:
    """The methods there are, the keys of those whose findings are signed here, and who is told."""

    methods: Mapping[str, Method]
    keys: Mapping[str, KeyPair]
    notified: Mapping[str, Notified] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offered:
    """A method that helps with the question in a place of a standing's list."""

    method: str
    question: int
    offer: Offer


Ended = Show | Go | Standing | Reviewed


class Attempts:
    """Rules 1 to 3."""

    def __init__(self, ways: Ways, counter: Counter, visits: Visits, address: str) -> None:
        self._ways = ways
        self._counter = counter
        self._visits = visits
        self._address = address

    def offers(self, standing: Standing) -> list[Offered]:
        """Return what helps, the quickest first."""
        found = [
            Offered(name, place, offer)
            for place, asked in enumerate(standing.questions)
            for name, method in self._ways.methods.items()
            if (offer := method.offer(question_of(standing.model, asked))) is not None
        ]
        return sorted(found, key=lambda item: (item.offer.minutes, item.method))

    async def begin(self, visit: Visit, name: str, place: str, language: str) -> Ended:
        """Begin with a method on one of the questions (rule 1)."""
        standing = await self._counter.standing(visit.key, visit.model)
        method = self._ways.methods.get(name)
        if method is None or place not in map(str, range(len(standing.questions))):
            raise Refused("there is no such way; go back and choose again")
        question = question_of(standing.model, standing.questions[int(place)])
        if method.offer(question) is None:
            raise Refused("this way does not help with what is asked; go back and choose again")
        session = Session(question, "", self._visits.now())
        session.address = f"{self._address}/verify/from/{session.handle}"
        attempt = visit.attempt = Attempt(method, session)
        step = await method.begin(session, language)
        return await self._taken(visit, attempt, step)

    async def hear(self, visit: Visit, arrival: Arrival) -> Ended:
        """Hear the browser that began."""
        attempt = self.attempt(visit)
        if attempt.session.found is not None:
            return await self._hand_in(visit, attempt, attempt.session.found)
        try:
            step = await attempt.method.hear(attempt.session, arrival)
        except Refused:
            attempt.session.over = True  # 2
            raise
        return await self._taken(visit, attempt, step)

    async def hear_other(self, attempt: Attempt, arrival: Arrival) -> Reply | Show:
        """Hear somebody who has the handle alone: what they bring waits for the browser."""
        session = attempt.session
        if session.found is not None:
            raise Refused("this attempt is over; begin again in your browser")
        try:
            step = await attempt.method.hear(session, arrival)
        except Refused:
            session.over = True
            raise
        if isinstance(step, Show):
            return step
        if not isinstance(step, Reply):
            raise InvalidInput("nothing is answered here but another machine")
        session.found = step.finding
        return step

    def notified(self, name: str) -> tuple[Notified, int]:
        """Return a method that takes notices, and of how many bytes; else Refused."""
        told = self._ways.notified.get(name)
        if told is None:
            raise Refused("nobody takes notices at this address")
        return told, self._ways.methods[name].budget

    def attempt(self, visit: Visit) -> Attempt:
        """Return what a visit has under way; else Refused."""
        if visit.attempt is None:
            raise Refused("nothing is under way; go back and choose a way")
        return self._visits.alive(visit.attempt)

    async def _taken(self, visit: Visit, attempt: Attempt, step: Step) -> Ended:
        if visit.attempt is not attempt:  # 1
            raise Refused("another way was begun meanwhile; go on with that")
        match step:
            case Finding():
                return await self._hand_in(visit, attempt, step)
            case Wait():
                return await self._wait(visit, attempt, step)
            case Reply():
                raise InvalidInput("nothing is answered here but a browser")
            case _:
                return step

    async def _hand_in(self, visit: Visit, attempt: Attempt, finding: Finding) -> Standing:
        """Rule 3."""
        self._visits.alive(attempt).session.over = True
        name, question = attempt.method.name, attempt.session.question
        envelopes = attested(question, finding, name, self._ways.keys[name])
        asked = {item.attribute for item in question.wanted}
        kept = [proof for proof in finding.proved if proof.attribute in asked]
        signed = [
            Attested(envelope.plain(), proof.revocation)
            for envelope, proof in zip(envelopes, kept, strict=True)
        ]
        visit.attempt = None
        return await self._counter.found(visit.key, visit.model, signed, finding.credential)

    async def _wait(self, visit: Visit, attempt: Attempt, step: Wait) -> Reviewed:
        question = self._visits.alive(attempt).session.question
        visit.attempt = None
        claimed: list[dict[str, Plain]] = [
            {
                "attribute": claim.attribute,
                "value": write_values(claim.attribute, claim.values),
                "completeness": claim.completeness,
            }
            for claim in step.claimed
        ]
        asked = (visit.model, question.subject)
        return await self._counter.papers(visit.key, asked, step.document, claimed)


def question_of(model: str, asked: Asked) -> Question:
    """Read a question as the control process writes it."""
    return Question(
        asked.subject,
        asked.kind,
        asked.link,
        model,
        tuple(
            Settlement(
                asked.link,
                item.attribute,
                tuple(tuple(parts) for parts in item.values),
                item.completeness,
                item.assurance,
                tuple(item.methods),
                item.together,
            )
            for item in asked.wanted
        ),
    )
