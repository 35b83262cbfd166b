"""Whether an expression, a rule or an exception holds for one link in one world.

1. An atom about values holds where the world says yes to a cell that it names, a derived one where
   the world says yes to it.
2. What is given needs no world: `acting_for` asks about the chain's organisation and is about
   people, `organisation_in` and `person_in` ask about the link's own id; of another kind of
   subject each is false. Whether somebody without an id is on a list is up to the world.
3. `only P` is satisfied where P holds, `bar Q` where Q does not; a predicate without a branch
   for the link's kind is false.
4. An exception holds where `who` is true and `unless` is false.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from writ.law.literal.worlds import World, list_cell
from writ.model.decision import LinkName
from writ.model.expression import (
    AllOf,
    AnyOf,
    EmployedBy,
    Expression,
    Given,
    HeldAt,
    Listed,
    MostRecent,
    Never,
    OwnedBy,
    ParentIs,
    Predicate,
)
from writ.model.order import Exemption, Rule
from writ.model.subject import Fact, Subject
from writ.model.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Link:
    """One subject of a chain as rules see it; `id` is None for somebody nobody named.

    `acting_for` is the id of the chain's organisation.
    """

    name: LinkName
    kind: Kind
    id: str | None = None
    facts: tuple[Fact, ...] = ()
    acting_for: str | None = None
    related: Mapping[str, Subject] = field(default_factory=dict)


def true_in(expression: Expression, link: Link, world: World) -> bool:
    """Whether the expression is true for the link in the world (rules 1 and 2)."""
    match expression:
        case Listed():
            return any(
                isinstance(cell, tuple)
                and cell[0] == expression.attribute
                and expression.names(cell[1])
                for cell in world
            )
        case MostRecent() | HeldAt() | OwnedBy() | ParentIs() | EmployedBy():
            return expression in world
        case Given():
            return _given(expression, link, world)
        case Never():
            return False
        case AnyOf(items):
            return any(true_in(item, link, world) for item in items)
        case AllOf(items):
            return all(true_in(item, link, world) for item in items)
        case _:
            return not true_in(expression.item, link, world)


def branch(predicate: Predicate, link: Link) -> Expression:
    """Return the predicate's expression for the link's kind; without one it is never true."""
    of_kind = predicate.person if link.kind == "person" else predicate.organisation
    return Never("no branch") if of_kind is None else of_kind


def predicate_satisfied(rule: Rule, link: Link, world: World) -> bool:
    """Whether the rule's own sense is met, exceptions apart (rule 3)."""
    holds = true_in(branch(rule.predicate, link), link, world)
    return holds if rule.sense == "only" else not holds


def exempted(exemption: Exemption, link: Link, world: World) -> bool:
    """Whether the exception holds for the link in the world (rule 4)."""
    if not true_in(branch(exemption.who, link), link, world):
        return False
    unless = exemption.unless
    return unless is None or not true_in(branch(unless, link), link, world)


def _given(atom: Given, link: Link, world: World) -> bool:
    if atom.operator == "acting_for":
        return link.kind == "person" and link.acting_for in atom.group.members
    kind = "organisation" if atom.operator == "organisation_in" else "person"
    if link.kind == kind and link.id is None:
        return list_cell(atom) in world
    return link.kind == kind and link.id in atom.group.members
