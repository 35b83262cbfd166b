"""Two versions of a definition: what differs in words, of whom, and whom orders would move."""

from collections.abc import Mapping

import pytest

from tests.unit.law.conftest import Write
from writ.law.definitions import Definition
from writ.law.difference import moved
from writ.law.difference_definitions import adopting, definition_words, naming, of_whom
from writ.law.folder import check_sources
from writ.law.truth import SAID

ONE = b"""definition: acme.adult
version: 1
title: An adult
cites: [the terms of service]
effective: 2026-01-01T00:00:00Z
summary: A person over 18.
person: {age_over: 18}
settled_by: [{kind: person, attribute: age_over, values: [18], completeness: at_least, methods: [wallet]}]
false_when: {person: [age_over]}
limits: [An organisation is never one.]
scenarios: [{name: over 18, person: {age_over: [18]}, expect: "true"}]
"""
TWO = (
    ONE.replace(b"version: 1", b"version: 2")
    .replace(b"age_over: 18}", b"age_over: 21}")
    .replace(b"over 18.", b"over 21.")
    .replace(b"values: [18]", b"values: [21]")
    .replace(b"age_over: [18]", b"age_over: [21]")
    .replace(b"is never one", b"is none")
)


def pair(files: Mapping[str, bytes]) -> list[Definition]:
    """Read both versions beside some orders."""
    library = check_sources(files).library
    found = [library.get(f"acme.adult@{version}") for version in (1, 2)]
    return [item for item in found if item is not None]


@pytest.fixture
def files(write: Write, catalogue: bytes) -> dict[str, bytes]:
    """Return a folder whose order names the first version."""
    order = write().replace(b"only: ear.us_person@1", b"only: acme.adult@1")
    return {
        "catalogue.yaml": catalogue,
        "acme.adult@1.yaml": ONE,
        "acme.adult@2.yaml": TWO,
        "x.yaml": order,
    }


def test_what_differs_in_words(files: dict[str, bytes]) -> None:
    """What it asks, what settles it and what limits it, old beside new; a thing that stays is not said."""
    one, two = pair(files)
    assert [
        "summary: “A person over 21.”, was “A person over 18.”",
        "asks: people age_over 21, was people age_over 18",
        "person, no longer settled by age_over at_least 18 (wallet)",
        "person, now settled by age_over at_least 21 (wallet)",
        "no longer a limit: An organisation is never one.",
        "a new limit: An organisation is none.",
    ] == [line.replace('"', "") for line in definition_words(one, two)]
    assert [] == list(definition_words(one, one))


def test_of_whom_the_two_do_not_say_the_same(files: dict[str, bytes]) -> None:
    """Whoever is over 18 is one and not yet the other; nobody becomes one."""
    found = of_whom(*pair(files))
    assert ({("true", "unknown"), ("true", "false")}, True) == (
        {(SAID[mover.before[0]], SAID[mover.after[0]]) for mover in found.movers},
        found.complete,
    )


def test_whom_orders_would_move(files: dict[str, bytes]) -> None:
    """With the newer one in the older one's place, who is over 18 is asked for more."""
    _, two = pair(files)
    book = check_sources(files).book
    adopted = adopting(book, "acme.adult@1", two.predicate)
    assert (1, 0, 1) == (
        len(naming(book, "acme.adult@1")),
        len(naming(adopted, "acme.adult@1")),
        len(naming(adopted, "acme.adult@2")),
    )
    changes = {(m.before[0].word, m.after[0].word) for m in moved(book, adopted).movers}
    assert ("permit", "verify") in changes
    assert not {after for _, after in changes} & {"permit"}


EXCEPTION = """
exceptions:
  - {id: x, to: only-us, clauses: [c1], models: [fable-5], who: WHO, unless: UNLESS}
"""


@pytest.mark.parametrize(
    ("who", "unless", "named"),
    [
        ("acme.adult@1", "null", True),
        ("us.citizen@1", "acme.adult@1", True),
        ("us.citizen@1", "us.permanent_resident@1", False),
    ],
)
def test_exceptions_name_definitions_too(
    files: dict[str, bytes],
    write: Write,
    who: str,
    unless: str,
    named: bool,  # noqa: FBT001
) -> None:
    """Whom an exception is for, and whom not, may be a definition."""
    text = EXCEPTION.replace("WHO", who).replace("UNLESS", unless)
    files["x.yaml"] = write() + text.encode()
    book = check_sources(files).book
    _, two = pair(files)
    adopted = adopting(book, "acme.adult@1", two.predicate)
    assert (named, False, named) == (
        bool(naming(book, "acme.adult@1")),
        bool(naming(adopted, "acme.adult@1")),
        bool(naming(adopted, "acme.adult@2")),
    )


def test_a_newer_version_is_noted(files: dict[str, bytes]) -> None:
    """The order goes on meaning what it names."""
    assert ["there is a newer `acme.adult@2`; `acme.adult@1` stays as it is"] == newer(files)
    assert [] == newer(files | {"x.yaml": files["x.yaml"].replace(b"adult@1", b"adult@2")})


def newer(files: Mapping[str, bytes]) -> list[str]:
    """Return the notes on newer versions."""
    notes = (note.message for note in check_sources(files).notes)
    return [note for note in notes if note.startswith("there is a newer")]
