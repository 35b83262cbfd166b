"""Runs docs/oidc.md, block by block, with a secret as a provider gives it out."""

import json
import re
from pathlib import Path

import pytest

from tests.worlds.reader import run
from writ.signing.jwks import read_key_set

PAGE = Path(__file__).parents[2] / "docs" / "oidc.md"
BLOCKS = re.findall(r"```(sh|toml)\n(.*?)```", PAGE.read_text(), re.DOTALL)
KEYS, CHECK = (text for kind, text in BLOCKS if kind == "sh")
PROVIDERS, CONFIG = (text for kind, text in BLOCKS if kind == "toml")
SECRET = "0123456789-staff"
GIVEN = {"STAFF_CLIENT_SECRET": SECRET}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the page writes, beside a portal."""
    made = tmp_path_factory.mktemp("oidc")
    wrote = run(made, KEYS, GIVEN)
    assert (0, "") == (wrote.returncode, wrote.stderr)
    (made / "oidc.toml").write_text(PROVIDERS)
    portal = '[portal]\naddress = "https://verify.example.org"\n'
    (made / "writ.toml").write_text(portal + CONFIG)
    return made


def test_the_page_works_as_it_is_written(folder: Path) -> None:
    """The check says where each provider sends people back to, and nothing that is secret."""
    checked = run(folder, CHECK, GIVEN)
    assert (0, "") == (checked.returncode, checked.stderr)
    for leg in ("with/national", "sign-in/staff"):
        assert f"https://verify.example.org/verify/{leg}" in checked.stdout
    assert SECRET not in checked.stdout
    assert 0o600 == (folder / "national.key").stat().st_mode & 0o777
    [key] = read_key_set((folder / "national.jwks").read_bytes(), "the set").keys
    assert ("ES256",) == key.algs


def test_the_check_speaks_json(folder: Path) -> None:
    """A program reads how far each goes; one that is for logging in alone verifies nothing."""
    told = json.loads(run(folder, "writ provider check --json", GIVEN).stdout)["providers"]
    assert [("national", "A3"), ("staff", None)] == [(p["id"], p["assurance"]) for p in told]


def test_a_provider_that_cannot_be_asked_is_told(folder: Path) -> None:
    """All at once, one line each; a missing secret and a missing section say what to write."""
    asked = run(folder, "writ provider check --ask", GIVEN)
    lines = asked.stderr.splitlines()
    assert 1 == asked.returncode
    assert ["`national`: `id.national.example`", "`staff`: `login.acme.example`"] == [
        line.partition(" is not found")[0] for line in lines
    ]
    (folder / "staff.secret").rename(folder / "elsewhere")
    missing = run(folder, "writ provider check", GIVEN)
    (folder / "elsewhere").rename(folder / "staff.secret")
    assert (1, True) == (missing.returncode, "cannot read" in missing.stderr)
    none = run(
        folder,
        'echo "" > empty.toml; writ provider check --config empty.toml',
        GIVEN,
    )
    assert (3, True) == (none.returncode, "has no [oidc]; docs/oidc.md says" in none.stderr)
