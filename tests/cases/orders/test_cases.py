"""Every order file here says what it says: its faults or notes are those of the `.want` beside it."""

from pathlib import Path

import pytest

from writ.errors import InvalidInput
from writ.law.catalogue import FILE
from writ.law.folder import check_sources, load_files

HERE = Path(__file__).parent
CASES = sorted(path.stem for path in HERE.glob("*.yaml") if path.name != FILE)


def said(name: str) -> list[str]:
    """Return the lines that checking one file says."""
    files = load_files([HERE / f"{name}.yaml", HERE / FILE])
    try:
        return [f"{note} (note)" for note in check_sources(files).notes]
    except InvalidInput as error:
        return str(error).splitlines()


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    """A file has exactly the faults and notes that are written down, each at its place."""
    want = (HERE / f"{name}.want").read_text(encoding="utf-8").splitlines()
    assert want == said(name)
