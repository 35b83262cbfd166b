"""The house rules that no linter knows."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ROOT / "src" / "writ"
FILES = sorted(
    file for folder in ("src", "tests", "bench") for file in (ROOT / folder).rglob("*.py")
)
# The script in a pack of evidence, and what runs in a reader's browser, are programs too.
OTHERS = sorted(file for end in ("py.txt", "js") for file in ROOMS.rglob(f"*.{end}"))
MOST_LINES = 500
SHAPELESS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
# Documents and places that a reader of this repository does not have.
ELSEWHERE = re.compile(r"\bdesign(\.md|\s*§)|\bshared/|/work/|/tmp/|/root/", re.IGNORECASE)


def name(file: Path) -> str:
    """A file's path as the reader of a failure wants it."""
    return file.relative_to(ROOT).as_posix()


def test_files_are_short() -> None:
    """No file is longer than 500 lines."""
    long = {name(file): count for file in (*FILES, *OTHERS) if (count := lines(file)) > MOST_LINES}
    assert {} == long


def lines(file: Path) -> int:
    """Count lines."""
    return len(file.read_text(encoding="utf-8").splitlines())


def test_names_say_something() -> None:
    """No file or folder is named for being left over."""
    shapeless = [
        name(file)
        for file in FILES
        if SHAPELESS & {file.stem, *file.relative_to(ROOT).parent.parts}
    ]
    assert [] == shapeless


def test_references_can_be_followed() -> None:
    """No file sends its reader to a document or a folder that is not in the repository."""
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("orders/**/*.yaml")]
    dead = [
        f"{name(file)}:{number}"
        for file in {*FILES, *documents} - {Path(__file__)}
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if ELSEWHERE.search(line)
    ]
    assert [] == sorted(dead)


def test_every_folder_is_a_package() -> None:
    """Every folder of source has an `__init__.py`; without one the import contracts overlook it."""
    folders = {file.parent for file in ROOMS.rglob("*.py")}
    assert [] == [name(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_packages_are_empty() -> None:
    """A room's `__init__.py` holds no code: the import contracts speak of the files in a room."""
    speaking = [
        name(file)
        for file in ROOMS.glob("*/**/__init__.py")
        if re.search(r"^(from|import|def|class) ", file.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert [] == speaking


def test_picture_is_the_contract() -> None:
    """The layers drawn in docs/architecture.md are the layers that the import contract holds."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [rooms] = [
        contract
        for contract in contracts["tool"]["importlinter"]["contracts"]
        if contract["id"] == "rooms"
    ]
    wanted = [set(re.findall(r"\w+", layer)) for layer in rooms["layers"]]
    [picture] = re.findall(r"```(?:text)?\n(.*?cli.*?canonical.*?)```", page, re.DOTALL)
    drawn = [set(re.findall(r"\w+", re.split(r"\s{3,}", line)[0])) for line in picture.splitlines()]
    assert wanted == drawn
