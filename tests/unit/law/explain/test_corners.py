"""Explanations of what few orders say."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.unit.law.conftest import Write
from tests.unit.law.test_library import FILE, OWN
from writ.canonical import Plain
from writ.clock import parse_instant
from writ.law.compiled.book import Compiled
from writ.law.document import read_plain
from writ.law.explain.english import phrase
from writ.law.explain.people import Showing, Sketches, Telling
from writ.law.explain.reading import Part, explain
from writ.law.explain.timeline import timeline
from writ.law.explain.version import sections
from writ.law.expressions import read_expression
from writ.law.folder import read_sources
from writ.law.reading import Reader
from writ.law.scope import Scope
from writ.model.expression import Group, Never
from writ.model.subject import Fact, Subject, Value
from writ.model.vocabulary import Kind

NOW = parse_instant("2026-06-20T00:00:00Z")
LISTED_COMPANIES = Group("annex-a", frozenset({"brit-co"}), "sha256:00")
BOTH = b"only: {person: {all: [{citizen_of: [FR]}, {resident_in: [FR]}]}}"
ONLY = b"only: ear.us_person@1"


def explained(files: Mapping[str, bytes]) -> tuple[Part, ...]:
    """Explain all orders of a folder."""
    book = read_sources(files)
    return explain(book, book.versions)


def said(part: Part, section: str) -> list[str]:
    """Return the lines of one section."""
    return [line.text for item in part.sections if item.id == section for line in item.lines]


def folder(catalogue: bytes, order: bytes) -> dict[str, bytes]:
    """Return a folder of one order."""
    return {"catalogue.yaml": catalogue, "x.yaml": order}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (
            "person",
            {"employee_of": "brit-co"},
            "is shown to be an employee of `brit-co`; a contractor is none",
        ),
        (
            "organisation",
            {"ultimate_parent_in": "annex-a"},
            "has as its ultimate parent one of those listed in `annex-a`",
        ),
        (
            "person",
            {"licensed_as": ["nurse", "physician"]},
            "is licensed as `nurse` or `physician`",
        ),
    ],
)
def test_groups_and_names(kind: Kind, value: Plain, expected: str) -> None:
    """One organisation by its id, those of a list by the list, a licence by its name."""
    reader = Reader()
    scope = Scope(reader, kind, {"annex-a": LISTED_COMPANIES}, "acme-ai")
    expression = read_expression(scope, read_plain(value))
    reader.done()
    assert expected == phrase(expression)


def test_what_is_never_true_is_true_of_nobody() -> None:
    """An atom that cannot be asked of this kind of subject lets nobody in."""
    assert "is nobody at all" == phrase(Never("employee_of"))


def test_what_is_needed_at_once_stands_in_one_line(catalogue: bytes, write: Write) -> None:
    """Neither citizenship nor residence alone would settle it."""
    parts = explained(folder(catalogue, write().replace(ONLY, BOTH)))
    together = [line for line in said(parts[-1], "settling") if line.startswith("together: ")]
    assert [
        "together: citizenships: France (FR) (A2) and places of residence: France (FR) (A2)"
    ] == together


def test_a_definition_of_ones_own(catalogue: bytes, write: Write) -> None:
    """Its file is named as the place where it is to be read."""
    order = write().replace(b"ear.us_person@1", b"acme.neighbour@1")
    lines = said(explained(folder(catalogue, order) | {FILE: OWN})[-1], "who")
    assert "This is the definition `acme.neighbour@1`, from a file beside the orders." in lines


def test_ids_need_no_complete_list(catalogue: bytes, write: Write) -> None:
    """Who asks on whose behalf is compared; nothing that could be shown makes it false."""
    order = write().replace(ONLY, b"only: {person: {acting_for: self}}")
    assert [
        "Rule `only-us`, on `fable-5`:",
        "Only these may use it; whoever is known to be none of them is barred:",
        (
            "A person who asks on behalf of the provider itself (acme-ai) (the request's company is"
            " compared, nothing is to be shown)"
        ),
        "A company: none at all",
    ] == said(explained(folder(catalogue, order))[-1], "who")


@pytest.mark.parametrize(("to_bar", "expected"), [("A1", 1), ("A2", 0)])
def test_one_floor_needs_no_warning(
    catalogue: bytes, write: Write, to_bar: str, expected: int
) -> None:
    """Only where facts may bar that may not serve is there something to warn of."""
    order = write().replace(b"to_bar: A1", f"to_bar: {to_bar}".encode())
    lines = said(explained(folder(catalogue, order))[-1], "outcomes")
    assert expected == len([line for line in lines if line.startswith("Facts below A2 never")])


def test_a_version_that_is_replaced_before_its_end(catalogue: bytes, write: Write) -> None:
    """Its own end is still told, and the timeline tells only ends that happen."""
    later = write(version=2, effective="2026-06-20T00:00:00Z", until="2026-06-25T00:00:00Z")
    files = folder(catalogue, write(until="2026-07-01T00:00:00Z")) | {"y.yaml": later}
    first = said(explained(files)[1], "when")
    assert "(By itself it would end at 2026-07-01T00:00:00Z.)" in first
    assert [
        "From 2026-06-12T21:21:00Z on: `sample` version 1 (restriction) takes effect.",
        "From 2026-06-20T00:00:00Z on: `sample` version 2 (restriction) takes effect.",
        "From 2026-06-25T00:00:00Z on: `sample` version 2 ends.",
    ] == [line.text for line in timeline(read_sources(files)) if line.text.startswith("From ")]


def test_where_every_model_is_restricted_none_is_told_to_be_free(
    catalogue: bytes, write: Write
) -> None:
    """The line of those of which no rule speaks is left out."""
    order = write().replace(b"[fable-5]", b"[fable-5, mythos-5, opus-4-8, saga-5]")
    lines = [line.text for line in timeline(read_sources(folder(catalogue, order)))]
    rule = "`sample` version 1, rule `only-us`"
    assert [f"`{model}`: {rule}" for model in ("fable-5", "mythos-5", "opus-4-8", "saga-5")] == (
        lines[2:]
    )


def test_a_version_without_its_file(catalogue: bytes, write: Write) -> None:
    """What only the file says is left out; whom it restricts is said all the same."""
    book = read_sources(folder(catalogue, write()))
    whole, bare = (
        sections(Compiled(book), version, None)[0]
        for version in (book.versions[0], replace(book.versions[0], source={}))
    )
    from_whom = "From: A ministry, US."
    assert [line.text for line in bare.lines] == [
        line.text for line in whole.lines if line.text != from_whom
    ]
    assert len(whole.lines) == len(bare.lines) + 1


def test_two_departures_are_of_two_attributes(catalogue: bytes, write: Write) -> None:
    """Nobody is shown twice what one attribute says."""
    rules = read_sources(folder(catalogue, write().replace(ONLY, BOTH))).rules_at(NOW)
    people = list(Sketches(rules, {"fable-5"}, "person", NOW).subjects(2))
    asked = [[fact.attribute for fact in person.facts] for person in people]
    assert [sorted(set(names)) for names in asked] == [sorted(names) for names in asked]
    assert {("citizenships", "residence")} == {tuple(sorted(n)) for n in asked if len(n) == 2}


def test_a_complete_list_is_told_as_one() -> None:
    """Nobody need wonder whether there is more on it."""
    closed = Showing("residence", (("FR", ""),), "exhaustive")
    telling = Telling({}, frozenset({closed}), NOW)
    fact = Fact("citizenships", (Value(("US", "")),), "exhaustive", 2, "example", "example", NOW)
    assert "a person with citizenships: the United States (US) and no other (A2)" == telling.of(
        Subject("somebody", "person", (), (fact,))
    )
