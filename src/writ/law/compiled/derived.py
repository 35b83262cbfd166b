"""Derived atoms: what facts come to together, yes, no or open, at each question.

1. The ultimate parent, or the employer, answers for itself, by its own facts at the same question;
   an employer also for who owns it, by theirs.
2. Somebody else is asked in all the worlds that their facts leave, and says yes, no or neither.
   Of somebody who is not on the books an id is known and no more, not even the kind, unless a list
   names that id as a person or as an organisation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Protocol

from writ.clock import Instant
from writ.law.compiled.cells import Known, Partitions, atoms
from writ.law.compiled.evidence import Question, combined, knowledge, present
from writ.law.compiled.ownership import UNSEEN, Threshold, held, owned
from writ.law.compiled.recent import EVER, HELD, held_at, most_recent
from writ.law.compiled.solve import Situation, formula, satisfiable, valid
from writ.model.expression import (
    Derived,
    EmployedBy,
    Expression,
    Given,
    HeldAt,
    MostRecent,
    OwnedBy,
    Predicate,
)
from writ.model.subject import NAMING, Subject, followed
from writ.model.vocabulary import EMPLOYED, Kind

NOBODY_ELSE: Mapping[str, Subject] = MappingProxyType({})
_LISTS: dict[Kind, str] = {"organisation": "organisation_in", "person": "person_in"}


class _Atom(Protocol):
    """Answers for one derived atom of subjects of one kind; None is open."""

    kind: Kind
    asked_of_others: frozenset[str]

    def of(self, subject: Subject, question: Question, at: Instant) -> bool | None: ...


class Derivations:
    """The derived atoms of some predicates, each a bit; `asked_of_others` are attributes.

    `follows` are the kinds of subjects whose atoms may rest on the facts of others.
    """

    def __init__(self, wanted: Sequence[Derived]) -> None:
        self._atoms = tuple(map(_atom, wanted))
        self.follows = frozenset(item.kind for item in self._atoms if not isinstance(item, _Own))
        asked = (item.asked_of_others for item in self._atoms)
        self.asked_of_others = frozenset[str]().union(*asked)

    def known(self, subject: Subject, question: Question, at: Instant) -> Known:
        """Return the bits of the atoms that are true, and of those that may be either."""
        yes = free = 0
        for place, item in enumerate(self._atoms):
            answer = item.kind == subject.kind and item.of(subject, question, at)
            yes |= (answer is True) << place
            free |= (answer is None) << place
        return Known(yes, free)


def _atom(wanted: Derived) -> _Atom:
    match wanted:
        case MostRecent() | HeldAt():
            return _Own(wanted)
        case OwnedBy():
            return _Owned(wanted)
        case EmployedBy(who):
            return _OneOf("person", "employer", who)
        case _:
            return _OneOf("organisation", "ultimate_parent", wanted.who)


class _Own:
    """What a person's own facts come to."""

    kind: Kind = "person"
    asked_of_others = frozenset[str]()

    def __init__(self, wanted: MostRecent | HeldAt) -> None:
        self._wanted = wanted

    def of(self, subject: Subject, question: Question, at: Instant) -> bool | None:
        facts = [fact for fact in subject.facts if present(fact, question, at)]
        if isinstance(self._wanted, HeldAt):
            return held_at(facts, self._wanted, at)
        return most_recent(facts, self._wanted.countries, at)


class _OneOf:
    """Whether something is true of one of the organisations that an attribute names (rule 1)."""

    def __init__(self, kind: Kind, attribute: str, who: Expression) -> None:
        self.kind = kind
        self._attribute = attribute
        self._somebody = _Somebody(Predicate(None, who), ("organisation",))
        self.asked_of_others = self._somebody.asked

    def of(self, subject: Subject, question: Question, at: Instant) -> bool | None:
        facts = [
            fact
            for fact in subject.facts
            if fact.attribute == self._attribute and present(fact, question, at)
        ]
        values, closed = combined(facts, at)
        names = {name for name, *relation in values if set(relation) <= set(EMPLOYED)}
        if not names:
            return False if closed else None
        everybody = followed(subject)
        answers = {
            self._somebody.answer(name, everybody.get(name), question, at, everybody)
            for name in names
        }
        if True in answers:
            return True
        return False if closed and None not in answers else None


class _Owned:
    kind: Kind = "organisation"

    def __init__(self, wanted: OwnedBy) -> None:
        self._threshold = Threshold(Decimal(wanted.share), wanted.beyond)
        self._somebody = _Somebody(wanted.who, ("organisation", "person"))
        self.asked_of_others = self._somebody.asked | {"owners"}

    def of(self, subject: Subject, question: Question, at: Instant) -> bool | None:
        everybody = followed(subject)
        holdings = {
            name: held(
                [
                    fact
                    for fact in item.facts
                    if fact.attribute == "owners" and present(fact, question, at)
                ],
                at,
            )
            for name, item in everybody.items()
            if item.kind != "person"
        }
        named = {subject.id}.union(*(item.shares for item in holdings.values()))
        counting = {
            name: self._somebody.answer(name, everybody.get(name), question, at) for name in named
        }
        unseen = {name: UNSEEN for name in named if name not in everybody}
        return owned(subject.id, holdings | unseen, counting, self._threshold)


class _Somebody:
    """A predicate asked of somebody other than the link (rule 2)."""

    def __init__(self, who: Predicate, kinds: tuple[Kind, ...]) -> None:
        self._kinds = kinds
        self._cells = Partitions((who.person, who.organisation))
        self._derivations = Derivations(self._cells.derived)
        self._formulas = {
            "person": formula(who.person, self._cells),
            "organisation": formula(who.organisation, self._cells),
        }
        self._listed = {kind: _listed(who, word) for kind, word in _LISTS.items()}
        own = (*HELD, *EVER, *NAMING) if self._cells.derived else ()
        self.asked = frozenset(self._cells.attributes).union(own, self._derivations.asked_of_others)
        self._unseen: dict[tuple[Kind, int], bool | None] = {}

    def answer(
        self,
        name: str,
        subject: Subject | None,
        question: Question,
        at: Instant,
        everybody: Mapping[str, Subject] = NOBODY_ELSE,
    ) -> bool | None:
        """Return what the predicate comes to of them, among everybody else; None is open."""
        if subject is not None and subject.kind != "service":
            return self._of(replace(subject, related=everybody), question, at)
        as_listed = tuple(kind for kind in self._kinds if name in self._listed[kind])
        kinds = as_listed if len(as_listed) == 1 else self._kinds
        answers = {self._of_unseen(name, kind, question, at) for kind in kinds}
        return answers.pop() if len(answers) == 1 else None

    def _of_unseen(self, name: str, kind: Kind, question: Question, at: Instant) -> bool | None:
        """Ask of an id alone; ids on the same lists are alike, and there may be very many."""
        key = (kind, self._cells.own.of(name))
        if key not in self._unseen:
            self._unseen[key] = self._of(Subject(name, kind), question, at)
        return self._unseen[key]

    def _of(self, subject: Subject, question: Question, at: Instant) -> bool | None:
        world = Situation(
            (
                *knowledge(self._cells, subject, question, at),
                self._derivations.known(subject, question, at),
                Known(self._cells.own.of(subject.id), 0),
            ),
            0,
        )
        wanted = self._formulas[subject.kind]
        if valid(wanted, world):
            return True
        return None if satisfiable((wanted,), world) else False


def _listed(who: Predicate, word: str) -> frozenset[str]:
    """Return the ids that the lists of one word in a predicate name."""
    asked = (atom for item in (who.person, who.organisation) for atom in atoms(item))
    groups = (atom.group for atom in asked if isinstance(atom, Given) and atom.operator == word)
    return frozenset[str]().union(*(group.members for group in groups))
