"""`rules_digest`: one hash of what the rules in force do, and of nothing else.

Covered: order id, rule id, models, predicate with its definition's digest, standing, evidence,
barred, undetermined, in_flight, `where`, exceptions, annex digests, holds. Left out: dates, versions,
clauses, notices, titles; so withdrawing an order gives back the digest of the others exactly.
"""

from writ.canonical import Begun, Plain, encode
from writ.clock import FOREVER, Instant
from writ.model.expression import (
    WILD,
    AllOf,
    AnyOf,
    Derived,
    EmployedBy,
    Expression,
    Given,
    Group,
    HeldAt,
    Listed,
    MostRecent,
    Not,
    OwnedBy,
    ParentIs,
    Pattern,
    Predicate,
)
from writ.model.order import ActiveRule, Effect, Evidence, Exemption, Lawbook, Where
from writ.model.vocabulary import VOCABULARY, Shape

_BLOCK = 64
"""Rules looked at and hashed together, of thousands."""


class _Block:
    """Rules next to each other, and what they come to until one of them begins or ends."""

    def __init__(self, rules: list[tuple[Instant, Instant, bytes]]) -> None:
        self._rules = rules
        self._since = self._until = -FOREVER
        self.written: list[bytes] = []

    def turn(self, instant: Instant) -> bool:
        """Go to an instant; whether anything may have changed."""
        if self._since <= instant < self._until:
            return False
        edges = {edge for since, until, _ in self._rules for edge in (since, until)}
        self._since = max((edge for edge in edges if edge <= instant), default=-FOREVER)
        self._until = min((edge for edge in edges if edge > instant), default=FOREVER)
        self.written = [rule for since, until, rule in self._rules if since <= instant < until]
        return True


class Digests:
    """The digests of one lawbook; each rule is written once, however many instants are asked.

    From one instant to the next few rules change: hashing goes on from the first block that did.
    Of law that has versions in common with other law, theirs are written once.
    """

    def __init__(self, book: Lawbook, like: "Digests | None" = None) -> None:
        self._book, known = book, {} if like is None else like.written
        self.written: dict[tuple[int, ...], bytes] = {}
        rules: list[tuple[Instant, Instant, bytes]] = []
        for active in book.standing:
            key = (id(active.version), id(active.rule), *map(id, active.exemptions))
            written = self.written[key] = known.get(key) or encode(_rule(active))
            rules += [(*span, written) for span in active.spans]
        self._blocks = [_Block(rules[at : at + _BLOCK]) for at in range(0, len(rules), _BLOCK)]
        self._head = b""
        self._begun: list[tuple[Begun, bytes]] = []

    def at(self, instant: Instant) -> str:
        """Digest of the rules and holds in force at an instant."""
        holds = encode(sorted({hold.model for hold in self._book.holds_at(instant)}))
        head = b'{"holds":' + holds + b',"rules":['
        turned = [place for place, block in enumerate(self._blocks, 1) if block.turn(instant)]
        if head != self._head:
            self._head, self._begun = head, [(Begun(head), b"")]
        elif turned:
            del self._begun[turned[0] :]
        for block in self._blocks[len(self._begun) - 1 :]:
            begun, comma = self._begun[-1]
            if block.written:
                begun, comma = begun.also(comma + b",".join(block.written)), b","
            self._begun.append((begun, comma))
        return self._begun[-1][0].also(b"]}").digest()


def rules_digest(book: Lawbook, at: Instant) -> str:
    """Digest of the rules and holds in force at one instant."""
    return Digests(book).at(at)


def _rule(active: ActiveRule) -> Plain:
    rule = active.rule
    return _covered(rule.where) | {
        "order": active.version.order,
        "rule": rule.id,
        "models": sorted(rule.models),
        rule.sense: predicate_plain(rule.predicate),
        "standing": rule.standing,
        "evidence": _evidence(rule.evidence),
        "barred": _effect(rule.barred),
        "undetermined": _effect(rule.undetermined),
        "drain": rule.in_flight.drain,
        "exceptions": [
            _exemption(item) for item in sorted(active.exemptions, key=lambda item: item.id)
        ],
    }


def _covered(where: Where | None) -> dict[str, Plain]:
    if where is None:
        return {}
    return {"where": {"entities": sorted(where.entities), "regions": sorted(where.regions)}}


def _exemption(item: Exemption) -> Plain:
    return {
        "id": item.id,
        "models": sorted(item.models),
        "who": predicate_plain(item.who),
        "unless": None if item.unless is None else predicate_plain(item.unless),
        "unproven": item.unproven,
        "evidence": None if item.evidence is None else _evidence(item.evidence),
    }


def _evidence(evidence: Evidence) -> Plain:
    return {
        "to_serve": evidence.to_serve,
        "to_bar": evidence.to_bar,
        "max_age": evidence.max_age,
    }


def _effect(effect: Effect) -> Plain:
    return {"outcome": effect.outcome.word, "substitute": effect.substitute}


def predicate_plain(predicate: Predicate) -> Plain:
    """Write a predicate as plain values; groups by name and digest, never by members."""
    return {
        "name": predicate.name,
        "digest": predicate.digest,
        "person": _expression(predicate.person),
        "organisation": _expression(predicate.organisation),
    }


def _expression(expression: Expression | None) -> Plain:
    match expression:
        case Listed():
            return _listed(expression)
        case Given(operator, group):
            return {operator: _group(group)}
        case MostRecent() | HeldAt() | ParentIs() | OwnedBy() | EmployedBy():
            return _derived(expression)
        case AnyOf(items):
            return {"any": [_expression(item) for item in items]}
        case AllOf(items):
            return {"all": [_expression(item) for item in items]}
        case Not(item):
            return {"not": _expression(item)}
        case None:
            return None
        case _:
            return {"never": expression.operator}


def _pattern(attribute: str, parts: Pattern) -> list[str]:
    """Write a pattern; of a place its region, or the country all of which is meant."""
    if VOCABULARY[attribute].shape is Shape.PLACE:
        code, region = parts
        return [code if region == WILD else region]
    return list(parts)


def _listed(atom: Listed) -> Plain:
    if atom.group is not None:
        return {atom.operator: _group(atom.group), "of": atom.attribute}
    named = sorted(_pattern(atom.attribute, parts) for parts in atom.patterns)
    return {atom.operator: named, "of": atom.attribute}


def _derived(atom: Derived) -> Plain:
    match atom:
        case MostRecent(countries):
            return {"most_recent_of": sorted(countries)}
        case HeldAt(held, at):
            return {"held": _listed(held), "at": at}
        case ParentIs(who):
            return {"ultimate_parent_is": _expression(who)}
        case EmployedBy(who):
            return {"employed_by": _expression(who)}
        case _:
            share = "more_than" if atom.beyond else "share"
            return {"owned_by": {share: atom.share, "who": predicate_plain(atom.who)}}


def _group(group: Group) -> Plain:
    if group.digest is not None:
        return {"annex": group.name, "digest": group.digest}
    return {"named": group.name, "subjects": sorted(group.members)}
