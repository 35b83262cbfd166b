"""`writ order explain`, as a process."""

import json
import shutil
from pathlib import Path

from tests.worlds.warm import writ

ROOT = Path(__file__).parents[3]
JUNE = ROOT / "orders" / "june-2026"
SECOND = JUNE / "us-bis-2026-06-12.v2.yaml"


def explain(*arguments: str | Path) -> tuple[int, str, str]:
    """Run `writ order explain …`."""
    run = writ("order", "explain", *arguments, cwd=ROOT)
    return run.returncode, run.stdout, run.stderr


def explained(*arguments: str | Path) -> list[tuple[str | None, int | None]]:
    """Return which versions the JSON explains."""
    code, out, err = explain(*arguments, "--json")
    assert (0, "") == (code, err)
    return [(part["order"], part["version"]) for part in json.loads(out)]


def test_a_folder_is_explained_version_by_version() -> None:
    """What holds for all comes first, then every version."""
    assert [
        (None, None),
        ("uk-ecju-2025-11-03", 1),
        ("us-bis-2026-06-12", 1),
        ("us-bis-2026-06-12", 2),
        ("us-bis-2026-06-12", 3),
    ] == explained(JUNE)


def test_a_file_is_explained_within_its_folder() -> None:
    """Only its version, but with all that changes when."""
    assert [(None, None), ("us-bis-2026-06-12", 2)] == explained(SECOND)
    code, out, _ = explain(SECOND)
    assert (0, True) == (code, "when version 3 replaces it." in " ".join(out.split()))


def test_what_governs_at_an_instant() -> None:
    """Versions that do not govern then are left out; the new one governs at its very instant."""
    before = explained(JUNE, "--at", "2026-06-26T19:59:59.999999Z")
    after = explained(JUNE, "--at", "2026-06-26T20:00:00Z")
    assert [("us-bis-2026-06-12", 1), ("us-bis-2026-06-12", 2)] == [before[-1], after[-1]]
    assert [(None, None)] == explained(SECOND, "--at", "2026-06-20T00:00:00Z")


def test_markdown_has_a_heading_for_every_section() -> None:
    """Markdown is what counsel keeps."""
    code, out, _ = explain(SECOND, "--markdown")
    assert (0, True) == (code, "\n## Whose standing counts\n\n- Rule `only-us-persons`" in out)


def test_one_form_at_a_time() -> None:
    """Markdown within JSON would be neither."""
    code, out, err = explain(JUNE, "--markdown", "--json")
    assert (3, "", "give `--markdown` or `--json`, not both\n") == (code, out, err)


def test_faults_are_reported_as_the_check_does(tmp_path: Path) -> None:
    """A folder with faults is not explained."""
    shutil.copy(JUNE / "catalogue.yaml", tmp_path)
    file = tmp_path / "x.yaml"
    file.write_text("order: x\n", encoding="utf-8")
    code, out, err = explain(file)
    assert (3, "") == (code, out)
    assert err.startswith(f"{file}:1:1: ")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """It is said of the file that was named, whatever lies beside it."""
    code, out, err = explain(tmp_path / "gone.v1.yaml")
    assert (3, "", f"{tmp_path / 'gone.v1.yaml'}: no such file or directory\n") == (code, out, err)


def test_a_file_that_is_no_order() -> None:
    """The catalogue is no order, and says so."""
    code, _, err = explain(JUNE / "catalogue.yaml")
    assert (3, f"`{JUNE / 'catalogue.yaml'}` is no order file\n") == (code, err)
