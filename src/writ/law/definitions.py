"""Definitions: named, versioned, cited predicates, each in a data file.

1. `name@version` is the file's name and what the file says of itself. Most come with Writ; a folder
   of orders may have its own beside them, under names of its own.
2. The digest covers what decides and what it rests on: name, version, citations, expressions, and
   the members of the groups of countries that they name, at the definition's own `effective`.
3. Where a definition is false it says so itself: `false_when` lists, per kind of subject, the
   attributes that must all be exhaustive.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from writ.canonical import digest
from writ.clock import Instant
from writ.law.document import Node, Place, quoted, read_yaml
from writ.law.expressions import read_expression
from writ.law.groups import CountryGroup, members_at, shipped_groups
from writ.law.reading import Fields, Keys, Reader, nearest
from writ.law.scope import Scope
from writ.law.shipped import data_bytes, definition_file, definition_names
from writ.law.shorthand import read_shorthand
from writ.law.subjects import read_attribute, read_values
from writ.model.expression import Predicate, Settling
from writ.model.subject import Completeness, Subject

DEFINITION_KEYS = Keys(
    required=(
        "definition", "version", "title", "cites", "effective", "summary", "settled_by",
        "false_when", "limits", "scenarios",
    ),
    optional=("person", "organisation"),
)  # fmt: skip
SETTLING_KEYS = Keys(required=("kind", "attribute", "values", "completeness", "methods"))
SCENARIO_KEYS = Keys(required=("name", "expect"), optional=("person", "organisation"))
KIND_KEYS = Keys(optional=("person", "organisation"))

PredicateKind = Literal["person", "organisation"]
KINDS: dict[str, PredicateKind] = {"person": "person", "organisation": "organisation"}
COMPLETENESSES: dict[str, Completeness] = {"at_least": "at_least", "exhaustive": "exhaustive"}
EXPECTED = ("true", "false", "unknown")
ENDING = ".yaml"
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*@[0-9]+\.yaml")


@dataclass(frozen=True, slots=True)
class Example:
    """A scenario of a definition: of this subject, it is `true`, `false` or `unknown`."""

    name: str
    subject: Subject
    at: Instant
    expect: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of one definition."""

    name: str
    title: str
    cites: tuple[str, ...]
    effective: Instant
    summary: str
    predicate: Predicate
    false_when: Mapping[str, tuple[str, ...]]
    limits: tuple[str, ...]
    examples: tuple[Example, ...]


@cache
def definition(name: str) -> Definition:
    """Return a definition by `name@version`; KeyError where there is none."""
    if name not in definition_names():
        raise KeyError(name)
    file = definition_file(name)
    return read_definition(data_bytes(file), file)


@dataclass(frozen=True, slots=True)
class Library:
    """Every definition that an order may name: those that come with Writ, and the folder's `own`."""

    own: Mapping[str, Definition] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Every `name@version`, sorted."""
        return tuple(sorted({*definition_names(), *self.own}))

    def latest(self, name: str) -> str | None:
        """Return the highest version of a definition named without one; None where there is none."""
        versions = [item for item in self.names if item.partition("@")[0] == name]
        return max(versions, key=lambda item: int(item.partition("@")[2]), default=None)

    def get(self, name: str) -> Definition | None:
        """Look a definition up."""
        if name in self.own:
            return self.own[name]
        return definition(name) if name in definition_names() else None


def read_definition(data: bytes, file: str) -> Definition:
    """Read a definition file of the data that comes with Writ; InvalidInput lists every fault."""
    reader = Reader()
    read = definition_of(reader, read_yaml(data, file), shipped_groups())
    if definition_file(read.name) != file:
        reader.fault(Place(file, 1, 1), _belongs(read.name, definition_file(read.name)))
    reader.done()
    return read


def is_definition(file: str) -> bool:
    """Whether a file beside orders is called as a definition is (rule 1)."""
    return _FILE.fullmatch(file) is not None


def read_library(
    reader: Reader, documents: Mapping[str, Node], groups: Mapping[str, CountryGroup]
) -> Library:
    """Read the definitions of a folder, by file name."""
    own: dict[str, Definition] = {}
    for file, node in documents.items():
        before = len(reader.faults)
        read = definition_of(reader, node, groups)
        if read.name + ENDING != file:
            reader.fault(node, _belongs(read.name, read.name + ENDING))
        elif read.name.partition("@")[0] in {name.partition("@")[0] for name in definition_names()}:
            reader.fault(node, f"{quoted(read.name)} comes with Writ; take a name of your own")
        if len(reader.faults) == before:
            own[read.name] = read
    return Library(own)


def _belongs(name: str, file: str) -> str:
    return f"{quoted(name)} belongs in {quoted(file)}"


def definition_of(reader: Reader, node: Node, groups: Mapping[str, CountryGroup]) -> Definition:
    """Read a definition from its document."""
    fields = reader.fields(node, DEFINITION_KEYS)
    name = f"{reader.name(fields['definition'])}@{reader.whole(fields['version'])}"
    at = reader.instant(fields["effective"]) or 0
    return Definition(
        name,
        reader.text(fields["title"]),
        _texts(reader, fields["cites"]),
        at,
        reader.text(fields["summary"]),
        _predicate(reader, fields, name, members_at(groups, at), at),
        _false_when(reader, fields["false_when"]),
        _texts(reader, fields["limits"]),
        tuple(_example(reader, item, at) for item in reader.items(fields["scenarios"])),
    )


def _texts(reader: Reader, node: Node | None) -> tuple[str, ...]:
    return tuple(reader.text(item) for item in reader.some(node))


def _predicate(
    reader: Reader,
    fields: Fields,
    name: str,
    groups: Mapping[str, tuple[str, ...]],
    effective: Instant,
) -> Predicate:
    used = set[str]()

    def scope(kind: PredicateKind) -> Scope:
        return Scope(reader, kind, {}, None, groups=groups, used=used, effective=effective)

    branches = {kind: node for kind in KINDS if (node := fields[kind]) is not None}
    read = {kind: read_expression(scope(KINDS[kind]), node) for kind, node in branches.items()}
    if fields["definition"] is not None and not branches:
        reader.fault(fields["definition"], "a definition needs `person`, `organisation` or both")
    cites = fields["cites"]
    meaning = digest(
        {
            "definition": name,
            "cites": cites.plain() if cites else None,
            **{kind: branch.plain() for kind, branch in branches.items()},
            **({"groups": {key: list(groups[key]) for key in used}} if used else {}),
        }
    )
    settling = tuple(_settling(reader, item) for item in reader.items(fields["settled_by"]))
    return Predicate(read.get("person"), read.get("organisation"), name, meaning, settling)


def _settling(reader: Reader, node: Node) -> Settling:
    fields = reader.fields(node, SETTLING_KEYS)
    kind = KINDS[reader.choice(fields["kind"], KINDS)]
    attribute = read_attribute(reader, fields["attribute"], kind)
    items = reader.some(fields["values"])
    values = read_values(reader, attribute, items) if attribute else ()
    return Settling(
        kind,
        attribute.name if attribute else "",
        tuple(value.parts for value in values),
        COMPLETENESSES[reader.choice(fields["completeness"], COMPLETENESSES)],
        _texts(reader, fields["methods"]),
    )


def _false_when(reader: Reader, node: Node | None) -> Mapping[str, tuple[str, ...]]:
    fields = reader.fields(node, KIND_KEYS)
    return {
        kind: tuple(
            attribute.name
            for item in reader.items(fields[kind])
            if (attribute := read_attribute(reader, item, KINDS[kind]))
        )
        for kind in KINDS
        if kind in fields
    }


def _example(reader: Reader, node: Node, at: Instant) -> Example:
    fields = reader.fields(node, SCENARIO_KEYS)
    named = [kind for kind in KINDS if fields[kind] is not None]
    if len(named) != 1:
        reader.fault(node, "write either `person` or `organisation`")
    subjects = [
        read_shorthand(reader, shown, KINDS[kind], at, kind)
        for kind in named
        if (shown := fields[kind]) is not None
    ]
    return Example(
        reader.text(fields["name"]),
        subjects[0] if subjects else Subject("", "person"),
        at,
        reader.choice(fields["expect"], EXPECTED),
    )


def read_predicate(
    reader: Reader,
    node: Node | None,
    scope: Callable[[PredicateKind], Scope],
    library: Library,
) -> Predicate:
    """Read a predicate of an order: a definition's name, or one expression per kind of subject.

    Where the scope is lenient, one expression alone is read for each kind.
    """
    if node is None:
        return Predicate(None, None)
    if isinstance(node.value, str):
        return _named(reader, node, node.value, library)
    entries = reader.mapping(node)
    if scope("person").lenient and entries and not set(entries) & set(KINDS):
        person, organisation = (read_expression(scope(kind), node) for kind in KINDS.values())
        return Predicate(person, organisation)
    if isinstance(node.value, Mapping) and not set(entries) & set(KINDS):
        reader.fault(
            node,
            "name a definition, or write an expression under `person` and one under `organisation`",
        )
        return Predicate(None, None)
    fields = reader.fields(node, KIND_KEYS)
    branches = [
        None if (branch := fields[kind]) is None else read_expression(scope(kind), branch)
        for kind in KINDS.values()
    ]
    return Predicate(branches[0], branches[1])


def _named(reader: Reader, node: Node, name: str, library: Library) -> Predicate:
    found = library.get(name)
    if found is None and f"{name}.yaml" in reader.unread:
        return Predicate(None, None)
    if found is None:
        reader.fault(node, f"unknown definition {quoted(name)}{nearest(name, library.names)}")
        return Predicate(None, None, name)
    latest = library.latest(name.partition("@")[0])
    if latest != name:
        reader.note(
            node, f"there is a newer {quoted(latest or name)}; {quoted(name)} stays as it is"
        )
    return found.predicate
