"""Definitions of a folder's own: one file more, read like those that come with Writ."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.unit.law.conftest import Write
from writ.errors import InvalidInput
from writ.law.compiled.decide import decide as compiled
from writ.law.definitions import definition
from writ.law.folder import (
    check_folder,
    check_sources,
    load_folder,
    read_library_of,
    read_order,
    read_sources,
)
from writ.law.literal.decide import decide as literal
from writ.law.snapshot import snapshot
from writ.law.truth import alone, truth

OWN = b"""
definition: acme.neighbour
version: 1
title: A neighbour
cites: [the terms of service]
effective: 2026-01-01T00:00:00Z
summary: A person who resides in the Union.
person: {resident_in: [eu]}
settled_by: []
false_when: {person: [residence]}
limits: [None known.]
scenarios:
  - {name: in Paris, person: {residence: [FR-75]}, expect: "true"}
  - {name: in Leeds and nowhere else, person: {residence: {exhaustive: [GB]}}, expect: "false"}
  - {name: nobody knows, person: {}, expect: unknown}
"""
FILE = "acme.neighbour@1.yaml"


@pytest.fixture
def folder(write: Write, catalogue: bytes) -> dict[str, bytes]:
    """A folder whose order names its own definition."""
    order = write().replace(b"ear.us_person@1", b"acme.neighbour@1")
    return {"catalogue.yaml": catalogue, "x.yaml": order, FILE: OWN}


def said(files: Mapping[str, bytes]) -> list[str]:
    """Return the faults of a folder."""
    with pytest.raises(InvalidInput) as caught:
        read_sources(files)
    return str(caught.value).splitlines()


def test_one_file_more_is_one_definition_more(folder: dict[str, bytes]) -> None:
    """An order names it, and its scenarios come out in both meanings."""
    checked = check_sources(folder)
    own = checked.library.own["acme.neighbour@1"]
    assert own.predicate == checked.book.versions[0].rules[0].predicate
    answers = [
        truth(own.predicate, alone(item.subject), item.at, decide)
        for item in own.examples
        for decide in (literal, compiled)
    ]
    assert [item.expect for item in own.examples for _ in range(2)] == answers


def test_an_own_definition_stands_in_the_snapshot(folder: dict[str, bytes]) -> None:
    """Whoever signs, signs for what the name meant."""
    assert b'"acme.neighbour@1":{"digest":"sha256:' in snapshot(read_sources(folder), 1, None, 1)


def test_a_version_rests_on_the_definition_that_it_names(folder: dict[str, bytes]) -> None:
    """Another meaning under the same name is another version of the order."""
    changed = folder | {FILE: OWN.replace(b"[eu]", b"[eu, CH]")}
    first, second = (check_sources(files).orders[0].rests_on for files in (folder, changed))
    assert (["acme.neighbour@1"], True) == (list(first), first != second)


def test_the_digest_covers_the_members_of_groups(folder: dict[str, bytes]) -> None:
    """A definition of another instant means other members, and has another digest."""
    earlier = folder | {FILE: OWN.replace(b"effective: 2026", b"effective: 2019")}
    first, second = (check_sources(files).orders[0].rests_on for files in (folder, earlier))
    assert first != second


def test_definitions_that_name_no_group_keep_their_digest() -> None:
    """Digests that were signed stay as they are."""
    assert (
        "sha256:117a684760bcf45ddfd5047ee91275580cc14ba70de0d9ba434085b46a1789c6"
        == definition("ear.us_person@1").predicate.digest
    )


def test_files_on_disk_are_read_alike(tmp_path: Path, folder: dict[str, bytes]) -> None:
    """A folder, and one order of it, find the definition beside them."""
    for name, data in folder.items():
        (tmp_path / name).write_bytes(data)
    checked = check_folder(tmp_path, load_folder(tmp_path))
    one = read_order(tmp_path / "x.yaml", checked.book.catalogue)
    assert checked.book.versions == (one,)


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("a.b@2.yaml", b"", b"", "`acme.neighbour@1` belongs in `acme.neighbour@1.yaml`"),
        (
            "ear.us_person@7.yaml",
            b"acme.neighbour\nversion: 1",
            b"ear.us_person\nversion: 7",
            "`ear.us_person@7` comes with Writ; take a name of your own",
        ),
        (FILE, b"resident_in", b"residnt_in", "unknown operator `residnt_in`; did you mean `resident_in`?"),
        (FILE, b"summary:", b"sumary:", "unknown key `sumary`; did you mean `summary`?"),
    ],
)  # fmt: skip
def test_faults_of_own_definitions(
    folder: dict[str, bytes], file: str, old: bytes, new: bytes, fault: str
) -> None:
    """They are read as strictly as orders, and their faults name their file."""
    del folder[FILE]
    found = said(folder | {file: OWN.replace(old, new)})
    assert fault in [line.split(": ", 1)[1] for line in found if line.startswith(file)]


def test_an_unknown_definition_is_told_the_nearest(folder: dict[str, bytes]) -> None:
    """Own definitions are among the names that may have been meant."""
    folder["x.yaml"] = folder["x.yaml"].replace(b"neighbour@1", b"neighbor@1")
    assert said(folder)[0].endswith("did you mean `acme.neighbour@1`? (clause c1)")


def test_a_library_is_read_whatever_the_orders_are_like(
    tmp_path: Path, folder: dict[str, bytes]
) -> None:
    """Definitions are listed beside a broken order; their own faults, and no folder, are said."""
    for name, data in {**folder, "x.yaml": b"order: ["}.items():
        (tmp_path / name).write_bytes(data)
    assert ["acme.neighbour@1"] == list(read_library_of(tmp_path).own)
    (tmp_path / FILE).write_bytes(OWN.replace(b"version: 1", b"version: one"))
    with pytest.raises(InvalidInput, match=FILE):
        read_library_of(tmp_path)
    with pytest.raises(InvalidInput, match="is no folder of orders"):
        read_library_of(tmp_path / "none")
