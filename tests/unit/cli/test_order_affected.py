"""`writ order affected`, as the two people run it."""

import stat
from pathlib import Path

import pytest

from tests.worlds.office import Office, office
from writ.model.subject import Subject

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"
ORDER = "us-bis-2026-06-12"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A deployment with the first letter in force and somebody it affects."""
    made = office(tmp_path_factory.mktemp("office"))
    made.enrol(Subject("alice", "person"))
    made.obey(JUNE / "catalogue.yaml", JUNE / f"{ORDER}.v1.yaml")
    return made


def test_a_list_leaves_by_two_people(desk: Office, tmp_path: Path) -> None:
    """One asks, another is shown what for and approves, and the file is its owner's only."""
    out = tmp_path / "calls.csv"
    asked = ("order", "affected", "request", ORDER, "--purpose", "calls", "--columns")
    wrong = desk.fails(*asked, "id, citizenships", "--key", desk.key("ada"))
    assert "`citizenships` is an attribute, and no list has any" == wrong
    desk.writ(*asked, "id, model,", "--key", desk.key("ada"))
    export = ("order", "affected", "export", "a1", "--out", out)
    assert "waits for another person's" in desk.fails(*export)
    assert not out.exists()
    approve = ("order", "affected", "approve", "a1", "--key", desk.key("ben"))
    assert "not signed; say --yes" in desk.fails(*approve)
    shown = desk.writ(*approve, "--yes")
    assert f"ada asks for whom {ORDER} affects, by id, model: calls" in shown.output
    assert "1 subjects in 2 rows, sha256:" in desk.writ(*export).stdout
    assert ("id,model\nalice,fable-5\nalice,mythos-5\n", 0o600) == (
        out.read_text(),
        stat.S_IMODE(out.stat().st_mode),
    )
    (row,) = desk.json("order", "affected", "list")["requests"]
    assert ("a1", "ada", "ben", 2) == (row["id"], row["by"], row["approved_by"], row["rows"])
    assert "calls.csv` exists; name a new file" in desk.fails(*export)
    nowhere = (*export[:-1], tmp_path / "no" / "calls.csv")
    assert "cannot write" in desk.fails(*nowhere)
