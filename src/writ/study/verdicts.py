"""What every class of requests gets: judged once, by one of each, through the compiled meaning.

1. A chain is judged by a subject of each of its classes: all others of those classes have the same
   profiles in the same capacities, so they get the same (see `writ.study.classes`).
2. Who cannot be told to be a chain at all is refused, as the meaning has it; whom the input does
   not let us read is not judged, and has an outcome of its own here.
3. What would settle a chain that is open is, for each of its links, the first thing that the
   decision lists: the cheapest. Which owner or parent would show it is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_

from writ.law.compiled.book import Capacity, Profile
from writ.law.compiled.decide import NamedLink, decide_compiled, links, outcome_of_codes
from writ.law.compiled.settle_derived import SOMEBODY
from writ.model.decision import Settlement
from writ.model.outcome import Outcome
from writ.model.subject import Chain
from writ.study.classes import (
    NOBODY,
    TWICE,
    UNKNOWN,
    UNREADABLE,
    Asked,
    Classes,
)
from writ.study.traffic import Asker

UNJUDGED = "unjudged"
OUTCOMES = (*(outcome.word for outcome in Outcome), UNJUDGED)
"""What somebody may get, as it is written; the last is of those whom the input does not tell."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a class gets; `open`: more evidence may change it."""

    outcome: str
    open: bool = False

    def stricter(self, other: "Verdict") -> bool:
        """Whether the other is stricter than this."""
        if UNJUDGED in (self.outcome, other.outcome):
            return False
        return OUTCOMES.index(other.outcome) > OUTCOMES.index(self.outcome)


_REFUSED = Verdict(Outcome.DENY.word)
_UNTOLD = Verdict(UNJUDGED)
_Standing = tuple[Profile, Capacity]


@dataclass(slots=True)
class Verdicts:
    """Rule 1, each remembered; `models` are canonical names."""

    classes: Classes
    _links: dict[tuple[Asker, int], tuple[_Standing, ...]] = field(default_factory=dict)
    _codes: dict[tuple[int, str, _Standing], int] = field(default_factory=dict)
    _settled: dict[tuple[object, ...], tuple[Settlement, ...]] = field(default_factory=dict)
    _known: dict[tuple[Asker, int, str], Verdict] = field(default_factory=dict)

    def of(self, asker: Asker, place: int, model: str) -> Verdict:
        """Return what an asker gets for a model from the lawbook at a place of `classes.asked`."""
        key = (asker, place, model)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._judge(asker, place, model)
        return found

    def settling(self, asker: Asker, place: int, model: str) -> tuple[Settlement, ...]:
        """Return the evidence that would settle an open chain; none: no evidence would (rule 3)."""
        asked = self.classes.asked[place]
        key = (place, model, self._names(asker), self._standings(asker, place, asked))
        found = self._settled.get(key)
        if found is None:
            found = self._settled[key] = self._settle(asker, asked, model)
        return found

    def _names(self, asker: Asker) -> tuple[str, bool, bool]:
        """What the links are called by: two chains alike else are still two."""
        kind = self.classes[asker.requester].subject.kind
        return kind, asker.organisation == NOBODY, asker.end_user == NOBODY

    def _settle(self, asker: Asker, asked: Asked, model: str) -> tuple[Settlement, ...]:
        decision = decide_compiled(asked.compiled, self.chain(asker), model, asked.at)
        found = cheapest(decision.would_settle)
        return tuple(replace(item, subject=item.subject and SOMEBODY) for item in found)

    def chain(self, asker: Asker) -> Chain:
        """Return a chain of the classes."""
        organisation, user = asker.organisation, asker.end_user
        return Chain(
            self.classes[asker.requester].subject,
            None if organisation == NOBODY else self.classes[organisation].subject,
            None if user == NOBODY else self.classes[user].subject,
        )

    def _judge(self, asker: Asker, place: int, model: str) -> Verdict:
        numbers = (asker.requester, asker.organisation, asker.end_user)
        if {UNREADABLE, TWICE} & set(numbers) or asker.requester in (UNKNOWN, NOBODY):
            return _UNTOLD
        asked = self.classes.asked[place]
        if model not in asked.compiled.book.catalogue.models or min(numbers) < NOBODY:
            return _REFUSED  # rule 2
        standings = self._standings(asker, place, asked)

        def code(name: str) -> int:
            return reduce(or_, (self._code(place, asked, name, link) for link in standings))

        outcome, _ = outcome_of_codes(asked.compiled, model, asked.at, code)
        joined = code(model)
        return Verdict(outcome.word, open=joined & 3 != joined >> 2 & 3)

    def _standings(self, asker: Asker, place: int, asked: Asked) -> tuple[_Standing, ...]:
        key = (asker, place)
        if key not in self._links:
            named: Sequence[NamedLink] = links(asked.compiled, self.chain(asker), asked.at)
            self._links[key] = tuple((link.profile, link.capacity) for link in named)
        return self._links[key]

    def _code(self, place: int, asked: Asked, model: str, link: _Standing) -> int:
        key = (place, model, link)
        if key not in self._codes:
            cell = asked.compiled.phases.cell(model, asked.at)
            self._codes[key] = asked.compiled.judgement(model, cell, *link).triple.code
        return self._codes[key]


def cheapest(items: Sequence[Settlement]) -> tuple[Settlement, ...]:
    """Return, for each link, the first thing that a decision lists (rule 3)."""
    first: dict[str, int | None] = {}
    for item in items:
        first.setdefault(item.link, item.together)
    return tuple(
        item
        for place, item in enumerate(items)
        if item.together == first[item.link]
        and (item.together is not None or _is_first(items, place))
    )


def _is_first(items: Sequence[Settlement], place: int) -> bool:
    return all(item.link != items[place].link for item in items[:place])
