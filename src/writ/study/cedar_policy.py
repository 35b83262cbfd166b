"""Cedar policies that permit exactly where orders do: one `permit` per model, and no `forbid`.

1. Cedar skips a policy that errs, so an attribute that is missing opens a `forbid` and closes a
   `permit`. Here whatever is missing refuses.
2. A chain is permitted if every rule is clear of every link (docs/meaning.md §6); a person whom the
   chain does not name is judged by the rules whose standing asks for it (§5.5).
3. Clear is: satisfied in every world. The opposite is written as its ways to come about, sets of atoms
   that are true and atoms that are not. Cells are independent, so a way is impossible if a cell
   shown is against it, or an atom that it needs has no cell left: exact, not an approximation.
4. What cannot be said so is not said: a model with a rule that permits at somebody's risk, with a
   derived atom or with too many ways has no policy, and is refused to everybody.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import TypeAlias

from writ.clock import Instant
from writ.errors import Refused
from writ.model.catalogue import Deployment
from writ.model.expression import (
    AllOf,
    AnyOf,
    Expression,
    Given,
    Listed,
    Never,
    Not,
    Predicate,
)
from writ.model.order import ActiveRule, Evidence, Exemption, Lawbook
from writ.model.outcome import Outcome
from writ.model.vocabulary import Kind
from writ.study.cedar_known import LISTS, Cells, Level, cells_of, key

Atom: TypeAlias = Listed | Given
Way: TypeAlias = tuple[frozenset[Atom], frozenset[Atom]]
"""Atoms that are true, and atoms that are not."""

MOST_WAYS = 1024
CERTIFIED = "users_certified"
_BRANCHES: tuple[Kind, Kind] = ("person", "organisation")


@dataclass(frozen=True)
class Policies:
    """`text` by model, why others have none, and the cells that the text looks into."""

    text: dict[str, str]
    refused: dict[str, str]
    cells: Cells


def policies(book: Lawbook, at: Instant, deployment: Deployment | None = None) -> Policies:
    """Write the policies of every model at an instant, where it is served at a deployment."""
    held = {hold.model for hold in book.holds_at(at)}
    refused = dict.fromkeys(held, "it is under a hold")
    asked: dict[str, list[ActiveRule]] = {}
    for model in sorted(book.catalogue.models.keys() - held):
        rules = [
            _about(active, model)
            for active in book.rules_at(at)
            if model in active.rule.models and active.rule.covers(deployment)
        ]
        try:
            for active in rules:
                _sayable(active)
        except Refused as error:
            refused[model] = str(error)
        else:
            asked[model] = rules
    every = [active for rules in asked.values() for active in rules]
    cells = cells_of(
        (atom for active in every for atom in _atoms_of(active)),
        (level for active in every for level in _levels(active)),
    )
    text = {model: _Model(cells, rules).policy(model) for model, rules in asked.items()}
    return Policies(text, dict(sorted(refused.items())), cells)


@dataclass(frozen=True)
class _Model:
    cells: Cells
    rules: list[ActiveRule]

    def policy(self, model: str) -> str:
        """Return the permit of a model (rule 2)."""
        person = self._clear("principal", "person")
        organisation = self._clear("principal", "organisation")
        unnamed = self._unnamed()
        return f"""\
permit(principal, action == Writ::Action::"use", resource in Writ::Model::{quoted(model)})
when {{
  (principal.kind == "service"
   || (principal.kind == "person" && {person})
   || (principal.kind == "organisation" && {organisation}))
}}
when {{
  if context has organisation
  then context.organisation.kind == "organisation" && {self._clear("context.organisation", "organisation")}
  else (principal.kind != "service" || {self._clear('Writ::Unnamed::"organisation"', "organisation")})
}}
when {{
  if context has end_user
  then context.end_user.kind == "person" && {self._clear("context.end_user", "person")}
  else (principal.kind == "person" || {unnamed})
}};
"""

    def _clear(self, link: str, kind: Kind) -> str:
        return _all(self._rule(active, link, kind) for active in self.rules)

    def _unnamed(self) -> str:
        link = 'Writ::Unnamed::"person"'
        terms = []
        for active in self.rules:
            if active.rule.standing == "organisation":
                continue
            certificate = certificate_of(active)
            clear = self._rule(active, link, "person")
            if certificate is not None:
                lent = self._shown(certificate, link, _serving(active.rule.evidence))
                clear = _any((lent, clear))
            terms.append(clear)
        return _all(terms)

    def _rule(self, active: ActiveRule, link: str, kind: Kind) -> str:
        """Return that a rule is clear of a link (§6.1)."""
        rule = active.rule
        own = [item for item in active.exemptions if item.evidence is not None]
        terms = [
            self._certain(_exempt(item, kind), link, _serving(item.evidence or rule.evidence))
            for item in own
        ]
        terms.append(self._certain(_whole(active, kind), link, _serving(rule.evidence)))
        return _any(terms)

    def _certain(self, expression: Expression, link: str, level: Level) -> str:
        """Return that an expression is true in every world (rule 3)."""
        ways = _ways(expression, wanted=False)
        return _all(self._impossible(way, link, level) for way in ways)

    def _impossible(self, way: Way, link: str, level: Level) -> str:
        true, untrue = way
        terms = [self._shown(atom, link, level) for atom in sorted(untrue, key=repr)]
        for atom in sorted(true, key=repr):
            if _acting(atom):
                terms.append(f"!{self._shown(atom, link, level)}")
                continue
            against = (self.cells.of(other) for other in untrue if _field(other) == _field(atom))
            left = self.cells.of(atom).difference(*against)
            may_be = f"{link}.known.{_name(atom, level)}.maybe.containsAny({_set(left)})"
            terms.append(f"!{may_be}" if left else "true")
        return _any(terms)

    def _shown(self, atom: Atom, link: str, level: Level) -> str:
        """Return that an atom is true whatever else is; some are about the chain's organisation."""
        cells = self.cells.of(atom)
        if not cells:
            return "false"  # a list that names nobody
        text = f"known.{_name(atom, level)}.yes.containsAny({_set(cells)})"
        if not _acting(atom) and _field(atom) != CERTIFIED:
            return f"{link}.{text}"
        return (
            f"(if context has organisation then context.organisation.{text}"
            f' else principal.kind == "organisation" && principal.{text})'
        )


def quoted(text: str) -> str:
    """Write a string as Cedar has it."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def certificate_of(active: ActiveRule) -> Listed | None:
    """Return what an organisation shows for its unnamed users, where the rule takes that."""
    rule = active.rule
    if rule.standing != "certified_organisation" or rule.sense != "only":
        return None
    name = rule.predicate.name
    if name is None:
        return None
    return Listed(CERTIFIED, CERTIFIED, frozenset({(name,)}))


def _escaped(char: str) -> str:
    return char if char.isalnum() or char in " -_.:/@" else f"\\u{{{ord(char):x}}}"


def _set(cells: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{cell}"' for cell in sorted(cells, key=int)) + "]"


def _all(terms: Iterable[str]) -> str:
    found = list(dict.fromkeys(terms))
    if "false" in found:
        return "false"
    found = [term for term in found if term != "true"]
    return _joined(found, " && ") if found else "true"


def _any(terms: Iterable[str]) -> str:
    found = list(dict.fromkeys(terms))
    if "true" in found:
        return "true"
    found = [term for term in found if term != "false"]
    return _joined(found, " || ") if found else "false"


def _joined(terms: list[str], word: str) -> str:
    return terms[0] if len(terms) == 1 else f"({word.join(terms)})"


def _acting(atom: Atom) -> bool:
    return isinstance(atom, Given) and atom.operator == "acting_for"


def _field(atom: Atom) -> str:
    return LISTS if isinstance(atom, Given) else atom.attribute


def _name(atom: Atom, level: Level) -> str:
    return LISTS if isinstance(atom, Given) else key(atom.attribute, level)


def _serving(evidence: Evidence) -> Level:
    return evidence.to_serve, evidence.max_age


def _levels(active: ActiveRule) -> Iterator[Level]:
    yield _serving(active.rule.evidence)
    for item in active.exemptions:
        if item.evidence is not None:
            yield _serving(item.evidence)


def _branch(predicate: Predicate, kind: Kind) -> Expression:
    of_kind = predicate.person if kind == "person" else predicate.organisation
    return Never("no branch") if of_kind is None else of_kind


def _exempt(item: Exemption, kind: Kind) -> Expression:
    who = _branch(item.who, kind)
    return who if item.unless is None else AllOf((who, Not(_branch(item.unless, kind))))


def _whole(active: ActiveRule, kind: Kind) -> Expression:
    """Return the rule's own sense, or an exception judged in the same world."""
    asked = _branch(active.rule.predicate, kind)
    sense = asked if active.rule.sense == "only" else Not(asked)
    shared = [_exempt(item, kind) for item in active.exemptions if item.evidence is None]
    return AnyOf((sense, *shared))


def _about(active: ActiveRule, model: str) -> ActiveRule:
    """Return the rule with the exceptions that speak of the model."""
    about = tuple(item for item in active.exemptions if model in item.models)
    return replace(active, exemptions=about)


def _sayable(active: ActiveRule) -> None:
    """Refuse a rule that cannot be said here (rule 4)."""
    name = f"`{active.version.order}`, rule `{active.rule.id}`"
    if active.rule.undetermined.outcome == Outcome.PERMIT:
        raise Refused(f"{name} permits where it is open, at somebody's risk")
    for expression in _expressions(active):
        try:
            _ways(expression, wanted=False)
        except Refused as error:
            raise Refused(f"{name} {error}") from None


def _expressions(active: ActiveRule) -> Iterator[Expression]:
    """Yield everything that must be certain somewhere."""
    for kind in _BRANCHES:
        yield _whole(active, kind)
        for item in active.exemptions:
            if item.evidence is not None:
                yield _exempt(item, kind)


def _atoms_of(active: ActiveRule) -> Iterator[Atom]:
    certificate = certificate_of(active)
    if certificate is not None:
        yield certificate
    for expression in _expressions(active):
        yield from _atoms(expression)


def _atoms(expression: Expression) -> Iterator[Atom]:
    match expression:
        case AnyOf(items) | AllOf(items):
            for item in items:
                yield from _atoms(item)
        case Not(item):
            yield from _atoms(item)
        case Listed() | Given():
            yield expression
        case _:
            pass


def _ways(expression: Expression, *, wanted: bool) -> list[Way]:
    """Return every way in which an expression is true (or is not)."""
    match expression:
        case Never():
            return [] if wanted else [(frozenset(), frozenset())]
        case Not(item):
            return _ways(item, wanted=not wanted)
        case AnyOf(items) | AllOf(items):
            parts = [_ways(item, wanted=wanted) for item in items]
            if isinstance(expression, AnyOf) == wanted:
                return _distinct(way for part in parts for way in part)
            return reduce(_both, parts)
        case Listed() | Given():
            one, none = frozenset[Atom]({expression}), frozenset[Atom]()
            return [(one, none) if wanted else (none, one)]
        case _:
            raise Refused("asks what facts of several come to together")


def _both(ways: list[Way], others: list[Way]) -> list[Way]:
    found = ((way[0] | other[0], way[1] | other[1]) for way in ways for other in others)
    return _distinct(found)


def _distinct(ways: Iterable[Way]) -> list[Way]:
    found: dict[Way, None] = {}
    for way in ways:
        if not way[0] & way[1]:
            found[way] = None
        if len(found) > MOST_WAYS:
            raise Refused(f"can fail in more than {MOST_WAYS} ways")
    return list(found)
