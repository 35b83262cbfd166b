"""The provider's own orders: programmes, which admit people, and mitigations, which pass.

1. Neither may ask for nationality, residence or origin, whatever names a country, unless it has a
   `mandate`: an outside authority's authenticated instrument.
2. A mitigation restricts one capability by one rule, ends by itself, and lasts `LONGEST` at most.
3. A programme says who admits, on which evidence, and who reviews that how often; some rule or
   exception asks for membership of it.
4. Neither has licences: those are an authority's.
"""

from collections.abc import Iterator, Mapping, Sequence

from writ.clock import DAY, Instant, format_duration
from writ.law.authority import MANDATE_KEYS, read_authority
from writ.law.document import Node, Place, quoted
from writ.law.expressions import OPERATORS
from writ.law.reading import Fields, Keys, Reader
from writ.model.expression import (
    AllOf,
    AnyOf,
    EmployedBy,
    Expression,
    HeldAt,
    Listed,
    MostRecent,
    Not,
    OwnedBy,
    ParentIs,
    Predicate,
)
from writ.model.order import Exemption, OrderKind, Rule
from writ.model.vocabulary import VOCABULARY, Shape

OWN: frozenset[OrderKind] = frozenset({"programme", "mitigation"})
LONGEST = 30 * DAY
PROGRAMME_KEYS = Keys(required=("name", "admits", "evidence", "review"))
REVIEW_KEYS = Keys(required=("every", "by"))
ORIGIN = frozenset(
    name
    for name, item in VOCABULARY.items()
    if item.shape in (Shape.COUNTRY, Shape.PLACE, Shape.PROTECTION)
)
"""Attributes whose values name a country."""
_PREDICATES = ("only", "bar", "who", "unless")


def check_own(
    reader: Reader,
    node: Node,
    fields: Fields,
    kind: OrderKind,
    read: tuple[Sequence[Rule], Sequence[Exemption]],
) -> None:
    """Read what only the provider's own orders have, and hold them to their limits."""
    rules, exemptions = read
    for key, kinds in (("mandate", OWN), ("programme", {"programme"})):
        if key in fields and kind not in kinds:
            reader.fault(fields.key(key), f"an order of the kind {quoted(kind)} has no `{key}`")
    if fields["mandate"] is not None:
        read_authority(reader, fields["mandate"], None, MANDATE_KEYS)
    if kind not in OWN:
        return
    if "licences" in fields:
        reader.fault(fields.key("licences"), f"a {kind} has no licences; an authority gives those")
    if fields["mandate"] is None:
        _no_origin(reader, fields, rules, exemptions)
    if kind == "programme":
        _programme(reader, node, fields, (*_predicates(rules), *_excepted(exemptions)))


def check_mitigation(
    reader: Reader, node: Node, fields: Fields, rules: Sequence[Rule], effective: Instant | None
) -> None:
    """Rule 2."""
    last = fields["until"]
    until = None if last is None else reader.instant(last)
    if last is None:
        reader.fault(node, "a mitigation has an `until`: it ends by itself")
    elif until is not None and effective is not None and until - effective > LONGEST:
        reader.fault(last, f"a mitigation lasts {format_duration(LONGEST)} at most")
    if len(rules) > 1:
        at = fields["rules"] or node
        reader.fault(at, "a mitigation has one rule: one capability, one class of account")
    for rule, item in zip(rules, reader.items(fields["rules"]), strict=True):
        if len(rule.capabilities) != 1:
            reader.fault(item, "a mitigation names one capability: write `capabilities: [ONE]`")


def _programme(reader: Reader, node: Node, fields: Fields, predicates: Sequence[Predicate]) -> None:
    """Rule 3."""
    told = fields["programme"]
    if told is None:
        reader.fault(node, "a programme needs `programme`: who admits, on which evidence")
        return
    programme = reader.fields(told, PROGRAMME_KEYS)
    name = reader.identifier(programme["name"])
    reader.text(programme["admits"])
    for item in reader.some(programme["evidence"]):
        reader.text(item)
    review = reader.fields(programme["review"], REVIEW_KEYS)
    reader.duration(review["every"])
    reader.text(review["by"])
    branches = [side for item in predicates for side in (item.person, item.organisation)]
    if name and not any((name,) in atom.patterns for atom in _members(branches)):
        at = programme["name"] or told
        reader.fault(at, f"no rule or exception asks for members of {quoted(name)}")


def _members(expressions: Sequence[Expression | None]) -> Iterator[Listed]:
    found = (atom for item in expressions for atom in _listed(item))
    return (atom for atom in found if atom.operator == "member_of")


def _predicates(rules: Sequence[Rule]) -> Iterator[Predicate]:
    return (rule.predicate for rule in rules)


def _excepted(exemptions: Sequence[Exemption]) -> Iterator[Predicate]:
    return (predicate for item in exemptions for predicate in _whom(item))


def _whom(item: Exemption) -> tuple[Predicate, ...]:
    return (item.who,) if item.unless is None else (item.who, item.unless)


def _no_origin(
    reader: Reader, fields: Fields, rules: Sequence[Rule], exemptions: Sequence[Exemption]
) -> None:
    """Rule 1, at each word that asks, or at the definition that does."""
    written = (*reader.items(fields["rules"]), *reader.items(fields["exceptions"]))
    told: list[tuple[Predicate, ...]] = [(rule.predicate,) for rule in rules]
    told += [_whom(item) for item in exemptions]
    for predicates, item in zip(told, written, strict=True):
        entries = item.value if isinstance(item.value, Mapping) else {}
        asked = {name for predicate in predicates for name in origin_asked(predicate)}
        if not asked:
            continue
        nodes = [entries[key].node for key in _PREDICATES if key in entries]
        words = [found for each in nodes for found in _words(each)]
        for place, word in words or [(nodes[0].place, str(nodes[0].value))]:
            reader.fault(
                place,
                f"{quoted(word)} asks for {', '.join(map(quoted, sorted(asked)))}, which the"
                " provider's own order may not without a `mandate`",
            )


def origin_asked(predicate: Predicate) -> set[str]:
    """Return the attributes of nationality, residence or origin that a predicate asks for."""
    found: set[str] = set()
    for side in (predicate.person, predicate.organisation):
        found |= {atom.attribute for atom in _listed(side) if atom.attribute in ORIGIN}
        found |= {"citizenships"} if _of_nationality(side) else set()
    return found


def _listed(expression: Expression | None) -> Iterator[Listed]:
    for item in _parts(expression):
        if isinstance(item, Listed):
            yield item


def _of_nationality(expression: Expression | None) -> bool:
    return any(isinstance(item, MostRecent | HeldAt) for item in _parts(expression))


def _parts(expression: Expression | None) -> Iterator[Expression]:
    """Yield every atom, those asked of owners and parents too."""
    match expression:
        case None:
            return
        case AnyOf(items=items) | AllOf(items=items):
            for item in items:
                yield from _parts(item)
        case Not(item=item) | ParentIs(who=item) | EmployedBy(who=item):
            yield from _parts(item)
        case OwnedBy(who=who):
            yield from _parts(who.person)
            yield from _parts(who.organisation)
        case _:
            yield expression


def _words(node: Node) -> Iterator[tuple[Place, str]]:
    """Yield the operators below a node that ask for origin, where they stand."""
    if isinstance(node.value, tuple):
        for item in node.value:
            yield from _words(item)
    elif isinstance(node.value, Mapping):
        for key, entry in node.value.items():
            operator = OPERATORS.get(key)
            if operator is not None and operator.attribute in ORIGIN:
                yield entry.key, key
            else:
                yield from _words(entry.node)
