"""`where:` of a rule: the serving entities and regions that it covers.

1. An entity is one that the catalogue deploys models by: a name misspelt would cover nothing.
2. A region is a country, a part of one, or a group of countries.
3. A rule that covers no deployment is told; where nobody says at which deployment a request is
   served, every rule counts.
"""

from collections.abc import Mapping

from writ.law.countries import read_places
from writ.law.document import Node, quoted
from writ.law.reading import Keys, Reader, nearest
from writ.model.catalogue import Catalogue
from writ.model.order import Lawbook, Rule, Where

WHERE_KEYS = Keys(optional=("entities", "regions"))


def read_where(
    reader: Reader,
    node: Node,
    catalogue: Catalogue,
    groups: Mapping[str, tuple[str, ...]],
    used: set[str],
) -> Where:
    """Read what a rule covers; `used` takes the names of groups that it names."""
    fields = reader.fields(node, WHERE_KEYS)
    if node.value == {}:
        reader.fault(node, "must have `entities`, `regions` or both; leave it out for everywhere")
    where = Where(
        frozenset(_entities(reader, fields["entities"], catalogue)),
        frozenset(_regions(reader, fields["regions"], groups, used)),
    )
    deployed = catalogue.deployments.values()
    if not any(where.covers(item) for item in deployed):
        named = (
            "covers no deployment of the catalogue"
            if deployed
            else "the catalogue has no deployments"
        )
        reader.note(node, f"{named}, so this counts only where nobody says at which one is served")
    return where


def _entities(reader: Reader, node: Node | None, catalogue: Catalogue) -> list[str]:
    known = {item.entity for item in catalogue.deployments.values()}
    found = [(reader.identifier(item), item) for item in reader.some(node)]
    for name, item in found:
        if name and name not in known and not catalogue.unread:
            reader.fault(
                item, f"no deployment of the catalogue is of {quoted(name)}{nearest(name, known)}"
            )
    return [name for name, _ in found if name]


def _regions(
    reader: Reader, node: Node | None, groups: Mapping[str, tuple[str, ...]], used: set[str]
) -> list[str]:
    for item in node.value if node is not None and isinstance(node.value, tuple) else ():
        if isinstance(item.value, str) and item.value in groups:
            used.add(item.value)
    found = read_places(reader, node, groups) if node is not None else ()
    return [region or country for country, region in found]


def read_deployment(reader: Reader, node: Node | None, catalogue: Catalogue) -> str | None:
    """Read the name of a deployment of the catalogue; None: nobody says at which."""
    if node is None:
        return None
    name, known = reader.text(node), catalogue.deployments
    if name.strip() and name not in known and not catalogue.unread:
        reader.fault(node, f"no deployment {quoted(name)} in the catalogue{nearest(name, known)}")
    return name


def meet_somewhere(book: Lawbook, first: Rule, second: Rule) -> bool:
    """Whether both cover one deployment; in a catalogue without any, they do."""
    deployed = book.catalogue.deployments.values()
    return not deployed or any(first.covers(item) and second.covers(item) for item in deployed)
