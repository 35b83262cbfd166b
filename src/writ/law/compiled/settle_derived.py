"""What a subject, its owners or its parent may show to settle a derived atom.

1. A complete list is offered as what is shown already, alone or with one value more.
2. Of a group its name is offered, and one member tried.
3. An owner or parent shows what is asked of them. Those whom the facts name are asked, nearest
   first and as far as through owners; and `?`, whoever that is, once named as one.
4. Somebody who is not on the books may be a person or an organisation, and is asked as either.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from writ.law.compiled.cells import atoms
from writ.law.compiled.recent import EVER, HELD
from writ.model.expression import (
    Derived,
    EmployedBy,
    Expression,
    Given,
    HeldAt,
    MostRecent,
    OwnedBy,
    ParentIs,
)
from writ.model.subject import Subject
from writ.model.vocabulary import EMPLOYED, Kind

MOST_COUNTRIES = 3
"""So many countries are offered; a long list of them would settle nothing better."""
MOST_OTHERS = 4
"""So many owners or parents are asked; more could hardly settle it together."""
SOMEBODY = "?"
"""An owner or parent whom no fact names yet."""

Parts = tuple[tuple[str, ...], ...]


class Offer(NamedTuple):
    """Values of an attribute to show, a choice of them to try, and whether the list is complete."""

    attribute: str
    shown: Parts
    tried: Parts
    complete: bool


class Asked(NamedTuple):
    """What is asked of an owner or parent; `through` is what they are owned by, if that counts."""

    subject: Subject
    expression: Expression | None
    through: str = ""


def offers(atom: Derived, *, wanted: bool) -> Iterator[Offer]:
    """Yield what of their own may make an atom true (`wanted`) of somebody, or false."""
    match atom:
        case MostRecent(countries):
            named = sorted(countries)[:MOST_COUNTRIES] if wanted else []
            for attribute in HELD:
                yield Offer(attribute, (), (), complete=True)
                for code in named:
                    yield Offer(attribute, ((code, ""),), ((code, ""),), complete=True)
        case HeldAt():
            yield from (Offer(name, (), (), complete=True) for name in EVER if not wanted)
        case ParentIs(who):
            yield from _of_others("ultimate_parent", (who,), (), wanted=wanted)
        case EmployedBy(who):
            yield from _of_others("employer", (who,), (EMPLOYED[0],), wanted=wanted)
        case _:
            branches = (atom.who.organisation, atom.who.person)
            yield from _of_others("owners", branches, (enough(atom),), wanted=wanted)


def naming(atom: Derived) -> Iterator[Offer]:
    """Yield the naming of an owner or parent whom no fact names yet (rule 3)."""
    match atom:
        case ParentIs():
            yield Offer("ultimate_parent", ((SOMEBODY,),), ((SOMEBODY,),), complete=False)
        case EmployedBy():
            named = ((SOMEBODY, EMPLOYED[0]),)
            yield Offer("employer", named, named, complete=False)
        case OwnedBy():
            named = ((SOMEBODY, enough(atom)),)
            yield Offer("owners", named, named, complete=False)
        case _:
            return


def asked_of_others(atom: Derived, subject: Subject, *, wanted: bool) -> Iterator[Asked]:
    """Yield whom an atom asks besides the subject, and what (rules 3 and 4)."""
    match atom:
        case ParentIs(who) | EmployedBy(who):
            attribute = "ultimate_parent" if isinstance(atom, ParentIs) else "employer"
            for name in _reached(subject, attribute, wanted=wanted):
                other = _somebody(subject, name, "organisation")
                if other.kind == "organisation":
                    yield Asked(replace(other, related=subject.related), who)
        case OwnedBy():
            branches: dict[Kind, Expression | None] = {
                "organisation": atom.who.organisation,
                "person": atom.who.person,
            }
            for name in _reached(subject, "owners", wanted=wanted):
                for kind, expression in branches.items():
                    owner = _somebody(subject, name, kind)
                    if owner.kind == kind:
                        through = "owners" if kind == "organisation" else ""
                        yield Asked(owner, expression, through)
        case _:
            return


def enough(atom: OwnedBy) -> str:
    """Return a share that reaches the threshold: of "more than", the next whole percent."""
    return str(int(Decimal(atom.share)) + 1) if atom.beyond else atom.share


def _of_others(
    attribute: str, asked: tuple[Expression | None, ...], rest: tuple[str, ...], *, wanted: bool
) -> Iterator[Offer]:
    if not wanted:
        yield Offer(attribute, (), (), complete=True)
        return
    for atom in (atom for expression in asked for atom in atoms(expression)):
        if isinstance(atom, Given) and atom.group.members:
            shown, tried = (atom.group.name, *rest), (min(atom.group.members), *rest)
            yield Offer(attribute, (shown,), (tried,), complete=False)


def _reached(subject: Subject, attribute: str, *, wanted: bool) -> list[str]:
    """Return whom the facts name as owner or parent, nearest first; then whoever it may be."""
    found = dict.fromkeys(_named(subject, attribute))
    if attribute == "owners":
        for name in list(found):
            found |= dict.fromkeys(_named(_somebody(subject, name, "organisation"), attribute))
    near = list(found)[:MOST_OTHERS]
    return [*near, SOMEBODY] if wanted else near


def _named(subject: Subject, attribute: str) -> list[str]:
    facts = (fact for fact in subject.facts if fact.attribute == attribute)
    return sorted({value.parts[0] for fact in facts for value in fact.values})


def _somebody(subject: Subject, name: str, kind: Kind) -> Subject:
    """Return somebody related, or of this kind and without facts (rule 4)."""
    if name == subject.id:
        return subject
    return subject.related.get(name, Subject(name, kind))
