"""`writ order diff`, as a process."""

import json
import shutil
from pathlib import Path

import pytest

from tests.worlds import warm

ROOT = Path(__file__).parents[3]
JUNE = ROOT / "orders" / "june-2026"
FIRST = JUNE / "us-bis-2026-06-12.v1.yaml"
SECOND = JUNE / "us-bis-2026-06-12.v2.yaml"


def writ(*arguments: str | Path) -> tuple[int, str, str]:
    """Run `writ …`."""
    run = warm.writ(*arguments, cwd=ROOT)
    return run.returncode, run.stdout, run.stderr


def decided(orders: Path, folder: Path) -> list[str]:
    """Put every example of a folder to `writ decide`."""
    outcomes = []
    for file in sorted(folder.iterdir()):
        code, out, err = writ("decide", "--orders", orders, "--batch", file)
        assert (0, "") == (code, err)
        outcomes.append(json.loads(out)["outcome"])
    return outcomes


def test_two_versions_of_one_folder(tmp_path: Path) -> None:
    """Words first, then one person for every kind of change."""
    code, out, err = writ("order", "diff", FIRST, SECOND)
    assert (0, "") == (code, err)
    words, _, people = out.partition("\npeople who fare differently:\n")
    assert "clause c3 comes: “Entities listed in Annex A, " in words
    assert "list annex-a comes: 100 rows, sha256:" in words
    assert [
        "mythos-5: verify becomes permit, from 2026-06-26T20:00:00Z",
        "mythos-5: deny becomes permit, from 2026-06-26T20:00:00Z",
        "mythos-5: deny becomes verify, from 2026-06-26T20:00:00Z",
    ] == [line for line in people.splitlines() if " becomes " in line]


def test_examples_are_replayed_on_both_sides(tmp_path: Path) -> None:
    """Of two folders, every example has the outcomes that are said of it."""
    old, new, people = tmp_path / "old", tmp_path / "new", tmp_path / "people"
    for folder in (old, new):
        shutil.copytree(JUNE, folder)
    (old / SECOND.name).unlink()
    (new / FIRST.name).write_text(
        FIRST.read_text(encoding="utf-8").replace("to_serve: A2", "to_serve: A3"), encoding="utf-8"
    )
    code, out, err = writ("order", "diff", old, new, "--write", people, "--json")
    found = json.loads(out)
    assert (0, "", True) == (code, err, found["complete"])
    movers = found["people"]
    assert {"fable-5", "mythos-5"} == {mover["model"] for mover in movers}
    assert [mover["before"]["outcome"] for mover in movers] == decided(old, people)
    assert [mover["after"]["outcome"] for mover in movers] == decided(new, people)
    assert [mover["request"] for mover in movers] == [
        json.loads(file.read_bytes()) for file in sorted(people.iterdir())
    ]


def test_no_difference_is_said_plainly() -> None:
    """One line, whether files or folders."""
    assert (0, "no difference\n", "") == writ("order", "diff", FIRST, FIRST)
    assert (0, "no difference\n", "") == writ("order", "diff", JUNE, JUNE)


def test_words_that_move_nobody(tmp_path: Path) -> None:
    """Another title is a difference, and moves nobody."""
    shutil.copytree(JUNE, tmp_path / "new")
    file = tmp_path / "new" / FIRST.name
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("title: Licence", "title: A licence"), encoding="utf-8")
    code, out, _ = writ("order", "diff", FIRST, file)
    assert (0, 3) == (code, len(out.splitlines()))
    assert "nobody fares differently: the rules in force have the same digests" in out


@pytest.mark.parametrize("other", [JUNE, FIRST])
def test_bad_input(tmp_path: Path, other: Path) -> None:
    """A file against a folder, and a file that is not there."""
    code, out, err = writ("order", "diff", tmp_path / "nowhere.yaml", other)
    assert (3, "", 1) == (code, out, len(err.splitlines()))


def test_examples_overwrite_nothing(tmp_path: Path) -> None:
    """A folder with something in it is refused."""
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    code, _, err = writ("order", "diff", FIRST, SECOND, "--write", tmp_path)
    assert (3, f"`{tmp_path}` is not empty; name a new folder\n") == (code, err)


def test_examples_bring_their_owners_along(tmp_path: Path) -> None:
    """Where ownership decides, a replayed company is judged by the owners its example has."""
    folder = ROOT / "orders" / "entity-ownership"
    old, new, people = tmp_path / "old", tmp_path / "new", tmp_path / "people"
    for copy in (old, new):
        shutil.copytree(folder, copy)
        (copy / "subjects.jsonl").unlink()
    (old / "example-ownership.v2.yaml").unlink()
    code, out, err = writ("order", "diff", old, new, "--write", people, "--json")
    movers = json.loads(out)["people"]
    assert (0, "", 0) == (code, err, len([mover for mover in movers if not mover["request"]]))
    assert [mover["before"]["outcome"] for mover in movers] == decided(old, people)
    assert [mover["after"]["outcome"] for mover in movers] == decided(new, people)
    assert ("permit", "deny") in {
        (mover["before"]["outcome"], mover["after"]["outcome"]) for mover in movers
    }
    assert "example-owner" in out
