"""How much an annex may change from one version to the next, unsaid and said."""

import re
from pathlib import Path

import pytest

from writ.errors import InvalidInput
from writ.law.annexes import annex_limit, read_alone, unsaid_changes
from writ.law.folder import read_sources

CATALOGUE = b"provider: acme\nmodels: {m: {}}\n"
ORDER = """\
order: letter
version: {version}
kind: restriction
title: A title
authority: {{name: A, jurisdiction: US}}
effective: 2026-06-1{version}T00:00:00Z
clauses: {{c1: A clause.}}
rules:
  - {{id: r, clauses: [c1], models: [m], bar: {{organisation: {{organisation_in: listed}}}}, standing: organisation, evidence: {{to_serve: A2, to_bar: A1}}}}
annexes: {{listed: {{file: v{version}.csv, key: id}}}}
{more}
"""


def said(*annexes: range, more: str = "") -> list[str]:
    """Say what is wrong with the versions that have these rows; `more` stands in the last."""
    files: dict[str, bytes] = {"catalogue.yaml": CATALOGUE}
    for version, rows in enumerate(annexes, 1):
        last = more if version == len(annexes) else ""
        files[f"v{version}.yaml"] = ORDER.format(version=version, more=last).encode()
        files[f"v{version}.csv"] = "\n".join(["id", *map(str, rows)]).encode()
    book = read_sources(files)
    return [f"{version.version}: {message}" for version, message in unsaid_changes(book.versions)]


@pytest.mark.parametrize(("rows", "limit"), [(0, 0), (1, 1), (10, 1), (11, 2), (100, 10)])
def test_a_tenth_may_change(rows: int, limit: int) -> None:
    """Rounded up."""
    assert limit == annex_limit(rows)


@pytest.mark.parametrize("rows", [range(20), range(2, 20), range(22), range(2, 22)])
def test_a_small_change_need_not_be_said(rows: range) -> None:
    """A tenth may come and a tenth may go."""
    assert [] == said(range(20), rows)


def test_a_first_annex_may_have_any_rows() -> None:
    """There is nothing that it changes."""
    assert [] == said(range(1000))


def test_a_file_cut_short_is_told_with_what_to_write() -> None:
    """One row more than a tenth is too many."""
    line = "annex_change: {listed: {come: 0, go: 3}}"
    told = "2: 0 rows of annex `listed` come and 3 go, more than 2 of 20"
    assert [f"{told}; if that is meant, write `{line}`"] == said(range(20), range(3, 20))
    assert [] == said(range(20), range(3, 20), more=line)


def test_what_was_said_counts_from_the_version_before() -> None:
    """The third version is compared with the second."""
    change = "annex_change: {listed: {come: 10, go: 0}}"
    assert [] == said(range(20), range(20), range(30), more=change)


@pytest.mark.parametrize("change", ["{come: 10, go: 1}", "{come: 0, go: 0}"])
def test_said_numbers_are_right(change: str) -> None:
    """Saying something is not enough, and a first annex is compared with none."""
    for annexes in ([range(20), range(30)], [range(30)]):
        (wrong,) = said(*annexes, more=f"annex_change: {{listed: {change}}}")
        assert re.search(r"but `annex_change` says come: \d+, go: \d", wrong)


def placed(below: range, more: str = "") -> list[str]:
    """Say what is wrong with a second version of twenty rows of which these become subsidiaries."""
    files: dict[str, bytes] = {"catalogue.yaml": CATALOGUE}
    for version, subsidiaries in ((1, range(0)), (2, below)):
        order = ORDER.format(version=version, more=more if version == 2 else "")
        order = order.replace("key: id}", "key: id, subsidiary_of: of}")
        rows = (f"{row},{19 if row in subsidiaries else ''}" for row in range(20))
        files[f"v{version}.yaml"] = order.encode()
        files[f"v{version}.csv"] = "\n".join(["id,of", *rows]).encode()
    return [message for _, message in unsaid_changes(read_sources(files).versions)]


def test_rows_that_become_subsidiaries_are_a_change() -> None:
    """Where an order leaves subsidiaries out, they go from it although no row goes."""
    assert [] == placed(range(2))
    line = "annex_change: {listed: {come: 0, go: 0, shift: 3}}"
    told = "0 rows of annex `listed` come and 0 go, 3 become subsidiaries or cease to be"
    assert [f"{told}, more than 2 of 20; if that is meant, write `{line}`"] == placed(range(3))
    assert [] == placed(range(3), line)
    assert [f"{told}, but `annex_change` says come: 0, go: 0"] == placed(
        range(3), line.replace(", shift: 3", "")
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("{other: {come: 1, go: 1}}", "`other` is no annex of this version"),
        ("{listed: {come: -1, go: 1}}", "the least is 0"),
        ("{listed: {come: 1}}", "`go` is missing"),
    ],
)
def test_what_is_said_has_its_form(change: str, fault: str) -> None:
    """Faults of form are those of any order file."""
    with pytest.raises(InvalidInput, match=re.escape(fault)):
        said(range(3), more=f"annex_change: {change}")


@pytest.mark.parametrize(
    ("content", "fault"), [(None, "no such file"), ("id\n", "has no rows"), ("x\n1\n", "no column")]
)
def test_an_annex_by_itself(tmp_path: Path, content: str | None, fault: str) -> None:
    """A file that lies alone is read as one beside an order."""
    file = tmp_path / "annex.csv"
    if content is not None:
        file.write_text(content)
    with pytest.raises(InvalidInput, match=fault):
        read_alone(file, "id")
    file.write_text("id\nb\na\n")
    assert {"a", "b"} == read_alone(file, "id").members


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ("organisation,organisation\na,b\n", ["a.csv:1:1: column `organisation` stands twice"]),
        (
            "organisation,of\na,b\nb,a\nc,c\nd,\ne,d\n",
            [
                f"a.csv:{line}:1: `{name}` has only subsidiaries above it; leave empty whom nobody on"
                " the list is above"
                for line, name in ((2, "a"), (3, "b"), (4, "c"))
            ],
        ),
    ],
)
def test_a_table_that_says_two_things_or_goes_round_is_refused(
    table: str, faults: list[str]
) -> None:
    """A column that stands twice, and subsidiaries in a ring, which `out` would leave out."""
    order = ORDER.format(version=1, more="").replace("v1.csv, key: id", "a.csv, key: organisation")
    if ",of" in table:
        order = order.replace("key: organisation", "key: organisation, subsidiary_of: of")
    files = {"catalogue.yaml": CATALOGUE, "v1.yaml": order.encode(), "a.csv": table.encode()}
    with pytest.raises(InvalidInput) as told:
        read_sources(files)
    assert faults == [str(item) for item in told.value.faults]
