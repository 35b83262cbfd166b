"""The same sources give the same bytes, wherever and in whatever order they are read."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.june import BOOK, V1, V2, V3
from writ.canonical import decode
from writ.clock import format_instant
from writ.law import snapshot as snapshots
from writ.law.digest import rules_digest
from writ.law.folder import load_folder, read_sources
from writ.law.snapshot import law_digest, snapshot
from writ.law.snapshot_first import HELD_NOTICE
from writ.model.order import Hold
from writ.point.view import read_view

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"
BUILD = """
import sys
from hashlib import sha256
from pathlib import Path
from writ.law.folder import load_folder, read_sources
from writ.law.snapshot import snapshot
files = load_folder(Path(sys.argv[1]))
names = sorted(files, reverse=sys.argv[2] == "reversed")
book = read_sources({name: files[name] for name in names})
print(sha256(snapshot(book, 3, "sha256:before", 1)).hexdigest())
"""


def test_the_bytes_are_the_same_for_any_file_order_and_hash_seed() -> None:
    """Three processes with other hash seeds and another order of files, and this one, agree."""
    here = snapshot(read_sources(load_folder(JUNE)), 3, "sha256:before", 1)
    built = [
        subprocess.run(
            [sys.executable, "-c", BUILD, str(JUNE), order],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, order in (("0", "sorted"), ("1", "reversed"), ("4242", "sorted"))
    ]
    assert [hashlib.sha256(here).hexdigest()] * 3 == built


def test_members_of_an_annex_never_leave_the_control_side() -> None:
    """Annexes are there by digest; no row of theirs is in the bytes."""
    data = snapshot(read_sources(load_folder(JUNE)), 1, None, 1)
    rows = (JUNE / "annex-a.csv").read_text(encoding="utf-8").splitlines()
    members = [row.split(",")[0] for row in rows[1:]]
    value = json.loads(data)
    assert len(members) > 5
    assert [] == [member for member in members if member.encode() in data]
    assert [True] == [digest.startswith("sha256:") for digest in value["annexes"].values()]


def test_a_snapshot_says_what_is_in_force_when() -> None:
    """Segments with their digests and rules, definitions by name, who came before."""
    value = decode(snapshot(BOOK, 7, "sha256:before", 2))
    assert isinstance(value, dict)
    assert (7, "sha256:before", 2) == (value["epoch"], value["previous"], value["trust"])
    segments = value["segments"]
    assert isinstance(segments, list)
    told = [(item["from"], item["starts"], item["rules_digest"]) for item in segments]
    assert [
        (None, None, rules_digest(BOOK, V1 - 1)),
        *[(at, format_instant(at), rules_digest(BOOK, at)) for at in (V1, V2, V3)],
    ] == told
    assert ["ear.us_person@1"] == [name for name in value["definitions"] if name]


@pytest.mark.parametrize("form", [snapshots.FIRST, snapshots.FORMAT])
def test_a_hold_tells_nothing(form: str) -> None:
    """It has no order, and its end is left out where there is none."""
    book = replace(
        BOOK, holds=(Hold("opus-4-8", "officer", V1, V2), Hold("fable-5", "officer", V1))
    )
    data = snapshot(book, 1, None, 1, form)
    view = read_view(data)
    assert (None, HELD_NOTICE) == (view.hold("fable-5").order, view.hold("fable-5").notice)
    held = [
        [name for name in view.order if view.cells(number)[view.index[name]] in view.stopped]
        for number in (1, 2)
    ]
    assert [["fable-5", "opus-4-8"], ["fable-5"]] == held
    assert [None, V2] == [item["until"] for item in json.loads(data)["holds"]]


def test_a_rule_is_said_once() -> None:
    """However many instants change something; it says when it stands."""
    value = json.loads(snapshot(BOOK, 1, None, 1))
    said = [(rule["order"], rule["version"], rule["spans"]) for rule in value["rules"]]
    name = BOOK.versions[0].order
    assert [(name, 1, [[V1, V2]]), (name, 2, [[V2, V3]])] == said
    assert {"from", "starts", "rules_digest"} == set(value["segments"][0])


def test_values_that_json_lacks_are_written_as_text() -> None:
    """A file's own values are kept as they were read."""
    odd = replace(BOOK.versions[0], source={"a": [1, None, True, ("x",)], "b": {"c": 1.5}})
    value = json.loads(snapshot(replace(BOOK, versions=(odd,)), 1, None, 1))
    assert {"a": [1, None, True, ["x"]], "b": {"c": "1.5"}} == value["orders"][0]["file"]


def test_an_unless_with_a_definition_is_told() -> None:
    """Every definition that any predicate names is in the snapshot."""
    version = BOOK.versions[1]
    named = replace(version.rules[0].predicate, name="test.other@1")
    limited = replace(version.exemptions[0], unless=named)
    book = replace(BOOK, versions=(replace(version, exemptions=(limited,)),))
    value = json.loads(snapshot(book, 1, None, 1))
    assert {"ear.us_person@1", "test.other@1"} == set(value["definitions"])


def test_a_report_speaks_of_orders_wherever_they_stand() -> None:
    """Holds make no difference to what orders say; another version does."""
    held = replace(BOOK, holds=(Hold("fable-5", "ben", V1),))
    fewer = replace(BOOK, versions=BOOK.versions[:1])
    assert law_digest(BOOK) == law_digest(held)
    assert law_digest(BOOK) != law_digest(fewer)
