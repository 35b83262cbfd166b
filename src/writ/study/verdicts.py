"""What every class of requests gets: judged once, by one of each, through the compiled meaning.

1. A chain is judged by a subject of each of its classes: all others of those classes have the same
   profiles in the same capacities, so they get the same (see `writ.study.classes`).
2. Who cannot be told to be a chain at all is refused, as the meaning has it; whom the input does
   not let us read is not judged, and has an outcome of its own here.
3. What would settle a chain that is open is, for each of its links, the first thing that the
   decision lists: the cheapest. Links of one class that have shown alike are settled alike (see
   `writ.study.showing`), so that it holds of everybody, and not of one of each class.
4. It is told as a kind of evidence: of a complete list only what it would have beyond what is known
   already, and not which owner or parent would show it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import TypeAlias

from writ.clock import Instant
from writ.law.compiled.book import Capacity, Profile
from writ.law.compiled.decide import NamedLink, links, outcome_of_codes, settle_link
from writ.law.compiled.settle_derived import SOMEBODY
from writ.model.decision import Settlement
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject
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
Evidence: TypeAlias = tuple[Settlement, ...]


@dataclass(slots=True)
class Verdicts:
    """Rule 1, each remembered; `models` are canonical names."""

    classes: Classes
    _links: dict[tuple[Asker, int], tuple[NamedLink, ...]] = field(default_factory=dict)
    _codes: dict[tuple[int, str, _Standing], int] = field(default_factory=dict)
    _settled: dict[tuple[object, ...], Evidence] = field(default_factory=dict)
    _known: dict[tuple[Asker, int, str], Verdict] = field(default_factory=dict)

    def of(self, asker: Asker, place: int, model: str) -> Verdict:
        """Return what an asker gets for a model from the lawbook at a place of `classes.asked`."""
        key = (asker, place, model)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._judge(asker, place, model)
        return found

    def settling(self, asker: Asker, place: int, model: str) -> Evidence:
        """Return the evidence that would settle an open chain; none: no evidence would (rule 3)."""
        return tuple(
            item
            for link in self._named(asker, place)
            for item in self._settling(link, place, model, self._shown(asker, place, link))
        )

    def alike(self, asker: Asker, place: int) -> tuple[object, ...]:
        """Return what is the same of all chains that are judged alike, and settled alike."""
        return tuple(
            (link.name, link.profile, link.capacity, self._shown(asker, place, link))
            for link in self._named(asker, place)
        )

    def _shown(self, asker: Asker, place: int, link: NamedLink) -> int:
        """Return what the class of a link has shown, by number; of a link without one, none."""
        number: int = getattr(asker, link.name)
        return self.classes[number].shown[place] if number > NOBODY else NOBODY

    def _settling(self, link: NamedLink, place: int, model: str, shown: int) -> Evidence:
        key = (place, model, link.name, link.profile.role, link.capacity, shown)
        found = self._settled.get(key)
        if found is None:
            asked = self.classes.asked[place]
            cell = asked.compiled.phases.cell(model, asked.at)
            judged = asked.compiled.judgement(model, cell, link.profile, link.capacity)
            listed = settle_link(asked.compiled, link, judged, model, asked.at)
            found = self._settled[key] = tuple(
                kind_of(item, link.subject, asked.at) for item in cheapest(listed)
            )
        return found

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
        standings = [(link.profile, link.capacity) for link in self._named(asker, place)]

        def code(name: str) -> int:
            return reduce(or_, (self._code(place, asked, name, link) for link in standings))

        outcome, _ = outcome_of_codes(asked.compiled, model, asked.at, code)
        joined = code(model)
        return Verdict(outcome.word, open=joined & 3 != joined >> 2 & 3)

    def _named(self, asker: Asker, place: int) -> tuple[NamedLink, ...]:
        key = (asker, place)
        if key not in self._links:
            asked = self.classes.asked[place]
            self._links[key] = links(asked.compiled, self.chain(asker), asked.at)
        return self._links[key]

    def _code(self, place: int, asked: Asked, model: str, link: _Standing) -> int:
        key = (place, model, link)
        if key not in self._codes:
            cell = asked.compiled.phases.cell(model, asked.at)
            self._codes[key] = asked.compiled.judgement(model, cell, *link).triple.code
        return self._codes[key]


def kind_of(item: Settlement, subject: Subject, at: Instant) -> Settlement:
    """Tell what a link lists as it is told of all whom the same would settle (rule 4)."""
    whose = subject if item.subject is None else subject.related.get(item.subject)
    known = {
        value.parts
        for fact in (() if whose is None else whose.facts)
        if fact.attribute == item.attribute and fact.verified_at <= at
        for value in fact.values
        if value.holds(at)
    }
    beyond = tuple(parts for parts in item.values if parts not in known)
    return replace(
        item,
        values=beyond if item.completeness == "exhaustive" else item.values,
        subject=item.subject and SOMEBODY,
        together=None,
    )


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
