"""`would_settle` keeps its word: shown for real, what it lists settles the link, and no less does.

1. A set of entries is all with the same `together`, else one entry by itself.
2. Of an `at_least` entry any one value will do; a group's name stands for one of its members at
   least, not for every one: members may be on other lists too.
3. Whether it did is asked of the literal meaning.
4. Somebody unnamed may be on any list, and whoever is then named is on it or is not: where rules
   list subjects by their ids, nothing is promised to the unnamed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.chains import chain, instant, links, with_fact
from tests.worlds.lawbooks import MODELS, lawbook, pool
from writ.clock import Instant
from writ.law.compiled.book import Compiled, _expressions
from writ.law.compiled.cells import Partitions
from writ.law.compiled.decide import decide_compiled
from writ.law.literal.decide import questions
from writ.model.decision import Settlement
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Fact, Subject, Value
from writ.model.vocabulary import VOCABULARY

Shown = tuple[tuple[str, ...], ...]
GROUPS = {"annex-a": ("c2", "p1"), "annex-b": ("c3", "p2"), "c2": ("c2",), "self": ("c1",)}
"""Members of the groups of `tests.worlds.lawbooks`."""
NOBODY = Subject("", "person")
NO_COMPANY = Subject("", "organisation")


def sets(found: Sequence[Settlement]) -> list[tuple[Settlement, ...]]:
    """Return the sets of entries (rule 1)."""
    grouped: dict[object, tuple[Settlement, ...]] = {}
    for number, item in enumerate(found):
        alone = item.together is None
        key = ("alone", number) if alone else (item.link, item.together)
        grouped[key] = (*grouped.get(key, ()), item)
    return list(grouped.values())


def choices(item: Settlement) -> list[list[tuple[tuple[str, ...], ...]]]:
    """Return the values to show: all at once, or any one, each in the ways it may be meant."""
    if item.completeness == "exhaustive":
        return [meant(item.attribute, item.values)]
    return [meant(item.attribute, (parts,)) for parts in item.values]


def meant(attribute: str, values: tuple[tuple[str, ...], ...]) -> list[tuple[tuple[str, ...], ...]]:
    """Return values with each member in place of its group (rule 2)."""
    groups = GROUPS if attribute in {"employer", "owners", "ultimate_parent"} else {}
    return list(
        product(
            *([(one, *parts[1:]) for one in groups.get(parts[0], parts[:1])] for parts in values)
        )
    )


def told(asked: Chain, chosen: Sequence[Settlement], values: Sequence[Shown], at: Instant) -> Chain:
    """Return the chain with the entries as facts of these values."""
    shown = told_of(asked, chosen[0].link)
    for item, parts in zip(chosen, values, strict=True):
        fact = Fact(
            item.attribute,
            tuple(Value(part) for part in parts),
            item.completeness,
            item.assurance,
            "a method",
            "an issuer",
            at,
        )
        if item.subject is None:
            shown = with_fact(shown, item.link, fact)
        else:
            shown = with_fact_of(shown, item.link, item.subject, fact)
    return shown


def with_fact_of(asked: Chain, link: str, name: str, fact: Fact) -> Chain:
    """Return the chain in which an owner or parent of a link shows something."""
    [subject] = [getattr(asked, link)]
    kinds = VOCABULARY[fact.attribute].kinds
    unseen = Subject(name, "person" if kinds == {"person"} else "organisation")
    other = subject.related.get(name, unseen)
    other = replace(other, facts=(*other.facts, fact))
    return replace(asked, **{link: replace(subject, related={**subject.related, name: other})})


def outcome(book: Lawbook, asked: Chain, model: str, at: Instant, link: str) -> Outcome:
    """Return what the literal meaning says of one link by itself."""
    [found] = [q for q in questions(book, asked, model, at) if q.link.name == link]
    return found.triple().outcome


def best(book: Lawbook, asked: Chain, model: str, at: Instant, link: str) -> Outcome:
    """Return what is certain of one link, however the unknown turns out."""
    [found] = [q for q in questions(book, asked, model, at) if q.link.name == link]
    return found.triple().least


def draw(random: Random) -> tuple[Lawbook, Chain, Instant]:
    """Draw a lawbook, a chain and an instant."""
    book, asked = lawbook(random, pool(random)), chain(random)
    return book, asked, instant(random, book, asked)


def told_of(asked: Chain, link: str) -> Chain:
    """Return the chain that facts are shown about: somebody unnamed must be named first."""
    if link == "end_user" and asked.end_user is None:
        return replace(asked, end_user=NOBODY)
    if link == "organisation" and asked.organisation is None:
        return replace(asked, organisation=NO_COMPANY)
    return asked


@dataclass(frozen=True)
class Case:
    """One model asked for one chain."""

    book: Lawbook
    asked: Chain
    model: str
    at: Instant

    def worst(self, chosen: Sequence[Settlement]) -> Outcome:
        """Return what the link is left at by the worst values of a set, in the best meaning."""
        link = chosen[0].link
        return max(
            min(
                outcome(
                    self.book, told(self.asked, chosen, values, self.at), self.model, self.at, link
                )
                for values in product(*ways)
            )
            for ways in product(*(choices(item) for item in chosen))
        )

    def wrong(self, chosen: tuple[Settlement, ...]) -> list[str]:
        """Return what is wrong with one set."""
        link = chosen[0].link
        least = best(self.book, told_of(self.asked, link), self.model, self.at, link)
        before = outcome(self.book, self.asked, self.model, self.at, link)
        after = self.worst(chosen)
        parts = [part for size in range(1, len(chosen)) for part in combinations(chosen, size)]
        return [
            *([f"{chosen} leaves {after!r}; {least!r} is certain"] if after > least else []),
            *([f"{chosen} makes no difference"] if after >= before else []),
            *(f"{part} of {chosen} would do" for part in parts if self.worst(part) <= after),
        ]


def check(random: Random) -> tuple[list[str], int]:
    """Return what is wrong with what would settle one chain, and how much others would show."""
    book, asked, at = draw(random)
    compiled = Compiled(book)
    found, others = list[str](), 0
    for model in MODELS:
        for chosen in sets(decide_compiled(compiled, asked, model, at).would_settle):
            others += any(item.subject for item in chosen)
            if asked == told_of(asked, chosen[0].link) or not lists_subjects(book):
                found += Case(book, asked, model, at).wrong(chosen)
    return found, others


def lists_subjects(book: Lawbook) -> bool:
    """Whether anything turns on who somebody is (rule 4)."""
    return bool(Partitions(_expressions(book)).own_groups)


def leaks(random: Random) -> list[Settlement]:
    """Return entries that name a member of an annex whom nobody's facts name."""
    book, asked, at = draw(random)
    compiled = Compiled(book)
    own = {
        value.parts
        for subject in (*links(asked), *asked.requester.related.values())
        for fact in subject.facts
        for value in fact.values
    }
    members = {member for group in ("annex-a", "annex-b") for member in GROUPS[group]}
    return [
        item
        for model in MODELS
        for item in decide_compiled(compiled, asked, model, at).would_settle
        if any(parts[0] in members and parts not in own for parts in item.values)
        and not any(parts[0] == "c2" for parts in item.values)  # also a group of its own name
    ]


@settings(max_examples=100)
@given(st.randoms(use_true_random=False))
def test_what_is_listed_settles(random: Random) -> None:
    """Each set reaches the best world, makes a difference, and no part of it would do."""
    assert [] == check(random)[0]


@pytest.mark.parametrize("start", range(0, 600, 200))
def test_what_is_listed_settles_on_seeds(start: int) -> None:
    """The same on worlds that every run sees; now and then owners or parents would show it."""
    found = [check(Random(seed)) for seed in range(start, start + 200)]  # noqa: S311 - to be repeated, not to be secret
    assert [] == [wrong for one, _ in found for wrong in one]
    assert sum(others for _, others in found) > 10


@settings(max_examples=60)
@given(st.randoms(use_true_random=False))
def test_members_of_an_annex_are_never_listed(random: Random) -> None:
    """An annex appears by its name; a subject's own words may come back to it."""
    assert [] == leaks(random)
