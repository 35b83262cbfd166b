from pathlib import Path

import pytest

from tests.worlds.idv import PERSONA_KEY, TEMPLATE, VERIFF_KEY
from tests.worlds.wallet import Lists, Standing
from writ.errors import Failed, InvalidInput
from writ.people.vendors.access import Access, read_access
from writ.people.vendors.opened import open_vendors

PERSONA = f"""
[[vendor]]
vendor = "persona"
key = "persona.key"
secrets = "persona.secrets"
template = "{TEMPLATE}"
"""
VERIFF = """
[[vendor]]
vendor = "veriff"
key = "veriff.key"
secrets = "veriff.secrets"
assurance = 1
address = "https://stationapi.example/"
"""


def laid(folder: Path, text: str = PERSONA + VERIFF, **files: str) -> Path:
    """Lay what an operator has from vendors into a folder; a keyword changes a file."""
    stand = {
        "persona_key": PERSONA_KEY,
        "persona_secrets": "wbhsec_new_one\nwbhsec_old_one\n",
        "veriff_key": VERIFF_KEY,
        "veriff_secrets": "shared-secret\n",
    }
    for name, content in (stand | files).items():
        path = folder / name.replace("_", ".")
        path.write_text(content)
        path.chmod(0o600)
    (folder / "vendors.toml").write_text(text)
    return folder / "vendors.toml"


def test_what_we_have_is_read(tmp_path: Path) -> None:
    """Keys, secrets and levels; a vendor's own address where none is given."""
    persona, veriff = read_access(laid(tmp_path), drill=False)
    assert (
        Access(
            "persona", "https://api.withpersona.com", PERSONA_KEY,
            (b"wbhsec_new_one", b"wbhsec_old_one"), TEMPLATE, "approved", 2, test=False,
        )
        == persona
    )  # fmt: skip
    assert ("https://stationapi.example", 1) == (veriff.address, veriff.assurance)
    assert (VERIFF_KEY in repr(veriff), "shared-secret" in repr(veriff)) == (False, False)


def test_the_methods_are_made_of_it(tmp_path: Path) -> None:
    """One for each vendor, by its name."""
    made = open_vendors(laid(tmp_path), tmp_path, Standing(), Lists(), drill=False)  # type: ignore[arg-type]  # nothing is sent
    assert ["persona", "veriff"] == [item.name for item in made]


def test_a_sandbox_is_for_drills(tmp_path: Path) -> None:
    """There it is wanted, with a key that says so; elsewhere neither is taken."""
    sandbox = "persona_sandbox_0123456789"
    file = laid(tmp_path, PERSONA + "test = true\n", persona_key=sandbox)
    [access] = read_access(file, drill=True)
    assert (True, sandbox) == (access.test, access.key)
    with pytest.raises(InvalidInput, match="`test` is for drills; nothing is really verified"):
        read_access(file, drill=False)
    with pytest.raises(InvalidInput, match="is no key of the sandbox; those begin with persona_sa"):
        read_access(laid(tmp_path, PERSONA + "test = true\n"), drill=True)
    with pytest.raises(InvalidInput, match="is no key of production; those begin with persona_pr"):
        read_access(laid(tmp_path, PERSONA, persona_key=sandbox), drill=True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("= 1", "vendors.toml:1:1: not TOML"),
        ("", "vendors.toml:1:1: write the vendors, each a [[vendor]]"),
        ("vendor = []", "vendors.toml:1:1: write the vendors"),
        ("vendor = 1", "vendors.toml:1:1: write the vendors"),
        ("x = 1\n" + PERSONA, "vendors.toml:1:1: unknown key `x`; write [[vendor]]"),
        ("# " + "x" * 70_000 + PERSONA, "vendors.toml:1:1: write the vendors"),
        ("vendor = [1]", "vendors.toml:1:1: this vendor is not in its form"),
        (PERSONA + VERIFF + "what = 1", "vendors.toml:8:1: this vendor is not in its form: object"),
        (PERSONA.replace("persona", "yoti"), "vendors.toml:2:1: this vendor is not in its form"),
        (VERIFF.replace("= 1", "= 3"), "vendors.toml:2:1: this vendor is not in its form"),
        (PERSONA + PERSONA, "vendors.toml:8:1: `persona` stands here twice"),
        (PERSONA.replace("itmpl", "tmpl"), "`template` is missing; Persona's begin with itmpl_"),
        (VERIFF + 'template = "itmpl_1"', "`template` and `decided` are Persona's; leave them out"),
        (VERIFF + 'decided = "completed"', "`template` and `decided` are Persona's"),
        (VERIFF.replace("https", "http"), "is no https address; leave it out for the vendor's own"),
        (VERIFF.replace(".example/", ".example/?a"), "is no https address"),
        (VERIFF.replace("stationapi.example/", ""), "is no https address"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(tmp_path: Path, text: str, why: str) -> None:
    """With the line where its vendor starts."""
    with pytest.raises(InvalidInput) as caught:
        read_access(laid(tmp_path, text), drill=False)
    assert why in str(caught.value)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """Of both vendors, and of each whatever is wrong with it."""
    text = PERSONA.replace("itmpl", "tmpl") + "test = true\n" + VERIFF + 'template = "a"\n'
    with pytest.raises(InvalidInput) as caught:
        read_access(laid(tmp_path, text), drill=False)
    assert [2, 2, 9] == [fault.line for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("persona_key", "", "is not 1 to 4 lines, each a key of 8 to 500 characters"),
        ("persona_key", "short", "is not 1 to 4 lines"),
        ("persona_key", "persona_production_é", "is not 1 to 4 lines"),
        ("persona_secrets", "long-enough\n" * 5, "is not 1 to 4 lines"),
        ("veriff_key", "first-key\nsecond-key\n", "more than one line; write the API key alone"),
    ],
)
def test_files_with_keys_have_a_form(tmp_path: Path, file: str, content: str, why: str) -> None:
    """One line for a key, up to four for secrets; nothing of them stands in the message."""
    with pytest.raises(InvalidInput, match=why) as caught:
        read_access(laid(tmp_path, **{file: content}), drill=False)
    assert not content.strip() or content.split(maxsplit=1)[0] not in str(caught.value)


def test_files_with_keys_are_their_owners_alone(tmp_path: Path) -> None:
    """One that others can read is refused; so is one that is not there, or a whole missing file."""
    file = laid(tmp_path)
    (tmp_path / "persona.key").chmod(0o644)
    with pytest.raises(Failed, match=r"can be read by others; run `chmod 600 .*persona\.key`"):
        read_access(file, drill=False)
    (tmp_path / "persona.key").unlink()
    with pytest.raises(Failed, match=r"cannot read `.*persona\.key`: No such file"):
        read_access(file, drill=False)
    with pytest.raises(Failed, match=r"cannot read `.*none\.toml`: No such file"):
        read_access(tmp_path / "none.toml", drill=False)
