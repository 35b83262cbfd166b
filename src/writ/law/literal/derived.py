"""What derived atoms may come to, by counting out every case the facts leave open.

1. `most_recent_of`: each thing held began at one of the dates told for it; if none is told, at any
   date up to the first fact that shows it. Where a list is open, one more may have begun just now.
2. `ultimate_parent_is`: asked of each parent shown; an open list may have another, who may be
   anybody.
3. `owned_by`: each owner counts by itself or does not, and what the shares shown leave of the whole
   is held by nobody, by one of the owners of unknown share, or, where the list is open, by an
   outsider who counts. Owners then count through owners until no more do.
4. `held_at`: each nationality shown, now or formerly, had begun then or had not, had ended or had
   not, as the dates told for it allow; where a list is open, one more may have been held.
5. `employed_by`: asked of each organisation shown to employ somebody as an employee, and in turn
   by whom that is owned; an open list may have another, which may be any.
6. Whoever is not on the books has an id and no facts, and is of the kind that a list names that id
   as, or of either.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import TypeAlias, TypeVar

from writ.clock import FOREVER, Instant
from writ.errors import Failed
from writ.law.literal.facts import Known, Level, combine, present
from writ.law.literal.satisfy import Link
from writ.law.literal.worlds import lists_in
from writ.model.expression import (
    WILD,
    Derived,
    EmployedBy,
    Expression,
    HeldAt,
    MostRecent,
    OwnedBy,
    ParentIs,
    Predicate,
)
from writ.model.subject import Fact, Subject, Value, followed
from writ.model.vocabulary import Kind

Choice = TypeVar("Choice")
Asked: TypeAlias = Callable[[Predicate, Link, Level], frozenset[bool]]
"""What a predicate may come to of somebody, in all worlds of a level."""

MOST_CASES = 20_000
OUTSIDER = "\0an outsider who counts"
NOBODY = "\0nobody"
BEFORE = -FOREVER
OPEN = frozenset({False, True})
_WORDS: Mapping[Kind, str] = {"organisation": "organisation_in", "person": "person_in"}


@dataclass(frozen=True)
class Asking:
    """A link before a derived atom, at one level and instant; `asked` asks somebody else."""

    link: Link
    level: Level
    at: Instant
    asked: Asked

    def answers(self, atom: Derived) -> frozenset[bool]:
        """Return every answer that some case gives."""
        match atom:
            case MostRecent():
                return frozenset(_recent_cases(atom, self.link.facts, self.level, self.at))
            case HeldAt():
                return frozenset(_held_cases(atom, self.link.facts, self.level, self.at))
            case ParentIs():
                return self._one_of(atom.who, self._shown("ultimate_parent"))
            case EmployedBy():
                return self._one_of(atom.who, self._employers())
            case _:
                return frozenset(self._ownership_cases(atom))

    @cached_property
    def _everybody(self) -> Mapping[str, Subject]:
        link = self.link
        return followed(Subject(self._name, link.kind, (), link.facts, link.related))

    @property
    def _name(self) -> str:
        return self.link.id or ""

    def _shown(self, attribute: str) -> Known:
        return combine(self.link.facts, attribute, self.level, self.at)

    def _employers(self) -> Known:
        """Return who employs the subject as an employee."""
        known = self._shown("employer")
        shown = {(name,) for name, relation in known.shown if relation != "contractor"}
        return Known(frozenset(shown), known.state)

    def _one_of(self, who: Expression, known: Known) -> frozenset[bool]:
        """Return whether it is true of one of these organisations (rules 2 and 5)."""
        wanted = Predicate(None, who)
        may_be = [
            self._of_somebody(wanted, name, ("organisation",)) for (name,) in sorted(known.shown)
        ]
        if known.state != "closed":
            may_be.append(OPEN)
        return frozenset(any(case) for case in _counted_out([sorted(one) for one in may_be]))

    def _ownership_cases(self, atom: OwnedBy) -> Iterator[bool]:
        """Rule 3."""
        companies = {
            name: _company(combine(item.facts, "owners", self.level, self.at))
            for name, item in self._everybody.items()
            if item.kind != "person"
        }
        owners = {owner for one in companies.values() for owner in one.shares}
        named = sorted({self._name, *owners})
        unseen = _company(Known(frozenset(), "open"))
        companies |= {name: unseen for name in named if name not in self._everybody}
        of_each = [
            sorted(self._of_somebody(atom.who, name, ("organisation", "person"))) for name in named
        ]
        holders = [one.holders for one in companies.values()]
        for case in _counted_out([*of_each, *holders]):
            answered, rests = case[: len(named)], case[len(named) :]
            counting = {name for name, counts in zip(named, answered, strict=True) if counts}
            rest_of = dict(zip(companies, map(str, rests), strict=True))
            yield self._name in _owned(companies, rest_of, counting, atom)

    def _of_somebody(self, who: Predicate, name: str, kinds: tuple[Kind, ...]) -> frozenset[bool]:
        """Return what a predicate may come to of somebody related (rule 6)."""
        subject = self._everybody.get(name)
        if subject is not None and subject.kind != "service":
            everybody = replace(subject, related=self._everybody)
            return self.asked(who, _link(everybody), self.level)
        listed = tuple(kind for kind in kinds if name in _listed(who, _WORDS[kind]))
        either = listed if len(listed) == 1 else kinds
        return frozenset[bool]().union(
            *(self.asked(who, _link(Subject(name, kind)), self.level) for kind in either)
        )


def _recent_cases(
    atom: MostRecent, facts: tuple[Fact, ...], level: Level, at: Instant
) -> Iterator[bool]:
    """Rule 1."""
    choices: list[list[tuple[str, Instant] | None]] = []
    dates = {value.since for fact in facts for value in fact.values if value.since is not None}
    for attribute in ("citizenships", "permanent_residences"):
        counted = [fact for fact in facts if fact.attribute == attribute]
        counted = [fact for fact in counted if present(fact, level, at)]
        known = combine(facts, attribute, level, at)
        for parts in sorted(known.shown):
            shown = [
                (value.since, fact.verified_at)
                for fact in counted
                for value in fact.values
                if value.parts == parts and value.holds(at)
            ]
            told = {since for since, _ in shown if since is not None}
            first_seen = min(verified_at for _, verified_at in shown)
            untold = {date for date in dates if date <= first_seen} | {BEFORE, first_seen}
            choices.append([(parts[0], date) for date in sorted(told or untold)])
        if known.state != "closed":
            choices.append([None, *((code, at) for code in ("elsewhere", min(atom.countries)))])
    for case in _counted_out(choices):
        held = [item for item in case if item is not None]
        latest = max((date for _, date in held), default=BEFORE)
        yield any(code in atom.countries for code, date in held if date == latest)


def _held_cases(atom: HeldAt, facts: tuple[Fact, ...], level: Level, at: Instant) -> Iterator[bool]:
    """Rule 4."""
    choices: list[list[bool]] = []
    for attribute in ("citizenships", "former_citizenships"):
        known = combine(facts, attribute, level, at)
        counted = [fact for fact in facts if fact.attribute == attribute]
        counted = [fact for fact in counted if present(fact, level, at)]
        if known.state != "contradicted":
            choices += [
                _ways(atom, value, fact.verified_at, attribute)
                for fact in counted
                for value in fact.values
            ]
        if known.state != "closed":
            choices.append([False, True])
    yield from (any(case) for case in _counted_out(choices))


def _ways(atom: HeldAt, value: Value, seen: Instant, attribute: str) -> list[bool]:
    """Say in which ways one nationality may have been held at the instant asked about."""
    first = [value.since] if value.since is not None else [BEFORE, seen]
    last = [FOREVER if value.until is None else value.until]
    if attribute == "former_citizenships":  # `since` says when it was lost
        first, last = [BEFORE, FOREVER], [FOREVER if value.since is None else value.since]
    sayings = {part for pattern in atom.held.patterns for part in pattern[1:]} - {WILD}
    code, of_class = value.parts
    classes = [of_class] if of_class else sorted({*sayings, "\0another"})
    return sorted(
        {
            begun <= atom.at < ended and atom.held.names((code, name))
            for begun in first
            for ended in last
            for name in classes
        }
    )


@dataclass(frozen=True, slots=True)
class _Company:
    """Who holds how much of a company (None: unknown), and who may hold the rest."""

    shares: Mapping[str, Fraction | None]
    rest: Fraction
    holders: tuple[str, ...]


def _company(known: Known) -> _Company:
    """Read who owns a company; contradictory lists and more than the whole say nothing."""
    owners = {owner for owner, _ in known.shown}
    told = {
        one: {share for owner, share in known.shown if owner == one and share} for one in owners
    }
    shares = {
        owner: Fraction(min(said)) if len(said) == 1 else None for owner, said in told.items()
    }
    total = sum((share for share in shares.values() if share is not None), Fraction(0))
    if total > 100:  # noqa: PLR2004 - percent of the whole
        return _Company({}, Fraction(100), (NOBODY, OUTSIDER))
    unknown = [owner for owner, share in shares.items() if share is None]
    outsiders = [] if known.state == "closed" else [OUTSIDER]
    return _Company(shares, 100 - total, (NOBODY, *unknown, *outsiders))


def _owned(
    companies: Mapping[str, _Company],
    rest_of: Mapping[str, str],
    counting: set[str],
    atom: OwnedBy,
) -> set[str]:
    """Return the companies that counting owners own together, through others too."""
    owned: set[str] = set()
    while True:
        owners = counting | owned | {OUTSIDER}
        held = {
            name: sum(
                (share for owner, share in one.shares.items() if share and owner in owners),
                one.rest if rest_of[name] in owners else Fraction(0),
            )
            for name, one in companies.items()
        }
        wanted = Fraction(atom.share)
        found = {
            name
            for name, amount in held.items()
            if amount > wanted or (amount == wanted and not atom.beyond)
        }
        if found == owned:
            return owned
        owned = found


def _listed(who: Predicate, word: str) -> frozenset[str]:
    branches = [item for item in (who.person, who.organisation) if item is not None]
    cells = frozenset[tuple[str, tuple[str, ...]]]().union(*map(lists_in, branches))
    return frozenset(name for operator, parts in cells if operator == word for name in parts[2:])


def _link(subject: Subject) -> Link:
    return Link("organisation", subject.kind, subject.id, subject.facts, None, subject.related)


def _counted_out(choices: Iterable[Sequence[Choice]]) -> Iterator[tuple[Choice, ...]]:
    """Yield every choice of one from each, within a budget."""
    ways = list(choices)
    cases = prod(map(len, ways))
    if cases > MOST_CASES:
        raise Failed(
            f"these facts leave {cases} cases and the literal meaning counts out {MOST_CASES}; "
            "ask the compiled one"
        )
    return product(*ways)
