"""Definitions: named, versioned, cited predicates that come with Writ as data files.

1. `name@version` is the file's name and what the file says of itself.
2. The digest covers what decides and what it rests on: name, version, citations, expressions.
3. Where a definition is false it says so itself: `false_when` lists, per kind of subject, the
   attributes that must all be exhaustive.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from writ.canonical import digest
from writ.clock import Instant
from writ.law.document import Node, quoted, read_yaml
from writ.law.expressions import Scope, read_expression
from writ.law.reading import Fields, Keys, Reader, nearest
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


def read_definition(data: bytes, file: str) -> Definition:
    """Read a definition file; InvalidInput lists every fault."""
    reader, node = Reader(), read_yaml(data, file)
    fields = reader.fields(node, DEFINITION_KEYS)
    name = f"{reader.name(fields['definition'])}@{reader.whole(fields['version'])}"
    at = reader.instant(fields["effective"]) or 0
    read = Definition(
        name,
        reader.text(fields["title"]),
        _texts(reader, fields["cites"]),
        at,
        reader.text(fields["summary"]),
        _predicate(reader, fields, name),
        _false_when(reader, fields["false_when"]),
        _texts(reader, fields["limits"]),
        tuple(_example(reader, item, at) for item in reader.items(fields["scenarios"])),
    )
    if definition_file(name) != file:
        reader.fault(node, f"{quoted(name)} belongs in {quoted(definition_file(name))}")
    reader.done()
    return read


def _texts(reader: Reader, node: Node | None) -> tuple[str, ...]:
    return tuple(reader.text(item) for item in reader.some(node))


def _predicate(reader: Reader, fields: Fields, name: str) -> Predicate:
    branches = {kind: node for kind in KINDS if (node := fields[kind]) is not None}
    read = {
        kind: read_expression(Scope(reader, KINDS[kind], {}, None), node)
        for kind, node in branches.items()
    }
    if fields["definition"] is not None and not branches:
        reader.fault(fields["definition"], "a definition needs `person`, `organisation` or both")
    cites = fields["cites"]
    meaning = digest(
        {
            "definition": name,
            "cites": cites.plain() if cites else None,
            **{kind: branch.plain() for kind, branch in branches.items()},
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
    reader: Reader, node: Node | None, scope: Callable[[PredicateKind], Scope]
) -> Predicate:
    """Read a predicate of an order: a definition's name, or one expression per kind of subject.

    Where the scope is lenient, one expression alone is read for each kind.
    """
    if node is None:
        return Predicate(None, None)
    if isinstance(node.value, str):
        return _named(reader, node, node.value)
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


def _named(reader: Reader, node: Node, name: str) -> Predicate:
    try:
        return definition(name).predicate
    except KeyError:
        reader.fault(node, f"unknown definition {quoted(name)}{nearest(name, definition_names())}")
        return Predicate(None, None, name)
