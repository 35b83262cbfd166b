"""Expressions of order files and definitions, read into closed predicates.

1. A mapping holds one operator of `OPERATORS`, and beside it only the keys that it takes.
2. An atom for another kind of subject is a fault; in an exception's `who` it is false instead, and
   may not stand under `not`.
3. A threshold names every value from it up to the greatest there is, so that who is over 21 is over
   18. What each operator means stands in docs/language.md.
4. What is asked of an owner, a parent or an employer is asked of them alone, not whom the request
   acts for; of an owner or a parent nor in turn by whom they are owned.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from writ.law.countries import countries
from writ.law.document import Node, quoted
from writ.law.named import read_group
from writ.law.reading import Fields, Keys, Reader, nearest
from writ.law.scope import Scope
from writ.law.values import PROTECTIONS, read_class, read_share
from writ.model.expression import (
    WILD,
    AllOf,
    AnyOf,
    EmployedBy,
    Expression,
    Given,
    Group,
    HeldAt,
    Listed,
    MostRecent,
    Never,
    Not,
    OwnedBy,
    ParentIs,
    Pattern,
    Predicate,
)
from writ.model.vocabulary import EMPLOYED, VOCABULARY, Kind

ANY_STATE = "any"
OLDEST = 150
HIGHEST_LEVEL = 4
OWNED_KEYS = Keys(required=("who",), optional=("share", "more_than"))
WHO_KEYS = Keys(optional=("person", "organisation"))
NOT_OF_OTHERS = ("acting_for", "employed_by", "owned_by", "ultimate_parent_is")
NOT_OF_EMPLOYERS = ("acting_for",)
PROTECTED_KEYS = Keys(required=("by", "status"))


@dataclass(frozen=True, slots=True)
class Operator:
    """One word of the language; `kinds` are those it may be asked of."""

    word: str
    attribute: str
    kinds: frozenset[Kind]
    read: "Callable[[Operator, Scope, Mapping[str, Node]], Expression]"
    beside: tuple[str, ...] = ()

    def listed(self, patterns: frozenset[Pattern], group: Group | None = None) -> Listed:
        """Return the atom of this operator over some patterns."""
        return Listed(self.word, self.attribute, patterns, group)


def read_expression(scope: Scope, node: Node) -> Expression:
    """Read one expression for one kind of subject; where there is a fault, something false."""
    entries = scope.reader.mapping(node)
    words = [word for word in entries if word in OPERATORS]
    if len(words) != 1:
        if isinstance(node.value, Mapping):
            scope.reader.fault(node, _no_operator(list(entries), words))
        return Never("")
    operator = OPERATORS[words[0]]
    for key, entry in entries.items():
        if key != operator.word and key not in operator.beside:
            hint = nearest(key, operator.beside)
            scope.reader.fault(
                entry.key, f"unknown key {quoted(key)} beside {quoted(words[0])}{hint}"
            )
    if scope.within and operator.word in _not_within(scope.within):
        scope.reader.fault(node, _not_of_others(operator.word, scope.within))
        return Never(operator.word)
    if scope.kind not in operator.kinds:
        _wrong_kind(scope, node, operator)
        if not scope.lenient:
            return Never(operator.word)
    read = operator.read(operator, scope, {key: entry.node for key, entry in entries.items()})
    return read if scope.kind in operator.kinds else Never(operator.word)


def _not_within(within: str) -> tuple[str, ...]:
    """Return what cannot be asked within an operator (rule 4)."""
    return NOT_OF_EMPLOYERS if within == "employed_by" else NOT_OF_OTHERS


def _not_of_others(word: str, within: str) -> str:
    message = f"{quoted(word)} cannot be asked within {quoted(within)}"
    if word == within == "owned_by":
        return f"{message}; owners who are owned to the same share count by themselves"
    if word == "owned_by":
        return f"{message}; ask it beside, or list the parents meant and use `ultimate_parent_in`"
    return message


def _no_operator(keys: list[str], words: list[str]) -> str:
    if words:
        return f"{' and '.join(map(quoted, words))} stand together; join them by `any` or `all`"
    if keys:
        return f"unknown operator {quoted(keys[0])}{nearest(keys[0], OPERATORS)}"
    return "an expression needs an operator such as `citizen_of`"


def _wrong_kind(scope: Scope, node: Node, operator: Operator) -> None:
    who = "a person" if scope.kind == "person" else "an organisation"
    if not scope.lenient:
        scope.reader.fault(node, f"{quoted(operator.word)} cannot be asked of {who}")
    elif scope.negated:
        scope.reader.fault(
            node, f"{quoted(operator.word)} is false of {who}, so it may not stand under `not`"
        )


def _joined(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    items = tuple(read_expression(scope, item) for item in scope.reader.some(nodes[operator.word]))
    if not items:
        return Never("")
    return AnyOf(items) if operator.word == "any" else AllOf(items)


def _not(_: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    return Not(read_expression(replace(scope, negated=True), nodes["not"]))


def _nationality(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Listed:
    codes = scope.countries(nodes[operator.word])
    classes = [WILD]
    if "class" in nodes:
        classes = [read_class(scope.reader, item) for item in scope.reader.some(nodes["class"])]
    return operator.listed(frozenset((code, name) for code in codes for name in classes))


def _held(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    """Read a nationality, at the instant of judging or at another."""
    listed, node = _nationality(operator, scope, nodes), nodes.get("held_at")
    at = scope.reader.instant(node)
    if node is not None and at is not None and scope.effective is not None and at > scope.effective:
        scope.reader.fault(node, "`held_at` is after `effective`; nobody can know yet")
    return listed if node is None else HeldAt(listed, at or 0)


def _place(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    """A country's name is that of every part of it, told or not."""
    places = scope.places(nodes[operator.word])
    return operator.listed(frozenset((code, region or WILD) for code, region in places))


def _protection(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    fields = scope.reader.fields(nodes[operator.word], PROTECTED_KEYS)
    statuses = [
        scope.reader.choice(item, PROTECTIONS) for item in scope.reader.some(fields["status"])
    ]
    by = fields["by"]
    codes: tuple[str, ...] = (WILD,)
    if by is None or by.value != ANY_STATE:
        codes = scope.countries(by)
    return operator.listed(frozenset((status, code) for status in statuses for code in codes))


def _ever(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    now = _nationality(operator, scope, nodes)
    return AnyOf((now, replace(now, attribute="former_citizenships")))


def _only(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    """Read a nationality of one of these countries, and of no other that there is."""
    named = frozenset(scope.countries(nodes[operator.word]))
    others = frozenset(countries()) - named
    within, beyond = (
        operator.listed(frozenset((code, WILD) for code in codes)) for codes in (named, others)
    )
    return AllOf((within, Not(beyond)))


def _stateless(_: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    if nodes["stateless"].value is not True:
        scope.reader.fault(
            nodes["stateless"], "`stateless` takes `true`; write `not` for its contrary"
        )
    return Not(Listed("citizen_of", "citizenships", frozenset({(WILD, WILD)})))


def _names(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    items = scope.reader.some(nodes[operator.word])
    return operator.listed(frozenset((scope.reader.identifier(item),) for item in items))


def _threshold(greatest: int) -> Callable[..., Expression]:
    def read(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
        node = nodes[operator.word]
        least = scope.reader.whole(node)
        if least > greatest:
            scope.reader.fault(node, f"`{least}` is out of range; the greatest is {greatest}")
        return operator.listed(frozenset((str(value),) for value in range(least, greatest + 1)))

    return read


def _parent(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    group = read_group(scope, nodes, operator.word, or_subject=True)
    return operator.listed(frozenset((member,) for member in group.members), group)


def _employment(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    group = read_group(scope, nodes, operator.word, or_subject=True)
    patterns = frozenset((member, name) for member in group.members for name in EMPLOYED)
    return operator.listed(patterns, group)


def _most_recent(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    return MostRecent(frozenset(scope.countries(nodes[operator.word])))


def _parent_is(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    other = scope.of_other("organisation", operator.word)
    return ParentIs(read_expression(other, nodes[operator.word]))


def _employed_by(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    other = scope.of_other("organisation", operator.word)
    return EmployedBy(read_expression(other, nodes[operator.word]))


def _owned_by(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    reader = scope.reader
    fields = reader.fields(nodes[operator.word], OWNED_KEYS)
    share, beyond = _threshold_share(reader, nodes[operator.word], fields)
    who = reader.fields(fields["who"], WHO_KEYS)
    branches = {
        kind: read_expression(scope.of_other(kind, operator.word), branch)
        for kind in sorted(_BOTH)
        if (branch := who[kind]) is not None
    }
    if fields["who"] is not None and not branches:
        reader.fault(
            fields["who"], "say which owners count, under `person`, `organisation` or both"
        )
    return OwnedBy(share, Predicate(branches.get("person"), branches.get("organisation")), beyond)


def _threshold_share(reader: Reader, node: Node, fields: Fields) -> tuple[str, bool]:
    """Read `share` (so much or more) or `more_than`."""
    least, beyond = fields["share"], fields["more_than"]
    if ("share" in fields) == ("more_than" in fields):
        if isinstance(node.value, Mapping):
            reader.fault(node, "write `share` (so much or more) or `more_than`, and not both")
        return "", False
    share = read_share(reader, least or beyond)
    if least is not None and share == "0":
        reader.fault(least, "everybody owns `0` or more; write a share above it, or `more_than`")
    if beyond is not None and share == "100":
        reader.fault(beyond, "nobody owns more than `100`; write a share below it")
    return share, beyond is not None


def _acting(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
    return Given("acting_for", read_group(scope, nodes, operator.word, or_subject=True))


def _member_of(word: Literal["organisation_in", "person_in"]) -> Callable[..., Expression]:
    def read(operator: Operator, scope: Scope, nodes: Mapping[str, Node]) -> Expression:
        return Given(word, read_group(scope, nodes, operator.word, or_subject=False))

    return read


_PERSON = frozenset[Kind]({"person"})
_ORGANISATION = frozenset[Kind]({"organisation"})
_BOTH = _PERSON | _ORGANISATION


def _asks(word: str, attribute: str, read: Callable[..., Expression], *beside: str) -> Operator:
    return Operator(word, attribute, VOCABULARY[attribute].kinds, read, beside)


OPERATORS: Mapping[str, Operator] = {
    operator.word: operator
    for operator in (
        Operator("any", "", _BOTH, _joined),
        Operator("all", "", _BOTH, _joined),
        Operator("not", "", _BOTH, _not),
        _asks("citizen_of", "citizenships", _held, "class", "held_at"),
        _asks("national_of", "citizenships", _held, "class", "held_at"),
        _asks("formerly_citizen_of", "former_citizenships", _nationality, "class"),
        _asks("ever_citizen_of", "citizenships", _ever, "class"),
        _asks("citizen_only_of", "citizenships", _only),
        _asks("stateless", "citizenships", _stateless),
        _asks("most_recent_of", "citizenships", _most_recent),
        _asks("permanent_resident_of", "permanent_residences", _nationality),
        _asks("protected_by", "protection", _protection),
        _asks("resident_in", "residence", _place),
        _asks("ordinarily_resident_in", "ordinarily_resident", _place),
        _asks("located_in", "location", _place),
        _asks("incorporated_in", "incorporated_in", _place),
        _asks("organised_in", "organised_in", _place),
        _asks("headquartered_in", "headquarters", _place),
        _asks("ultimate_parent_in", "ultimate_parent", _parent, "subsidiaries"),
        _asks("ultimate_parent_is", "ultimate_parent", _parent_is),
        _asks("owned_by", "owners", _owned_by),
        _asks("government_of", "government_of", _place),
        _asks("holds_licence", "licences", _names),
        _asks("licensed_as", "professional_licences", _names),
        _asks("member_of", "programmes", _names),
        _asks("age_over", "age_over", _threshold(OLDEST)),
        _asks("identity_level", "identity_level", _threshold(HIGHEST_LEVEL)),
        _asks("employee_of", "employer", _employment, "subsidiaries"),
        _asks("employed_by", "employer", _employed_by),
        Operator("acting_for", "", _BOTH, _acting, ("subsidiaries",)),
        Operator(
            "organisation_in",
            "",
            _ORGANISATION,
            _member_of("organisation_in"),
            ("subsidiaries",),
        ),
        Operator("person_in", "", _PERSON, _member_of("person_in")),
    )
}
"""The language; a word is added by a row here and in the order schema."""
