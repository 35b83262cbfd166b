"""`licences:` of an order file: what its authority has licensed, to whom, for how long.

1. An exception that rests on a licence (`licence: NUMBER`) holds within the licence's dates, for
   its models, and for its holder: the person or organisation itself, and who acts for it. Where
   the licence names persons, organisations or countries, only for those.
2. Its conditions are duties of its holder (`writ.law.conditions`), for people to keep.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from writ.clock import Instant
from writ.law.countries import read_countries
from writ.law.document import Node, quoted
from writ.law.reading import Fields, Keys, Reader, nearest
from writ.model.expression import WILD, AllOf, AnyOf, Expression, Given, Group, Listed, Predicate

LICENCE_KEYS = Keys(
    required=("number", "clauses", "holder", "from"),
    optional=("scope", "conditions", "cites"),
    nullable=("until",),
)
SCOPE_KEYS = Keys(optional=("models", "persons", "organisations", "countries"))


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as read: `person` and `organisation` are what both must be (rule 1)."""

    number: str
    models: frozenset[str]
    person: tuple[Expression, ...]
    organisation: tuple[Expression, ...]
    since: Instant
    until: Instant | None

    def limit(self, who: Predicate | None) -> Predicate:
        """Return whom an exception on this licence can mean, of those it names."""
        if who is None:
            return Predicate(_every(self.person), _every(self.organisation))
        return Predicate(
            None if who.person is None else _every((*self.person, who.person)),
            None if who.organisation is None else _every((*self.organisation, who.organisation)),
        )


@dataclass(frozen=True, slots=True)
class Register:
    """What a licence may refer to."""

    reader: Reader
    annexes: Mapping[str, Group]
    provider: str
    groups: Mapping[str, tuple[str, ...]]

    def holder(self, node: Node | None) -> Group:
        """Read who holds it: an annex, `self`, or one subject's id."""
        name = self.reader.identifier(node)
        if name in self.annexes:
            return self.annexes[name]
        return Group(name, frozenset({self.provider if name == "self" else name}))

    def annex(self, node: Node | None) -> Group:
        """Read the name of an annex."""
        name = self.reader.identifier(node)
        known = name in self.annexes or "annexes" in self.reader.unread
        if node is not None and name and not known:
            hint = nearest(name, self.annexes)
            self.reader.fault(node, f"{quoted(name)} is no annex of this version{hint}")
        return self.annexes.get(name, Group(name, frozenset()))


def read_licence(
    register: Register, fields: Fields, models: frozenset[str], scope: Fields
) -> Licence:
    """Read a licence from its fields and its scope's; `models` are those of its scope."""
    reader, holder = register.reader, register.holder(fields["holder"])
    since, until = reader.instant(fields["from"]), reader.instant(fields["until"])
    last = fields["until"]
    if last is not None and since is not None and until is not None and until <= since:
        reader.fault(last, "an empty window: `until` is not after `from`")
    for item in reader.items(fields["cites"]):
        reader.text(item)
    held = AnyOf((Given("person_in", holder), Given("acting_for", holder)))
    countries = frozenset(_countries(register, scope))
    return Licence(
        reader.identifier(fields["number"]),
        models,
        (held, *_people(register, scope, countries)),
        (Given("organisation_in", holder), *_companies(register, scope, countries)),
        since or 0,
        until,
    )


def _people(register: Register, scope: Fields, countries: frozenset[str]) -> Iterator[Expression]:
    if "persons" in scope:
        yield Given("person_in", register.annex(scope["persons"]))
    if countries:
        patterns = frozenset((code, WILD) for code in countries)
        yield Listed("citizen_of", "citizenships", patterns)


def _companies(
    register: Register, scope: Fields, countries: frozenset[str]
) -> Iterator[Expression]:
    if "organisations" in scope:
        yield Given("organisation_in", register.annex(scope["organisations"]))
    if countries:
        patterns = frozenset((code, WILD) for code in countries)
        yield Listed("incorporated_in", "incorporated_in", patterns)


def _countries(register: Register, scope: Fields) -> tuple[str, ...]:
    node = scope["countries"]
    return () if node is None else read_countries(register.reader, node, register.groups)


def _every(items: tuple[Expression, ...]) -> Expression:
    return items[0] if len(items) == 1 else AllOf(items)
