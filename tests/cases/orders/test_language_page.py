"""docs/language.md: each table is what both meanings answer, and every operator has one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser

from tests.unit.law.conftest import CATALOGUE
from writ.clock import parse_instant
from writ.law.compiled.decide import decide as compiled
from writ.law.document import Node, read_yaml
from writ.law.expressions import OPERATORS, read_expression
from writ.law.folder import check_sources
from writ.law.groups import members_at, shipped_groups
from writ.law.literal.decide import decide as literal
from writ.law.reading import Keys, Reader
from writ.law.scope import Scope
from writ.law.shorthand import read_shorthand
from writ.law.truth import alone, truth
from writ.model.expression import Expression, Group, Never, Not, Predicate
from writ.model.subject import Chain, Subject
from writ.model.vocabulary import Kind

PAGE = Path(__file__).parents[3] / "docs" / "language.md"
AT = parse_instant("2026-06-12T17:21:00-04:00")
ANSWERS = ("true", "false", "unknown")
TABLE = Keys(required=("ask", "of"), optional=("annexes", "acting_for", *ANSWERS))
CERTAIN = {"acting_for", "organisation_in", "person_in", "any", "all", "not"}
"""Operators that facts do not decide, or not by themselves."""


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    words: str
    predicate: Predicate
    chain: Chain
    answer: str


def blocks() -> list[Node]:
    """Return the page's tables."""
    found: list[Node] = []
    parser = CodeBlockParser(
        "yaml", lambda example: found.append(read_yaml(example.parsed.encode(), PAGE.name))
    )
    for example in Sybil([parser]).parse(PAGE).examples():
        example.evaluate()
    return [table for table in found if isinstance(table.value, dict) and "ask" in table.value]


def files() -> dict[str, bytes]:
    """Return the page's files, each under the name in its first line."""
    found: list[str] = []
    parser = CodeBlockParser("yaml", lambda example: found.append(example.parsed))
    for example in Sybil([parser]).parse(PAGE).examples():
        example.evaluate()
    named = [(re.match(r"# (\S+)\n", text), text) for text in found]
    return {match[1]: text.encode() for match, text in named if match}


ORDER = b"""
order: sample
version: 1
kind: restriction
title: A sample
authority: {name: A ministry, jurisdiction: US}
effective: 2026-06-12T17:21:00-04:00
clauses: {c1: Adults only., c2: No nationals of these.}
rules:
  - {id: adults, clauses: [c1], models: [fable-5], only: acme.verified_adult@1, standing: natural_person, evidence: {to_serve: A2, to_bar: A1}}
  - {id: others, clauses: [c2], models: [fable-5], bar: {person: {national_of: [greater-china]}}, standing: natural_person, evidence: {to_serve: A2, to_bar: A1}}
"""


def test_the_files_on_the_page_are_read() -> None:
    """An order may name the group and the definition that the page shows."""
    read = check_sources({"catalogue.yaml": CATALOGUE, "x.yaml": ORDER, **files()})
    assert {"greater-china", "acme.verified_adult@1"} == set(read.orders[0].rests_on)


def rows(table: Node) -> Iterator[Row]:
    """Read one table."""
    reader = Reader()
    fields = reader.fields(table, TABLE)
    kind: Kind = "organisation" if reader.text(fields["of"]) == "organisation" else "person"
    annexes = {
        name: annex(reader, name, entry.node)
        for name, entry in reader.mapping(fields["annexes"]).items()
    }
    ask = fields["ask"]
    assert ask is not None
    groups = members_at(shipped_groups(), AT)
    scope = Scope(reader, kind, annexes, "acme-ai", groups=groups)
    expression = read_expression(scope, ask)
    for answer in ANSWERS:
        for shown in reader.items(fields[answer]):
            subject = read_shorthand(reader, shown, kind, AT, "somebody")
            reader.done()
            words = f"{ask.plain()} of {shown.plain()}"
            links = chain(reader, fields["acting_for"], subject)
            yield Row(words, predicate(expression, kind), links, answer)
    reader.done()


def annex(reader: Reader, name: str, node: Node) -> Group:
    """Read a list of ids, or ids each with its subsidiaries."""
    if not isinstance(node.value, dict):
        return Group(name, frozenset(map(reader.text, reader.some(node))), "sha256:0")
    below = {reader.text(item) for entry in node.value.values() for item in reader.some(entry.node)}
    return Group(name, frozenset({*node.value, *below}), "sha256:0", frozenset(below))


def predicate(expression: Expression, kind: Kind) -> Predicate:
    """Ask one kind of subject, and nothing of the other."""
    anybody = Not(Never("nobody"))
    if kind == "person":
        return Predicate(expression, anybody)
    return Predicate(anybody, expression)


def chain(reader: Reader, acting_for: Node | None, subject: Subject) -> Chain:
    """Return the subject alone, or acting for an organisation."""
    if acting_for is None:
        return alone(subject)
    organisation = Subject(reader.text(acting_for), "organisation")
    requester = Subject(subject.id, "person", (organisation.id,), subject.facts)
    return Chain(requester, organisation)


TABLES = blocks()
ROWS = [row for table in TABLES for row in rows(table)]


@pytest.mark.parametrize("row", ROWS, ids=[row.words for row in ROWS])
def test_each_row_is_what_both_meanings_answer(row: Row) -> None:
    """What the page says of a subject is what is decided."""
    answers = [truth(row.predicate, row.chain, AT, decide) for decide in (literal, compiled)]
    assert [row.answer] * 2 == answers


def asked_in(table: Node) -> set[str]:
    """Return the operators that a table asks."""
    assert isinstance(table.value, dict)
    return {word for word in OPERATORS if f"'{word}'" in str(table.value["ask"].node.plain())}


@pytest.mark.parametrize("word", sorted(OPERATORS))
def test_every_operator_has_a_table(word: str) -> None:
    """An operator that asks for facts is shown true, false and unknown."""
    shown = {
        answer
        for table in TABLES
        if word in asked_in(table) and isinstance(table.value, dict)
        for answer in ANSWERS
        if answer in table.value
    }
    assert ({"true", "false"} if word in CERTAIN else set(ANSWERS)) <= shown


def test_the_page_lists_the_groups_that_come_with_writ() -> None:
    """Each with its title and sources, and no other."""
    rows = re.findall(
        r"^\| `([a-z0-9-]+)` \| (.*) \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    assert rows == [
        (group.name, group.title, "; ".join(group.cites)) for group in shipped_groups().values()
    ]
