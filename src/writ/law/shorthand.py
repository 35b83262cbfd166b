"""Facts as scenarios write them.

1. A list of values is `at_least`; `{exhaustive: […]}` and `{at_least: […]}` say which.
2. A fact counts as A4 unless `assurance` beside the values says otherwise, and was verified at the
   scenario's instant.
3. `id` among the attributes names the subject, where an annex or an employer must find it.
4. `related` has a person's employers or an organisation's owners and parents, and theirs, by their
   ids: `people` and `organisations`, with facts in short and no `related` of their own.
"""

from collections.abc import Mapping

from writ.clock import Instant
from writ.law.document import Node, quoted
from writ.law.reading import Keys, Reader
from writ.law.subjects import attribute_named, read_assurance, read_values
from writ.model.subject import Completeness, Fact, Subject
from writ.model.vocabulary import Kind

SHOWN_KEYS = Keys(optional=("exhaustive", "at_least", "assurance"))
SOURCE = "scenario"
STRONGEST = 4
RELATED = "related"
SECTIONS: dict[str, Kind] = {"people": "person", "organisations": "organisation"}
RELATED_KEYS = Keys(optional=tuple(SECTIONS))


def read_shorthand(reader: Reader, node: Node, kind: Kind, at: Instant, name: str) -> Subject:
    """Read a subject of a scenario; `name` is its id where it has none of its own."""
    facts = []
    related: dict[str, Subject] = {}
    for key, entry in reader.mapping(node).items():
        if key == "id":
            name = reader.identifier(entry.node) or name
        elif key == RELATED:
            related = _related(reader, entry.node, at)
        else:
            facts.append(_fact(reader, key, entry.node, kind, at))
    return Subject(name, kind, (), tuple(fact for fact in facts if fact is not None), related)


def _related(reader: Reader, node: Node, at: Instant) -> dict[str, Subject]:
    """Read those whom a subject's standing rests on (rule 4)."""
    fields = reader.fields(node, RELATED_KEYS)
    found: dict[str, Subject] = {}
    for section, kind in SECTIONS.items():
        for name, entry in reader.mapping(fields[section]).items():
            other = read_shorthand(reader, entry.node, kind, at, name)
            if other.related:
                reader.fault(entry.key, "name everybody under the outer `related`")
            if found.setdefault(other.id, other) is not other:
                reader.fault(entry.key, f"{quoted(other.id)} is named twice")
    return found


def _fact(reader: Reader, key: str, node: Node, kind: Kind, at: Instant) -> Fact | None:
    attribute = attribute_named(reader, node, key, kind)
    if attribute is None:
        return None
    completeness, shown, assurance = _shown(reader, node)
    values = read_values(reader, attribute, reader.items(shown))
    return Fact(key, values, completeness, assurance, SOURCE, SOURCE, at)


def _shown(reader: Reader, node: Node) -> tuple[Completeness, Node | None, int]:
    if not isinstance(node.value, Mapping):
        return "at_least", node, STRONGEST
    fields = reader.fields(node, SHOWN_KEYS)
    if ("exhaustive" in fields) == ("at_least" in fields):
        reader.fault(node, "write either `exhaustive` or `at_least`")
    assurance = read_assurance(reader, fields["assurance"]) if "assurance" in fields else STRONGEST
    if "exhaustive" in fields:
        return "exhaustive", fields["exhaustive"], assurance
    return "at_least", fields["at_least"], assurance
