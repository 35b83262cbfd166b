from collections.abc import Mapping

import pytest

from tests.worlds.signers import CATALOGUE, FIRST, NOW, letter
from writ.canonical import digest_bytes
from writ.clock import FOREVER
from writ.desk import sources
from writ.desk.sources import (
    Place,
    Sources,
    SourcesForm,
    compile_sources,
    merge,
    read_manifest,
    sources_plain,
    withdrawal,
)
from writ.errors import Fault, InvalidInput, Refused
from writ.model.order import Hold
from writ.signing.form import as_form

HOLDS = (Hold("fable-5", "ana", NOW, NOW + 1), Hold("fable-5", "ben", NOW, FOREVER))
ANNEX = b"organisation,name\nacme,Acme\n"


def with_annex(version: int, annex: str = "annex.csv") -> bytes:
    """Return an order version that has an exception for an annex."""
    return (
        letter(version=version)
        + b"exceptions:\n  - id: e\n    to: only-us-persons\n    clauses: [c1]\n"
        + b"    models: [fable-5]\n    who: {organisation_in: list}\n    unproven: barred\n"
        + f"annexes: {{list: {{file: {annex}, key: organisation}}}}\n".encode()
    )


def test_sources_travel() -> None:
    """Files and holds come back as they were, a hold without an end among them."""
    found = Sources({"a": b"\x00\xff"}, HOLDS)
    assert found == as_form(sources_plain(found), SourcesForm, "the sources").read()


def test_a_manifest_names_everything() -> None:
    """Files and versions are named by digest, and holds are written out."""
    compiled = compile_sources(Sources(FIRST, HOLDS), Place(1, None, 1))
    manifest = read_manifest(compiled.manifest)
    assert {name: digest_bytes(data) for name, data in FIRST.items()} == manifest.files
    assert HOLDS == manifest.held()
    assert {"us-bis/1"} == set(manifest.versions)


def test_a_version_is_its_file_and_its_annexes() -> None:
    """A version's digest changes with its bytes or its annex's rows, and with nothing else."""
    files = {"catalogue.yaml": CATALOGUE, "a.yaml": with_annex(1), "annex.csv": ANNEX}

    def version(changes: Mapping[str, bytes]) -> str:
        found = compile_sources(Sources({**files, **changes}), Place(1, None, 1))
        return found.versions["us-bis/1"]

    assert version({}) == version({"b.yaml": letter("b"), "annex.csv": ANNEX + b"acme,Again\n"})
    assert version({}) != version({"a.yaml": with_annex(1) + b"#\n"})
    assert version({}) != version({"annex.csv": ANNEX + b"zeta,Zeta\n"})


def test_changes_are_merged() -> None:
    """Files are put in place, replaced and taken away."""
    merged = merge({"a": b"1", "b": b"2"}, {"b": None, "a": b"3", "c": b""})
    assert {"a": b"3", "c": b""} == merged


def test_odd_changes_are_told_all_at_once() -> None:
    """Names that are no file names and files that are not there are faults."""
    with pytest.raises(InvalidInput) as caught:
        merge({"a": b"1"}, {"../a": b"", ".a": b"", "": b"", "b": None})
    word = "is not a file name; use letters, digits, dot, dash, underscore"
    assert (
        Fault("", 0, 0, word),
        Fault("../a", 0, 0, word),
        Fault(".a", 0, 0, word),
        Fault("b", 0, 0, "is not in force, so it cannot be taken away"),
    ) == caught.value.faults


@pytest.mark.parametrize("budget", ["MOST_FILES", "LARGEST"])
def test_sources_have_a_budget(monkeypatch: pytest.MonkeyPatch, budget: str) -> None:
    """More files or bytes than the budget are refused."""
    monkeypatch.setattr(sources, budget, 1)
    with pytest.raises(InvalidInput, match="more than"):
        merge({}, {"a": b"1", "b": b"2"})


def test_withdrawing_takes_what_is_the_orders_own() -> None:
    """An order's versions go, with annexes that no other order names."""
    files = {
        "catalogue.yaml": CATALOGUE,
        "a.v1.yaml": with_annex(1),
        "a.v2.yaml": with_annex(2, "other.csv"),
        "b.yaml": with_annex(1, "other.csv").replace(b"us-bis", b"saga"),
        "annex.csv": ANNEX,
        "other.csv": ANNEX,
    }
    gone = {"a.v1.yaml": None, "a.v2.yaml": None, "annex.csv": None}
    assert gone == withdrawal(files, "us-bis")
    assert {"b.yaml": None} == withdrawal(files, "saga")
    with pytest.raises(Refused, match="no order `zeta`"):
        withdrawal(files, "zeta")


GROUPS = b"groups: {ours: {title: Ours, cites: [c1], members: [FR]}}\n"


def test_withdrawing_leaves_groups_and_definitions() -> None:
    """What other orders may come to name stays beside the catalogue."""
    files = {**FIRST, "groups.yaml": GROUPS}
    assert "groups.yaml" not in withdrawal(files, "us-bis")


def test_a_version_is_its_own_groups_too() -> None:
    """A version that names a group of the folder changes with it; others do not."""
    bar = letter().replace(b"only: ear.us_person@1", b"bar: {person: {national_of: [ours]}}")

    def version(order: bytes, groups: bytes) -> str:
        found = {"catalogue.yaml": CATALOGUE, "x.yaml": order, "groups.yaml": groups}
        (digest,) = sources.compile_sources(
            sources.Sources(found), sources.Place(1, None, 1)
        ).versions.values()
        return digest

    other = GROUPS.replace(b"FR", b"DE")
    assert (False, True) == (
        version(bar, GROUPS) == version(bar, other),
        version(letter(), GROUPS) == version(letter(), other),
    )
