"""Worked examples: who gets what, decided through the compiled rules, and what would settle it.

1. Examples are judged at the instant they are said for, together with every other order in force.
   Of those who show the same value, the first of each outcome is told.
2. Companies that name somebody are as good as they can be: one with nobody's id, one of each list.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from writ.clock import Instant
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled, outcome_of
from writ.law.compiled.settle_derived import SOMEBODY
from writ.law.explain.english import Line, joined, noun, values_words
from writ.law.explain.people import COMPANY, PERSON, Sketches, Telling, masks
from writ.model.decision import Settlement
from writ.model.expression import Group
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject

SERVICE = "example-service"


class Examples:
    """The examples for one model at one instant."""

    def __init__(self, compiled: Compiled, model: str, at: Instant) -> None:
        self._compiled, self.model, self.at = compiled, model, at
        rules = compiled.speaking(model, at).rules
        self._people = Sketches(rules, {model}, "person", at)
        self._companies = Sketches(rules, {model}, "organisation", at)
        self._ids = dict.fromkeys((*self._companies.ids, *self._people.ids))
        groups = self._people.groups | self._companies.groups
        closed = frozenset((*self._people.closed, *self._companies.closed))
        self._telling = Telling(masks(groups), closed, at)

    def lines(self) -> Iterator[Line]:
        """Say who gets what, by who asks and by outcome."""
        alone = {person: self._outcome(Chain(person)) for person in self._pruned_people(Chain)}
        yield Line("A person with a key of their own, asking for nobody else:")
        yield from self._grouped(alone)
        yield Line("A company's key that names no person:")
        yield from self._grouped(dict(self._unnamed()))
        for company in self._naming():
            yield from self._differing(company)

    def _differing(self, company: Subject) -> Iterator[Line]:
        """Say who gets something else when a company names them than by themselves."""
        other: dict[Subject, tuple[Outcome, str | None]] = {}
        people = self._pruned_people(lambda person: service(company, person))
        for person in people:
            found = self._outcome(service(company, person))
            if found != self._outcome(Chain(person)):
                other[person] = found
        said = self._telling.of(company)
        if other:
            yield Line(f"The key of {said}, naming its user: as by themselves, except")
            yield from self._grouped(other)
        else:
            yield Line(f"The key of {said}, naming its user: everybody above as by themselves.")

    def settling(self) -> Iterator[Line]:
        """Say what would settle somebody of whom nothing is known, cheapest first."""
        nobody = Subject(PERSON, "person")
        unknown = Subject(COMPANY, "organisation")
        for name, link, asks in (
            ("person", "requester", Chain(nobody)),
            ("company", "organisation", service(unknown, nobody)),
        ):
            found = decide_compiled(self._compiled, asks, self.model, self.at).would_settle
            items = [item for item in found if item.link == link]
            if items:
                yield Line(
                    f"For a {name} of whom nothing is known, any one of these would do, the cheapest first:"
                )
                yield from _settlements(items)

    def _grouped(self, found: Mapping[Subject, tuple[Outcome, str | None]]) -> Iterator[Line]:
        by_outcome: dict[str, list[str]] = {}
        for subject, (outcome, server) in found.items():
            served = f" (served by `{server}`)" if outcome is Outcome.SUBSTITUTE else ""
            by_outcome.setdefault(outcome.word + served, []).append(self._telling.of(subject))
        for word in sorted(by_outcome):
            yield Line(f"{word}:", 1)
            yield from (Line(item, 2) for item in dict.fromkeys(by_outcome[word]))

    def _pruned_people(self, asks: Callable[[Subject], Chain]) -> Iterator[Subject]:
        return _pruned(self._people.ladders(), lambda person: self._outcome(asks(person)))

    def _unnamed(self) -> Iterator[tuple[Subject, tuple[Outcome, str | None]]]:
        """Companies that name nobody: with nobody's id, and of each group."""
        for name in (COMPANY, *self._ids):
            ladders = (
                tuple(replace(company, id=name) for company in ladder)
                for ladder in self._companies.ladders()
            )
            for company in _pruned(ladders, lambda one: self._outcome(service(one))):
                yield company, self._outcome(service(company))

    def _naming(self) -> Iterator[Subject]:
        """Rule 2."""
        person = min(self._all(self._people), key=lambda one: self._outcome(Chain(one))[0])
        for name in (COMPANY, *self._ids):
            named = (replace(company, id=name) for company in self._all(self._companies))
            yield min(named, key=lambda one: self._outcome(service(one, person))[0])

    def _all(self, sketches: Sketches) -> Iterator[Subject]:
        return (subject for ladder in sketches.ladders() for subject in ladder)

    def _outcome(self, chain: Chain) -> tuple[Outcome, str | None]:
        return outcome_of(self._compiled, chain, self.model, self.at)


def _pruned(
    ladders: Iterable[Sequence[Subject]], outcome: Callable[[Subject], object]
) -> Iterator[Subject]:
    """Keep, of each ladder, the first subject of each outcome (rule 1)."""
    for ladder in ladders:
        seen: set[object] = set()
        for subject in ladder:
            found = outcome(subject)
            if found not in seen:
                seen.add(found)
                yield subject


def service(company: Subject, names: Subject | None = None) -> Chain:
    """Return the chain of a company's service key."""
    return Chain(Subject(SERVICE, "service", (company.id,)), company, names)


def _settlements(items: Sequence[Settlement]) -> Iterator[Line]:
    together: dict[int, list[str]] = {}
    for item in items:
        said = settlement_words(item)
        if item.together is None:
            yield Line(said, 1)
        else:
            together.setdefault(item.together, []).append(said)
    for needed in together.values():
        yield Line(f"together: {joined(needed, 'and')}", 1)


def settlement_words(item: Settlement) -> str:
    """Say what somebody could show."""
    values = values_words(item.attribute, item.values)
    whose = ""
    if item.subject is not None:
        named = "whoever `?` is" if item.subject == SOMEBODY else f"`{item.subject}`"
        whose = f"of {named}, as owner, parent or employer, "
    by = (
        f", by {joined(method.replace('_', ' ') for method in item.methods)}"
        if item.methods
        else ""
    )
    if item.completeness == "exhaustive":
        listed = f": {values}" if values else ", nothing that counts on it"
        return f"{whose}a complete list of {noun(item.attribute)}{listed} (A{item.assurance}{by})"
    return f"{whose}{noun(item.attribute)}: {values} (A{item.assurance}{by})"


def group_line(group: Group) -> str:
    """Say what a list is, and never who is on it."""
    below = f", {len(group.below)} of them as subsidiaries" if group.below else ""
    return f"`{group.name}`: {len(group.members)} listed{below}, digest {group.digest}"
