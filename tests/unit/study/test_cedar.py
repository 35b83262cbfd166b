"""`writ order export`: what is written, what is said of it, and what cannot be."""

import json
import sys
from pathlib import Path

import pytest

from writ.cli.order_export import export as command
from writ.errors import Failed, InvalidInput

ORDERS = Path(__file__).parents[3] / "orders"
JUNE = ORDERS / "june-2026"
AT = "2026-06-13T00:00:00Z"


def test_the_page_shows_what_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """docs/export.md has the output word for word, and no engine is loaded."""
    out = tmp_path / "cedar"
    before = set(sys.modules)
    assert 0 == command(JUNE, AT, out, cedar=True)
    assert "cedarpy" not in set(sys.modules) - before
    printed = capsys.readouterr().out.replace(str(out), "cedar")
    assert printed in (ORDERS.parent / "docs" / "export.md").read_text()
    assert ["NOTE.md", "entities.json", "policies.cedar", "schema.cedarschema"] == sorted(
        file.name for file in out.iterdir()
    )
    assert {0o600} == {file.stat().st_mode & 0o777 for file in out.iterdir()}


def test_subjects_of_another_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The people of a file are exported instead of the folder's, and JSON counts them."""
    file = tmp_path / "people.jsonl"
    file.write_text('{"id": "p", "kind": "person"}\n')
    command(JUNE, AT, tmp_path / "out", file, cedar=True, as_json=True)
    assert 1 == json.loads(capsys.readouterr().out)["subjects"]


def test_a_model_that_cannot_be_said_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What owners come to is not said: no policy, exit 2, and the note names the rule."""
    at = "2027-01-01T00:00:00Z"
    assert 2 == command(ORDERS / "entity-ownership", at, tmp_path / "out", cedar=True)
    assert "is refused to everybody" in capsys.readouterr().out
    assert "asks what facts of several come to" in (tmp_path / "out" / "NOTE.md").read_text()


def test_bad_input(tmp_path: Path) -> None:
    """Without an engine's name, or over a folder that is there, nothing is written."""
    with pytest.raises(InvalidInput, match="--cedar"):
        command(JUNE, AT, tmp_path / "out")
    with pytest.raises(Failed, match="cannot write"):
        command(JUNE, AT, tmp_path, cedar=True)
    assert [] == list(tmp_path.iterdir())
