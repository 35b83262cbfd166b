"""What would settle a link: the smallest sets of further values that reach its best world.

1. A candidate (`settle_candidates`) is tried for real: as a fact verified at the instant of the
   decision, at the highest floor the rules serve at, beside the facts there are of whom it is about.
2. The best world is what the facts that count to serve leave possible. Sets of one are tried
   before pairs, pairs before triples; the first size that reaches it answers.
3. Where nothing else helps, values to show are tried as part of a complete list.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from writ.law.compiled.book import Compiled
from writ.law.compiled.judge import Judgement
from writ.law.compiled.rule import CompiledRule
from writ.law.compiled.settle_candidates import Candidate, Candidates, Open
from writ.model.decision import LinkName, Settlement
from writ.model.outcome import Outcome
from writ.model.subject import Fact, Subject, Value

LARGEST_SET = 3
MANY = 16  # beyond so many candidates only single ones are tried


def settle(
    compiled: Compiled, link: Open, found: Judgement, *, named: bool = True
) -> tuple[Settlement, ...]:
    """Return the settlements of one link; none where nothing would make a difference.

    Somebody whom the chain does not name is settled by being named, and judged as such.
    """
    if not found.against:
        return ()
    search = _Search(compiled, link, found.against)
    best = search.strong().triple.least
    if named:
        best = min(best, found.triple.least)
    if found.triple.outcome <= best:
        return ()
    plain = search.candidates.plain()
    for candidates in (plain, (*plain, *search.candidates.completed(plain))):  # rule 3
        sets = search.sets(candidates, best)
        if sets:
            return tuple(_written(link.name, sets, search.floor))
    return ()


class _Search:
    """The trying of candidates for one link."""

    def __init__(self, compiled: Compiled, link: Open, against: Sequence[CompiledRule]) -> None:
        self._compiled = compiled
        self._link = link
        self.candidates = Candidates(compiled, link, against)
        self.floor = self.candidates.floor

    def strong(self) -> Judgement:
        """Judge the link by the facts that count to serve, its own and those of others."""
        subject = self._link.subject
        others = {name: self._strong(other) for name, other in subject.related.items()}
        return self._judged(replace(self._strong(subject), related=others))

    def sets(self, candidates: Sequence[Candidate], best: Outcome) -> list[tuple[Candidate, ...]]:
        """Return the smallest sets that reach the best world (rule 2)."""
        largest = LARGEST_SET if len(candidates) <= MANY else 1
        for size in range(1, largest + 1):
            found = [
                chosen
                for chosen in combinations(candidates, size)
                if _agree(chosen) and self._reached(chosen) <= best
            ]
            if found:
                return found
        return []

    def _strong(self, subject: Subject) -> Subject:
        facts = tuple(fact for fact in subject.facts if fact.assurance >= self.floor)
        return replace(subject, facts=facts)

    def _judged(self, subject: Subject) -> Judgement:
        link, compiled = self._link, self._compiled
        profile = compiled.profile(subject, link.at)
        return compiled.judgement(link.model, link.cell, profile, link.capacity)

    def _reached(self, chosen: Iterable[Candidate]) -> Outcome:
        """Rule 1."""
        subject = self._link.subject
        for item in chosen:
            subject = _told(subject, item.of, self._fact(item))
        return self._judged(subject).triple.outcome

    def _fact(self, item: Candidate) -> Fact:
        values = tuple(Value(parts) for parts in item.tried)
        return Fact(
            item.attribute,
            values,
            item.completeness,
            self.floor,
            "would-settle",
            "",
            self._link.at,
        )


def _agree(chosen: Sequence[Candidate]) -> bool:
    """Whether candidates are of different attributes, and nobody in them is of two kinds."""
    about = {(item.whose, item.attribute) for item in chosen}
    kinds = {(item.of.id, item.of.kind) for item in chosen if item.of}
    return len(about) == len(chosen) and len(kinds) == len({name for name, _ in kinds})


def _told(subject: Subject, of: Subject | None, fact: Fact) -> Subject:
    """Return the subject with one more fact, of its own or of somebody related."""
    if of is None:
        return replace(subject, facts=(*subject.facts, fact))
    other = subject.related.get(of.id, of)
    return replace(
        subject,
        related={**subject.related, of.id: replace(other, facts=(*other.facts, fact))},
    )


def _written(
    name: LinkName, sets: Sequence[tuple[Candidate, ...]], floor: int
) -> Iterator[Settlement]:
    for number, chosen in enumerate(sets):
        for item in chosen:
            yield Settlement(
                name,
                item.attribute,
                item.shown,
                item.completeness,
                floor,
                item.methods,
                number if len(chosen) > 1 else None,
                item.whose,
            )
