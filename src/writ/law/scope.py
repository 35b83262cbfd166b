"""What an expression may refer to, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from writ.clock import Instant
from writ.law.countries import read_countries, read_places
from writ.law.document import Node
from writ.law.reading import Reader
from writ.model.expression import Group
from writ.model.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may refer to; `provider` is None where no group may be named.

    `lenient` lets an atom for another kind of subject be false, as in an exception's `who`, unless
    it is `negated`: a `not` stands above. `groups` are those of countries, each with its members;
    `used` gathers the names of those that were named. `within` is the operator by which somebody
    else is asked. `effective` is that of the version or definition that is read.
    """

    reader: Reader
    kind: Kind
    annexes: Mapping[str, Group]
    provider: str | None
    lenient: bool = False
    negated: bool = False
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    within: str = ""
    effective: Instant | None = None

    def of_other(self, kind: Kind, within: str) -> "Scope":
        """Return the scope of what is asked of an owner or parent of a kind."""
        return replace(self, kind=kind, lenient=False, negated=False, within=within)

    def countries(self, node: Node | None) -> tuple[str, ...]:
        """Read a list of countries and groups; the groups are noted in `used`."""
        self._note_groups(node)
        return read_countries(self.reader, node, self.groups)

    def places(self, node: Node | None) -> tuple[tuple[str, str], ...]:
        """Read a list of countries, regions and groups, likewise."""
        self._note_groups(node)
        return read_places(self.reader, node, self.groups)

    def _note_groups(self, node: Node | None) -> None:
        for item in node.value if node is not None and isinstance(node.value, tuple) else ():
            if isinstance(item.value, str) and item.value in self.groups:
                self.used.add(item.value)
