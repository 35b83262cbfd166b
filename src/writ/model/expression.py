"""Predicates over facts, resolved: every name looked up, every list closed.

1. `Listed` is true where the attribute has a value that one of its patterns names.
2. `Given` is not a matter of evidence: ids are compared, in no world is it open.
3. `Never` stands for an atom that is not for this kind of subject (in an exception's `who`).
4. A pattern part `*` names every part.
5. A `Derived` atom is true of what facts come to together: by their dates, or along a graph of
   owners, parents and employers. docs/meaning.md §3 says of each what it comes to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from writ.clock import Instant
from writ.model.vocabulary import VOCABULARY, Shape

WILD = "*"

Pattern: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Subjects named together: an annex, `self`, or one organisation.

    `digest` is that of an annex's rows (None otherwise); members never leave the control side.
    `below` are those of the members that an annex lists as subsidiaries; None: it does not tell.
    """

    name: str
    members: frozenset[str]
    digest: str | None = None
    below: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """`operator` is the order file's word, `attribute` the vocabulary's."""

    operator: str
    attribute: str
    patterns: frozenset[Pattern]
    group: Group | None = None

    def names(self, parts: tuple[str, ...]) -> bool:
        """Whether some pattern names these parts."""
        return parts in self.patterns or any(
            WILD in pattern
            and len(pattern) == len(parts)
            and all(want in (WILD, part) for want, part in zip(pattern, parts, strict=True))
            for pattern in self.patterns
        )

    @property
    def least(self) -> int | None:
        """The least number named, where the attribute's values are numbers; None elsewhere."""
        attribute = VOCABULARY.get(self.attribute)
        if attribute is None or attribute.shape is not Shape.NUMBER:
            return None
        return min((int(number) for (number,) in self.patterns), default=None)


@dataclass(frozen=True, slots=True)
class Given:
    """`acting_for` asks about the chain's organisation, the others about the subject itself."""

    operator: Literal["acting_for", "organisation_in", "person_in"]
    group: Group


@dataclass(frozen=True, slots=True)
class Never:
    """False, whoever is asked; keeps the word it stands for."""

    operator: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True where one item is; items are never empty."""

    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """True where every item is; items are never empty."""

    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True where the item is false."""

    item: "Expression"


@dataclass(frozen=True, slots=True)
class MostRecent:
    """The latest citizenship or permanent residence is that of one of these countries."""

    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class HeldAt:
    """A nationality that was held at an instant, whether or not it still is."""

    held: Listed
    at: Instant

    def may_name(self, parts: tuple[str, ...]) -> bool:
        """Whether some pattern may turn out to name these parts, of which some are unsaid."""
        return any(
            all(
                part in {"", want} or want == WILD
                for part, want in zip(parts, pattern, strict=True)
            )
            for pattern in self.held.patterns
        )


@dataclass(frozen=True, slots=True)
class OwnedBy:
    """Owned, in aggregate and through owners so owned, to `share` percent or more by `who`.

    `beyond`: to more than `share`.
    """

    share: str
    who: "Predicate"
    beyond: bool = False

    @property
    def words(self) -> str:
        """The threshold, as people say it."""
        return f"more than {self.share} %" if self.beyond else f"{self.share} % or more"


@dataclass(frozen=True, slots=True)
class ParentIs:
    """The ultimate parent is an organisation of which this is true."""

    who: "Expression"


@dataclass(frozen=True, slots=True)
class EmployedBy:
    """An employee, no contractor, of an organisation of which this is true."""

    who: "Expression"


Derived: TypeAlias = MostRecent | HeldAt | OwnedBy | ParentIs | EmployedBy
Expression: TypeAlias = Listed | Given | Never | Derived | AnyOf | AllOf | Not


@dataclass(frozen=True, slots=True)
class Settling:
    """Evidence that would settle a predicate: a value to show, how completely, and by what means."""

    kind: Literal["person", "organisation"]
    attribute: str
    values: tuple[tuple[str, ...], ...]
    completeness: Literal["at_least", "exhaustive"]
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Predicate:
    """One expression per kind of subject; a kind without one never satisfies it.

    `name` and `digest` are those of a definition (`ear.us_person@1`), None where written inline;
    `settling` is the definition's evidence, cheapest first.
    """

    person: Expression | None
    organisation: Expression | None
    name: str | None = None
    digest: str | None = None
    settling: tuple[Settling, ...] = ()


def groups_in(expression: Expression | None) -> Iterator[Group]:
    """Yield every group that an expression names, in what it asks of others too."""
    match expression:
        case Given(group=group) | Listed(group=Group() as group):
            yield group
        case AnyOf(items=items) | AllOf(items=items):
            for item in items:
                yield from groups_in(item)
        case Not(item=item) | ParentIs(who=item) | EmployedBy(who=item):
            yield from groups_in(item)
        case OwnedBy(who=who):
            yield from groups_in(who.organisation)
            yield from groups_in(who.person)
        case _:
            pass
