"""Runs docs/vendors.md, block by block, with keys as vendors give them out."""

import json
import re
from pathlib import Path

import pytest

from tests.worlds.reader import run

PAGE = Path(__file__).parents[2] / "docs" / "vendors.md"
BLOCKS = re.findall(r"```(sh|toml)\n(.*?)```", PAGE.read_text(), re.DOTALL)
KEYS, CHECK = (text for kind, text in BLOCKS if kind == "sh")
VENDORS, CONFIG = (text for kind, text in BLOCKS if kind == "toml")
GIVEN = {
    "PERSONA_API_KEY": "persona_production_0123456789",
    "PERSONA_WEBHOOK_SECRET": "wbhsec_0123456789",
    "VERIFF_API_KEY": "0123456789-veriff",
    "VERIFF_SHARED_SECRET": "9876543210-veriff",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the page writes, beside a portal."""
    made = tmp_path_factory.mktemp("vendors")
    wrote = run(made, KEYS, GIVEN)
    assert (0, "") == (wrote.returncode, wrote.stderr)
    (made / "vendors.toml").write_text(VENDORS)
    portal = '[portal]\naddress = "https://verify.example.org"\n'
    (made / "writ.toml").write_text(portal + CONFIG)
    return made


def test_the_page_works_as_it_is_written(folder: Path) -> None:
    """Keys are their owner's alone, and the check tells where notices go; nothing secret is said."""
    checked = run(folder, CHECK, GIVEN)
    assert (0, "") == (checked.returncode, checked.stderr)
    for vendor in ("persona", "veriff"):
        assert f"https://verify.example.org/verify/notices/{vendor}" in checked.stdout
        assert 0o600 == (folder / f"{vendor}.key").stat().st_mode & 0o777
    assert [] == [secret for secret in GIVEN.values() if secret in checked.stdout]


def test_the_check_speaks_json(folder: Path) -> None:
    """A program reads what has yet to be forgotten, and what a vendor refused to."""
    waiting = folder / "data" / "vendors" / "persona"
    waiting.mkdir(parents=True)
    (waiting / "inq_1").write_text('{"due": 1, "tries": 3}')
    (waiting / "inq_2").write_text('{"due": 1, "tries": 0}')
    persona, veriff = json.loads(run(folder, f"{CHECK.strip()} --json", GIVEN).stdout)["vendors"]
    assert ("A2", 1, 2, 1) == (
        persona["assurance"], persona["secrets"], persona["to_forget"], persona["refused"],
    )  # fmt: skip
    assert ("https://stationapi.veriff.com", 0) == (veriff["api"], veriff["to_forget"])


def test_what_is_wrong_is_told_beforehand(folder: Path) -> None:
    """A configuration without [vendors] is."""
    bare = run(folder, "echo > bare.toml; writ vendor check --config bare.toml", GIVEN)
    assert (3, "`bare.toml` has no [vendors]; docs/vendors.md says what goes in it\n") == (
        bare.returncode,
        bare.stderr,
    )
