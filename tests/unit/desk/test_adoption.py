"""What signers are told of a version that names a newer definition than the one before it."""

from collections.abc import Mapping

import pytest

from tests.unit.law.conftest import CATALOGUE
from tests.unit.law.test_difference_definitions import ONE, TWO
from writ.desk import adoption
from writ.desk.words import change
from writ.law import difference
from writ.law.folder import read_sources

ORDER = """order: sample
version: 1
kind: restriction
title: Adults
authority: {name: A ministry, jurisdiction: US}
effective: 2026-06-12T17:21:00-04:00
clauses: {c1: Adults only.}
rules:
  - id: adults
    clauses: [c1]
    models: [fable-5]
    only: acme.adult@1
    standing: organisation
    evidence: {to_serve: A2, to_bar: A1}
    undetermined: {substitute: opus-4-8}
"""
LATER = ORDER.replace("version: 1", "version: 2").replace("12T17", "13T17")
FILES = {
    "catalogue.yaml": CATALOGUE,
    "acme.adult@1.yaml": ONE,
    "acme.adult@2.yaml": TWO,
    "x.v1.yaml": ORDER.encode(),
}


def told(later: str, files: Mapping[str, bytes] = FILES) -> list[str]:
    """What is said of adoption where a second version comes."""
    before = read_sources(files)
    after = read_sources({**files, "x.v2.yaml": later.encode()})
    lines = list(change(before, after))
    starts = [place for place, line in enumerate(lines) if " in place of " in line]
    if not starts:
        return []
    return [
        line for place, line in enumerate(lines) if place >= starts[0] and line.startswith("  ")
    ]


def test_whom_a_newer_definition_moves_is_shown() -> None:
    """Both in words, and one example for every kind of change by this version alone."""
    head, *movers = told(LATER.replace("adult@1", "adult@2"))
    assert (
        "  acme.adult@2 in place of acme.adult@1: asks people age_over 21; asked people age_over 18"
    ) == head
    assert any(
        line.startswith("    fable-5: permit becomes substitute by opus-4-8: a person with")
        for line in movers
    )


@pytest.mark.parametrize(
    "later",
    [
        LATER,
        LATER.replace("acme.adult@1", "ear.us_person@1"),
        LATER.replace("acme.adult@1", "{person: {age_over: 18}}"),
    ],
)
def test_nothing_is_said_where_no_newer_one_is_adopted(later: str) -> None:
    """The same one, another one and none at all are told by the rule's own line."""
    assert [] == told(later)


def test_a_definition_that_moves_nobody_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another text and the same law; and somebody may be missing where there are too many."""
    same = TWO.replace(b"age_over: 21}", b"age_over: 18}")
    files = {**FILES, "acme.adult@2.yaml": same}
    monkeypatch.setattr(difference, "MOST", 1)
    lines = told(LATER.replace("adult@1", "adult@2"), files)
    assert lines[1].startswith("    that moves nobody, of ")
    assert (
        "    there are too many kinds of people to ask them all: somebody may be missing" in lines
    )


def test_a_first_version_adopts_nothing() -> None:
    """There is nothing before it."""
    book = read_sources(FILES)
    assert [] == list(adoption.adoption_lines(book.versions[0], book.versions, book.catalogue))
