"""Subjects and facts as JSON, read and written.

1. Every key of a fact is required but `expires_at`; values are a list; assurance is `A0` to `A4`.
2. An attribute that the vocabulary does not have, or not for this kind of subject, is bad input.
3. A former citizenship does not end, so it has no `until`; `since` is the day it was lost.
4. `users_certified` names definitions with their version, and only those known here.
5. `related` holds further subjects, which have no `related` of their own.
"""

from writ.canonical import Plain
from writ.clock import format_instant
from writ.law.document import Node, quoted, read_plain
from writ.law.reading import Fields, Keys, Reader, nearest
from writ.law.shipped import definition_names
from writ.law.values import read_value, write_value
from writ.model.subject import Completeness, Fact, Subject, Value
from writ.model.vocabulary import KINDS, VOCABULARY, Attribute, Kind

SUBJECT_KEYS = Keys(required=("id", "kind"), optional=("acts_for", "facts", "related"))
FACT_KEYS = Keys(
    required=(
        "attribute", "value", "completeness", "assurance", "method", "issuer", "verified_at",
    ),
    nullable=("expires_at",),
)  # fmt: skip
UNPROVED = "unproved"
"""The kind that a registry gives somebody whose facts it cannot prove; no file of subjects may."""
ASSURANCES = ("A0", "A1", "A2", "A3", "A4")
_COMPLETENESSES: dict[str, Completeness] = {"at_least": "at_least", "exhaustive": "exhaustive"}
_KINDS: dict[str, Kind] = {kind: kind for kind in KINDS}


def read_subject(value: object, file: str = "") -> tuple[Subject, tuple[Subject, ...]]:
    """Read a subject and its `related` from JSON values; InvalidInput lists every fault."""
    reader = Reader()
    node = read_plain(value, file)
    subject, *related = _with_related(reader, node)
    if len({subject.id, *(other.id for other in related)}) <= len(related):
        reader.fault(node, "two subjects have the same `id`")
    reader.done()
    return subject, tuple(related)


def read_fact(value: object, file: str = "") -> Fact:
    """Read one fact of a subject of any kind from JSON values."""
    reader = Reader()
    fact = fact_of(reader, read_plain(value, file), None)
    reader.done()
    return fact


def write_subject(subject: Subject, related: tuple[Subject, ...] = ()) -> dict[str, Plain]:
    """Write a subject as `read_subject` reads it."""
    written: dict[str, Plain] = {"id": subject.id, "kind": subject.kind}
    if subject.acts_for:
        written["acts_for"] = list(subject.acts_for)
    if subject.facts:
        written["facts"] = [write_fact(fact) for fact in subject.facts]
    if related:
        written["related"] = [write_subject(other) for other in related]
    return written


def write_values(attribute: str, values: tuple[Value, ...]) -> list[Plain]:
    """Write the values of an attribute as a fact's `value`."""
    shape = VOCABULARY[attribute].shape
    return [write_value(shape, value) for value in values]


def write_fact(fact: Fact) -> dict[str, Plain]:
    """Write a fact as `read_fact` reads it."""
    written: dict[str, Plain] = {
        "attribute": fact.attribute,
        "value": write_values(fact.attribute, fact.values),
        "completeness": fact.completeness,
        "assurance": ASSURANCES[fact.assurance],
        "method": fact.method,
        "issuer": fact.issuer,
        "verified_at": format_instant(fact.verified_at),
    }
    if fact.expires_at is not None:
        written["expires_at"] = format_instant(fact.expires_at)
    return written


def fact_of(reader: Reader, node: Node, kind: Kind | None) -> Fact:
    """Read one fact; of any kind of subject where `kind` is None."""
    fields = reader.fields(node, FACT_KEYS)
    attribute = read_attribute(reader, fields["attribute"], kind)
    verified_at = reader.instant(fields["verified_at"])
    expires_at = reader.instant(fields["expires_at"])
    last = fields["expires_at"]
    if last and expires_at is not None and verified_at is not None and expires_at <= verified_at:
        reader.fault(last, "`expires_at` is not after `verified_at`")
    values = reader.items(fields["value"])
    return Fact(
        attribute.name if attribute else "",
        read_values(reader, attribute, values) if attribute else (),
        _COMPLETENESSES[reader.choice(fields["completeness"], _COMPLETENESSES)],
        read_assurance(reader, fields["assurance"]),
        reader.identifier(fields["method"]),
        reader.identifier(fields["issuer"]),
        verified_at or 0,
        expires_at,
    )


def read_attribute(reader: Reader, node: Node | None, kind: Kind | None) -> Attribute | None:
    """Look an attribute up (rule 2)."""
    name = reader.text(node)
    if node is None or not name.strip():
        return None
    return attribute_named(reader, node, name, kind)


def attribute_named(reader: Reader, node: Node, name: str, kind: Kind | None) -> Attribute | None:
    """Look an attribute up by its name, for a fault at `node` (rule 2)."""
    attribute = VOCABULARY.get(name)
    if attribute is None:
        reader.fault(node, f"unknown attribute {quoted(name)}{nearest(name, VOCABULARY)}")
    elif kind is not None and kind not in attribute.kinds:
        reader.fault(node, f"{quoted(name)} is no attribute of a subject of kind {quoted(kind)}")
        return None
    return attribute


def read_values(reader: Reader, attribute: Attribute, nodes: tuple[Node, ...]) -> tuple[Value, ...]:
    """Read the values of a fact, each once."""
    values: list[Value] = []
    for node in nodes:
        read = read_value(reader, attribute.shape, node)
        values += read
        ends = any(value.until is not None for value in read)
        if attribute.name == "former_citizenships" and ends:
            reader.fault(
                node, "a former citizenship has no `until`; `since` is the day it was lost"
            )
        if attribute.name == "users_certified":
            _known_definition(reader, node)
    return tuple(dict.fromkeys(values))


def _known_definition(reader: Reader, node: Node) -> None:
    if isinstance(node.value, str) and node.value not in definition_names():
        hint = nearest(node.value, definition_names())
        reader.fault(node, f"unknown definition {quoted(node.value)}{hint}")


def read_assurance(reader: Reader, node: Node | None) -> int:
    """Read `A0` to `A4` as 0 to 4."""
    return ASSURANCES.index(reader.choice(node, ASSURANCES))


def _with_related(reader: Reader, node: Node) -> list[Subject]:
    """Read a subject and, after it, those related to it, theirs too (depth: the document's)."""
    fields = reader.fields(node, SUBJECT_KEYS)
    found = [_subject(reader, fields)]
    for item in reader.items(fields["related"]):
        found += _with_related(reader, item)
    return found


def _subject(reader: Reader, fields: Fields) -> Subject:
    at = fields["kind"]
    kind = _KINDS[reader.choice(at, _KINDS)]
    told = kind if at is not None and at.value == kind else None
    return Subject(
        reader.identifier(fields["id"]),
        kind,
        tuple(reader.identifier(item) for item in reader.items(fields["acts_for"])),
        tuple(fact_of(reader, item, told) for item in reader.items(fields["facts"])),
    )
