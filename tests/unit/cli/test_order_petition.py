"""`writ order petition`, as a process, on the letters of June before the third one."""

import json
import shutil
from pathlib import Path

import pytest

from tests.worlds import warm

ROOT = Path(__file__).parents[3]
JUNE = ROOT / "orders" / "june-2026"
AT = "2026-06-28T00:00:00Z"
LISTED = ["french-visa-holder", "refugee-in-us"]


def writ(*arguments: str | Path) -> tuple[int, str, str]:
    """Run `writ …`."""
    run = warm.writ(*arguments, cwd=ROOT)
    return run.returncode, run.stdout, run.stderr


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The folder of orders, a list, and a reason."""
    shutil.copytree(JUNE, tmp_path / "orders")
    (tmp_path / "orders" / "us-bis-2026-06-12.v3.yaml").unlink()
    (tmp_path / "list.csv").write_text("\n".join(["id", *LISTED]) + "\n", encoding="utf-8")
    (tmp_path / "why.txt").write_text("They keep hospitals running.\n", encoding="utf-8")
    return tmp_path


def ask(here: Path, out: str, *more: str | Path) -> tuple[int, str, str]:
    """Run the command in `here`."""
    return writ(
        "order", "petition", here / "orders", "--order", "us-bis-2026-06-12", "--at", AT,
        "--who", here / "list.csv", "--why", here / "why.txt", "--out", here / out, *more,
    )  # fmt: skip


def decided(orders: Path, subjects: list[str], folder: Path) -> list[str]:
    """Put every subject to `writ decide`, for Mythos 5."""
    batch = folder / "batch.jsonl"
    lines = [json.dumps({"subject": item, "model": "mythos-5", "at": AT}) for item in subjects]
    batch.write_text("\n".join(lines), encoding="utf-8")
    code, out, err = writ("decide", "--orders", orders, "--batch", batch)
    assert (0, "") == (code, err)
    return [json.loads(line)["outcome"] for line in out.splitlines()]


def test_a_petition_and_what_would_be_if_it_were_granted(here: Path) -> None:
    """The folder is whole, alike each time; its proposal passes the check and moves those listed."""
    code, out, err = ask(here, "petition", "--models", "mythos", "--json")
    found = json.loads(out)
    assert (0, "") == (code, err)
    assert (2, 3, ["mythos-5"]) == (found["version"], found["proposed_version"], found["models"])
    assert sorted(item.name for item in (here / "petition").iterdir()) == found["files"]
    assert 0 == ask(here, "again", "--models", "mythos-5")[0]
    for name in found["files"]:
        assert (here / "petition" / name).read_bytes() == (here / "again" / name).read_bytes()

    people = [
        item["id"]
        for item in map(json.loads, (JUNE / "subjects.jsonl").read_bytes().splitlines())
        if item["kind"] == "person" and len(item["acts_for"]) < 2
    ]
    before = dict(zip(people, decided(here / "orders", people, here), strict=True))
    for name in (found["annex"]["file"], found["order_file"]):
        shutil.copy(here / "petition" / name, here / "orders" / name)
    code, out, err = writ("order", "check", here / "orders")
    noted = {line.partition(": ")[2].partition(" annex")[0] for line in err.splitlines()}
    assert (0, {"nobody confirmed whom"}) == (code, noted)
    after = dict(zip(people, decided(here / "orders", people, here), strict=True))
    assert before | dict.fromkeys(LISTED, "permit") == after
    assert "deny" == before["french-visa-holder"]
    assert {item["id"]: item["today"] for item in found["outcomes"]} == {
        name: before[name] for name in LISTED
    }
    assert {item["if_granted"] for item in found["outcomes"]} == {"permit"}


def test_people_read_that_it_permits_nobody(here: Path) -> None:
    """Said on the screen and first of all in the folder; what still stops them is said too."""
    (here / "list.csv").write_text("organisation\nbritish-co\n", encoding="utf-8")
    other = here / "people.jsonl"
    shutil.move(here / "orders" / "subjects.jsonl", other)
    code, out, err = ask(here, "petition", "--column", "organisation", "--subjects", other)
    assert (0, "") == (code, err)
    assert "nothing in it permits anybody until the authority grants it and two people sign" in out
    assert "2 outcomes would be no permit if it were granted: see outcomes.csv" in out
    page = (here / "petition" / "README.md").read_text(encoding="utf-8")
    assert page.splitlines()[2].startswith("> **Nothing in this folder permits anybody.**")


def test_other_orders_are_told_on_the_screen_alone(here: Path) -> None:
    """An order of somebody else stops them as well."""
    (here / "orders" / "other.yaml").write_text(
        "order: other\nversion: 1\nkind: restriction\ntitle: Another\n"
        "authority: {name: A, jurisdiction: GB}\neffective: 2026-06-01T00:00:00Z\n"
        "clauses: {c1: A clause.}\nrules:\n  - {id: r, clauses: [c1], models: [mythos-5],"
        " only: {person: {citizen_of: [GB]}}, standing: natural_person,"
        " evidence: {to_serve: A2, to_bar: A1}}\n",
        encoding="utf-8",
    )
    code, out, err = ask(here, "petition")
    assert (0, "") == (code, err)
    assert "2 outcomes stopped by other orders too, which the folder does not name" in out


def test_bad_input_writes_nothing(here: Path) -> None:
    """One line each, and no folder."""
    (here / "list.csv").write_text("id\nnobody-here\n", encoding="utf-8")
    code, out, err = ask(here, "petition")
    assert (3, "", 1) == (code, out, len(err.splitlines()))
    (here / "list.csv").write_text("id\nus-citizen-june-28\n", encoding="utf-8")
    code, _, err = ask(here, "petition", "--models", "mythos-6")
    assert 3 == code
    assert err.startswith("--models: no model `mythos-6` in the catalogue")
    (here / "why.txt").write_bytes(b"\xff")
    assert (3, f"{here / 'why.txt'}:1:1: not UTF-8\n") == ask(here, "petition")[::2]
    (here / "why.txt").write_text(" \n", encoding="utf-8")
    assert (3, f"{here / 'why.txt'}:1:1: is empty; say why\n") == ask(here, "petition")[::2]
    assert not (here / "petition").exists()


def test_nothing_is_written_over(here: Path) -> None:
    """A folder with something in it is refused, and one that is a file has failed."""
    assert (3, f"`{here}` is not empty; name a new folder\n") == ask(here, ".")[::2]
    assert 1 == ask(here, "why.txt")[0]
