"""People and companies of every kind that a folder's cases name, as many as asked for.

1. A party is a chain of its own that sends requests; its kind is the case it was made after, and
   what it must get is that case's row. The cases themselves are the first parties.
2. A made-up subject has the facts of the one it was made after, with the new ids in them.
3. An id that an order or an annex names means something; whoever stands in for it must be named
   by exactly the same lists (an annex has more entities than cases have). Where nobody else is,
   the party shares it.
4. The same seed makes the same people.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from writ.drill.expected import Expected, Names
from writ.model.expression import Group, groups_in
from writ.model.order import Lawbook
from writ.model.subject import Fact, Subject, Value

COLLEAGUES = 12
"""About how many parties share one made-up organisation."""

_NAMING = {"employer": 0, "owners": 0, "ultimate_parent": 0}
"""Attributes whose values hold the id of a subject, and in which part."""


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who sends requests, made after a case; `number` is its place in the population."""

    number: int
    case: str
    names: Names
    is_case: bool


@dataclass(frozen=True, slots=True)
class Population:
    """Every subject with facts, by id, and every party."""

    subjects: Mapping[str, Subject]
    parties: tuple[Party, ...]


def populate(
    expected: Expected, people: Mapping[str, Subject], book: Lawbook, size: int, seed: int = 0
) -> Population:
    """Return the cases' own parties and `size` more, spread evenly over the cases."""
    maker = _Maker(people, _lists(book), f"{seed}")
    cases = sorted(expected.chains)
    parties = [
        Party(number, case, expected.chains[case], is_case=True)
        for number, case in enumerate(cases)
    ]
    order = sorted(range(size), key=lambda number: _dice(f"{seed}/order", number))
    made = [
        Party(len(cases) + number, case, maker.chain(expected.chains[case], number), is_case=False)
        for number, case in (
            (number, cases[turn % len(cases)]) for number, turn in enumerate(order)
        )
    ]
    return Population(maker.subjects, (*parties, *made))


@dataclass
class _Maker:
    people: Mapping[str, Subject]
    lists: Mapping[str, frozenset[str]]
    seed: str
    subjects: dict[str, Subject] = field(default_factory=dict)
    companies: dict[str, list[str]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.subjects.update(self.people)

    def chain(self, names: Names, number: int) -> Names:
        """Make a chain after another."""
        renamed: dict[str, str] = {}
        if names.organisation is not None:
            renamed[names.organisation] = self.company(names.organisation, number)
        for name in (names.requester, names.end_user):
            if name is not None and name not in renamed:
                renamed[name] = self.person(name, number)
        for old, new in renamed.items():
            if new not in self.subjects:
                self.subjects[new] = _after(self.people[old], new, renamed)
        return Names(
            renamed[names.requester],
            names.organisation and renamed[names.organisation],
            names.end_user and renamed[names.end_user],
        )

    def company(self, old: str, number: int) -> str:
        """Return a company like `old`: one already made, or from time to time a new one."""
        made = self.companies.setdefault(old, [])
        if not made or _dice(f"{self.seed}/new/{old}", number) % COLLEAGUES == 0:
            made.append(self.stand_in(old, f"{old}-{len(made) + 1:03}"))
        return made[_dice(f"{self.seed}/of/{old}", number) % len(made)]

    def person(self, old: str, number: int) -> str:
        """Return somebody new like `old`."""
        return self.stand_in(old, f"{old}-{number:05}")

    def stand_in(self, old: str, fresh: str) -> str:
        """Return an id that means the same to every order (rule 3)."""
        if old not in self.lists:
            return fresh
        wanted = self.lists[old]
        for name in sorted(self.lists):
            if self.lists[name] == wanted and name not in self.people and name not in self.taken:
                self.taken.add(name)
                return name
        return old


def _after(subject: Subject, name: str, renamed: Mapping[str, str]) -> Subject:
    return replace(
        subject,
        id=name,
        acts_for=tuple(renamed.get(item, item) for item in subject.acts_for),
        facts=tuple(_reworded(fact, renamed) for fact in subject.facts),
    )


def _reworded(fact: Fact, renamed: Mapping[str, str]) -> Fact:
    part = _NAMING.get(fact.attribute)
    if part is None:
        return fact
    return replace(fact, values=tuple(_renamed(value, part, renamed) for value in fact.values))


def _renamed(value: Value, part: int, renamed: Mapping[str, str]) -> Value:
    parts = list(value.parts)
    parts[part] = renamed.get(parts[part], parts[part])
    return replace(value, parts=tuple(parts))


def _lists(book: Lawbook) -> dict[str, frozenset[str]]:
    """Return, for each id that some order names, the digests and names of the lists it is on."""
    lists: dict[str, set[str]] = {book.catalogue.provider: {"the provider"}}
    for number, group in enumerate(_groups(book)):
        for member in group.members:
            lists.setdefault(member, set()).add(group.digest or f"{group.name} {number}")
    return {member: frozenset(named) for member, named in lists.items()}


def _groups(book: Lawbook) -> Iterator[Group]:
    for version in book.versions:
        yield from version.annexes.values()
        predicates = [rule.predicate for rule in version.rules]
        predicates += [item.who for item in version.exemptions]
        predicates += [item.unless for item in version.exemptions if item.unless is not None]
        for predicate in predicates:
            yield from groups_in(predicate.person)
            yield from groups_in(predicate.organisation)


def _dice(label: str, number: int) -> int:
    """Return a number that looks random and is the same every time (rule 4)."""
    return int.from_bytes(hashlib.blake2b(f"{label}/{number}".encode(), digest_size=6).digest())


def sample(parties: Sequence[Party], label: str, number: int) -> Party:
    """Return one of the parties, the same for the same label and number."""
    return parties[_dice(label, number) % len(parties)]
