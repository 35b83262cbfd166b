"""What an account's holder may ask of their own standing: the outcome, why, and what would settle it.

1. It is decided as the gateway named here decides: the law in force at its deployment, the same
   facts, now. Nobody is asked about but the requester and the organisation it acts for.
2. What would settle it is put as a question for each of the two: values of theirs alone; for the
   organisation, only to a holder who speaks for it. What others would have to show (end users,
   owners) is counted, and not asked here.
3. Told is what the strictest disclosure among the rules against allows, as the gateway does.
4. Of a model that is open, told is when it closes by what is known, and within thirty days of that what
   would keep it open, as a question. Where the rules behind it may not be told of, only to whom showed
   something for that very model: everybody else was never asked, and nothing tells them why.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from writ.clock import DAY, Clock, Instant
from writ.desk.endings import STRICTNESS
from writ.desk.renewal import SOON, Closing, closing, closings
from writ.desk.roll import Roll
from writ.errors import Refused
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled, outcome_of
from writ.law.compiled.places import Places
from writ.model.decision import Decision, LinkName, Reason
from writ.model.order import Disclosure, Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject
from writ.people.methods import Question
from writ.signing.invitation import question_named


class Holder(Protocol):
    """Whoever came for an account: by its API key, or signed in to it."""

    @property
    def requester(self) -> str:
        """Whose account it is."""
        ...

    @property
    def organisation(self) -> str | None:
        """Whom it acts for."""
        ...

    @property
    def speaks(self) -> bool:
        """Whether its holder speaks for the organisation too."""
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """An order as `disclosure: full` lets it be named."""

    order: str
    version: int
    title: str


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told of the rules against: how much, the order's notice, the orders by name."""

    disclosure: Disclosure
    notice: Mapping[str, str]
    orders: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """An account's standing for one model (rules 2 to 4); `held`: a hold stops the model for all.

    `closes` is when a model that is open closes, in `days` whole days; questions are then what would
    keep it open. `others` says that somebody else would have to show something, or be named.
    """

    model: str
    outcome: Outcome
    questions: tuple[Question, ...]
    others: bool
    held: bool
    told: Told
    closes: Instant | None = None
    days: int | None = None


class Inquiry:
    """Rule 1; `book` gives the law in force, `point` is the gateway's name.

    `shown_for` says whether somebody showed something for a model.
    """

    def __init__(
        self,
        book: Callable[[], Lawbook | None],
        roll: Roll,
        clock: Clock,
        point: str,
        shown_for: Callable[[str, str], bool],
    ) -> None:
        self._book = book
        self._roll = roll
        self._clock = clock
        self._point = point
        self._shown_for = shown_for
        self._last: Compiled | None = None

    def standing(self, holder: Holder, model: str) -> Standing:
        """Return what an account's holder may do with a model (any of its names), and what if."""
        compiled = self._compiled()
        name = compiled.book.catalogue.resolve(model)
        if name is None:
            raise Refused("there is no such model")
        chain, now = self._chain(holder, compiled), self._clock.now()
        found = decide_compiled(compiled, chain, name, now)
        if found.outcome is Outcome.PERMIT:
            ends = self._closing(holder, compiled, chain, name, closings(compiled, chain, now))
            return _open(chain, name, ends, now, speaks=holder.speaks)
        questions = tuple(_questions(chain, found, speaks=holder.speaks))
        asked = {id(item) for question in questions for item in question.wanted}
        return Standing(
            name,
            found.outcome,
            questions,
            any(id(item) not in asked for item in found.would_settle),
            any(reason.verdict == "held" for reason in found.reasons),
            _told(compiled.book, found.reasons),
        )

    def wanting(self, holder: Holder) -> tuple[str, ...]:
        """Return the models that an account's holder may not use as they are, by name."""
        compiled, now = self._compiled(), self._clock.now()
        chain = self._chain(holder, compiled)
        return tuple(
            name
            for name, model in sorted(compiled.book.catalogue.models.items())
            if model.controlled and outcome_of(compiled, chain, name, now)[0] is not Outcome.PERMIT
        )

    def closing(self, holder: Holder) -> dict[str, Instant]:
        """Return the models that are open and close within thirty days, by name (rule 4)."""
        compiled, now = self._compiled(), self._clock.now()
        chain = self._chain(holder, compiled)
        points = [point for point in closings(compiled, chain, now) if point <= now + SOON]
        found = {
            name: self._closing(holder, compiled, chain, name, points)
            for name, model in sorted(compiled.book.catalogue.models.items())
            if points
            and model.controlled
            and outcome_of(compiled, chain, name, now)[0] is Outcome.PERMIT
        }
        return {name: ends.at for name, ends in found.items() if ends is not None}

    def model_named(self, question: bytes) -> str | None:
        """Return the model of an invitation's question; None where the rules are others by now."""
        compiled = self._compiled()
        digest = compiled.digest(compiled.segment_at(self._clock.now()))
        for name in compiled.book.catalogue.models:
            if question_named(name, digest) == question:
                return name
        return None

    def _closing(
        self,
        holder: Holder,
        compiled: Compiled,
        chain: Chain,
        model: str,
        points: Iterable[Instant],
    ) -> Closing | None:
        """Return when a model closes, if that may be told (rule 4)."""
        found = closing(compiled, chain, model, self._clock.now(), points)
        if found is None:
            return None
        sealed = _told(compiled.book, found.decision.reasons).disclosure == "none"
        own = [holder.requester, holder.organisation if holder.speaks else None]
        asked = any(self._shown_for(name, model) for name in own if name is not None)
        return None if sealed and not asked else found

    def _compiled(self) -> Compiled:
        book = self._book()
        if book is None:
            raise Refused("nothing is in force yet")
        if self._last is None or self._last.book is not book:
            self._last = Places(book).at(book.catalogue.deployment_of(self._point))
        return self._last

    def _chain(self, holder: Holder, compiled: Compiled) -> Chain:
        names = [name for name in (holder.requester, holder.organisation) if name is not None]
        known = self._roll.known(names, follows=compiled.follows)
        if any(item.broken for item in known.values()):
            raise Refused("what is known of this account cannot be read; ask the operator")
        organisation = None if holder.organisation is None else known[holder.organisation].subject
        return Chain(known[holder.requester].subject, organisation)


def _open(
    chain: Chain, model: str, ends: Closing | None, now: Instant, *, speaks: bool
) -> Standing:
    """Return the standing of a model that is open (rule 4)."""
    told = Told("none", {}, ())
    if ends is None:
        return Standing(model, Outcome.PERMIT, (), others=False, held=False, told=told)
    soon = ends.at <= now + SOON
    questions = tuple(_questions(chain, ends.decision, speaks=speaks)) if soon else ()
    days = (ends.at - now) // DAY
    return Standing(model, Outcome.PERMIT, questions, False, False, told, ends.at, days)  # noqa: FBT003  nobody else, no hold


def _questions(chain: Chain, found: Decision, *, speaks: bool) -> Iterator[Question]:
    links: tuple[tuple[LinkName, Subject | None], ...] = (
        ("requester", chain.requester),
        ("organisation", chain.organisation if speaks else None),
    )
    for link, subject in links:
        wanted = tuple(
            item for item in found.would_settle if item.link == link and item.subject is None
        )
        if wanted and subject is not None:
            yield Question(subject.id, subject.kind, link, found.model, wanted)


def _told(book: Lawbook, reasons: Iterable[Reason]) -> Told:
    named = {(reason.order, reason.version) for reason in reasons}
    against = [item for item in book.versions if (item.order, item.version) in named]
    disclosure: Disclosure = max(
        (item.disclosure for item in against), key=lambda item: STRICTNESS[item], default="none"
    )
    notice: Mapping[str, str] = next(
        (item.notice for item in against if item.disclosure == disclosure and item.notice), {}
    )
    full = against if disclosure == "full" else []
    return Told(disclosure, notice, tuple(Named(v.order, v.version, v.title) for v in full))
