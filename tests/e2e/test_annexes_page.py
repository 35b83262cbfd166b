"""Runs docs/annexes.md, block by block, with real keys; and what the commands refuse."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.law.test_annex_change import CATALOGUE, ORDER
from tests.worlds.deployment import Deployment, found

PAGE = Path(__file__).parents[2] / "docs" / "annexes.md"
BLOCKS = re.findall(r"```(sh|csv)\n(.*?)```", PAGE.read_text(), re.DOTALL)
FILES = {
    name.removeprefix("# "): rest
    for name, _, rest in (text.partition("\n") for kind, text in BLOCKS if kind == "csv")
}
BOTH = ["--list", "list.csv", "--directory", "directory.csv"]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A folder with keys, a trust document, the page's list and its directory."""
    made = found(tmp_path_factory.mktemp("annexes"))
    for name in ("list.csv", "directory.csv"):
        (made.folder / name).write_text(FILES[name])
    return made


def test_the_page_works_as_it_is_written(here: Deployment) -> None:
    """From a list of names to the annex that the page shows, its rows printed nowhere."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    said = ""
    for text in (text for kind, text in BLOCKS if kind == "sh"):
        done = subprocess.run(
            ["bash", "-ec", text],
            cwd=here.folder,
            env={**os.environ, "PATH": path, "WRIT_CONFIG": "writ.toml"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (0, text) == (done.returncode, text if done.returncode == 0 else done.stderr)
        said += done.stdout + done.stderr

    assert FILES["annex-a.csv"] == (here.folder / "annex-a.csv").read_text()
    assert "4 rows: 2 exact, 1 with candidates, 1 like nobody on the directory" in said
    assert "4 ids, 1 of them subsidiaries (subsidiaries are in)" in said
    assert "0 rows come, 0 go, 4 stay: 4 rows, were 4" in said
    ids = FILES["annex-a.csv"].split()[1:]
    assert [] == [name for name in (*ids, "Gallic", "Nobody Knows") if name in said]


def test_one_person_is_not_enough_and_nobody_confirms_twice(here: Deployment) -> None:
    """Nothing is built from one signature; the second is another person's, of the same choice."""
    (here.folder / "d.csv").write_text("row,ids\n2,brit-co\n3,none\n4,romashka\n5,none\n")
    confirm = ["annex", "confirm", "d.csv", *BOTH, "--out", "c.json", "--yes", "--subsidiaries"]
    told = here.json(*confirm, "out", "--key", "ben.key")
    assert {"rows": 4, "nobody": [3, 5], "below": 0, "people": ["ben"]}.items() <= told.items()
    build = ["annex", "build", "c.json", *BOTH, "--out", "built.csv"]
    assert "1 of 2 people confirmed this" in here.fails(2, *build)
    assert "`ben` confirmed this already" in here.fails(2, *confirm, "out", "--key", "ben.key")
    assert "decided otherwise" in here.fails(2, *confirm, "in", "--key", "eve.key")
    assert "`ada` may not sign" in here.fails(2, *confirm, "out", "--key", "ada.key")
    here.writ(*confirm, "out", "--key", "eve.key")
    (here.folder / "other.csv").write_text(FILES["list.csv"] + "One More,,,\n")
    other = ["--list", "other.csv", *BOTH[2:], "--out", "built.csv"]
    assert "another file than the one that was confirmed" in here.fails(
        2, "annex", "build", "c.json", *other
    )
    assert {"ids": 2, "nobody": [3, 5]}.items() <= here.json(*build).items()
    assert "exists; nothing is written over" in here.fails(2, *build)


def test_decisions_are_whole(here: Deployment) -> None:
    """Everything undecided, unknown and double is said at once, at its row."""
    (here.folder / "bad.csv").write_text("row,ids\n2,brit-cow\n3,\n3,none;brit-co\n9,none\n")
    said = here.fails(
        3, "annex", "confirm", "bad.csv", *BOTH, "--out", "x.json", "--subsidiaries", "in",
        "--key", "ben.key", "--yes",
    )  # fmt: skip
    assert [
        "bad.csv: row 4 of the list is not decided on",
        "bad.csv: row 5 of the list is not decided on",
        "bad.csv:2:1: no `brit-cow` on the directory; did you mean `brit-co`?",
        "bad.csv:3:1: row 3 is undecided; write ids, or `none`",
        "bad.csv:4:1: row 3 means `none` and somebody as well",
        "bad.csv:4:1: row 3 of the list is decided on twice",
        "bad.csv:5:1: the list has no row `9`",
    ] == said.splitlines()


def test_a_large_difference_is_told_with_what_to_write(here: Deployment) -> None:
    """`annex diff` counts, and gives the line that the order's next version needs."""
    (here.folder / "old.csv").write_text("organisation\na\nb\nc\n")
    (here.folder / "new.csv").write_text("organisation\nc\n")
    told = here.json("annex", "diff", "old.csv", "new.csv")
    assert {
        "before": 3, "after": 1, "come": 0, "go": 2, "shift": 0, "stay": 1, "limit": 1, "large": True,
    } == told  # fmt: skip
    assert "annex_change: {ANNEX: {come: 0, go: 2}}" in here.writ(
        "annex", "diff", "old.csv", "new.csv"
    )
    assert "no column `id`" in here.fails(
        3, "annex", "diff", "old.csv", "new.csv", "--column", "id"
    )
    assert "no such file" in here.fails(3, "annex", "diff", "none.csv", "new.csv")


def test_a_difference_counts_who_becomes_a_subsidiary(here: Deployment) -> None:
    """Rows that stay, but as somebody's subsidiaries, are a change that the next version says."""
    (here.folder / "own.csv").write_text("organisation,of\na,\nb,\nc,\n")
    (here.folder / "below.csv").write_text("organisation,of\na,\nb,a\nc,a\n")
    words: list[str | Path] = ["annex", "diff", "own.csv", "below.csv", "--subsidiary-of", "of"]
    told = here.json(*words)
    assert {"come": 0, "go": 0, "shift": 2, "stay": 3, "large": True}.items() <= told.items()
    assert "annex_change: {ANNEX: {come: 0, go: 0, shift: 2}}" in here.writ(*words)


def test_the_draft_is_private(here: Deployment) -> None:
    """What names and candidates stand in is readable by its owner only; stdout has numbers."""
    told = json.loads(
        here.writ("annex", "match", "list.csv", *BOTH[2:], "--out", "m.csv", "--json")
    )
    assert {"rows": 4, "exact": 2, "candidates": 1, "nobody": 1}.items() <= told.items()
    assert 0o600 == (here.folder / "m.csv").stat().st_mode & 0o777


def test_the_check_refuses_a_file_cut_short(tmp_path: Path) -> None:
    """Where the order stands, with the line to write if it is meant."""
    (tmp_path / "catalogue.yaml").write_bytes(CATALOGUE)
    for version, rows in ((1, 20), (2, 3)):
        (tmp_path / f"v{version}.yaml").write_text(ORDER.format(version=version, more=""))
        (tmp_path / f"v{version}.csv").write_text("\n".join(["id", *map(str, range(rows))]))
    done = Deployment(tmp_path).run("order", "check", ".")
    assert 3 == done.returncode
    assert "v2.yaml:1:8: 0 rows of annex `listed` come and 17 go, more than 2 of 20" in done.stderr


def test_a_difference_counts_whom_the_books_have(here: Deployment) -> None:
    """Numbers alone; a line that is no subject is named by its place and not by what it says."""
    (here.folder / "was.csv").write_text("organisation\na\nb\nc\n")
    (here.folder / "now.csv").write_text("organisation\nc\nd\n")
    books = here.folder / "books.jsonl"
    books.write_text('{"id":"a","kind":"organisation"}\n\n{"id":"bot","acts_for":["a","c"]}\n')
    words: list[str | Path] = ["annex", "diff", "was.csv", "now.csv", "--subjects", books]
    told = here.json(*words)
    assert {"registered": {"come": 0, "go": 1}, "acting": {"come": 0, "go": 1}}.items() <= (
        told.items()
    )
    assert "of those that go, 1 are on the books, and 1 act for them" in here.writ(*words)
    books.write_text('{"id":"a"}\n{"id":7}\n')
    assert ":2:1: not a subject: expected `str`, got `int` - at `$.id`" in here.fails(3, *words)
