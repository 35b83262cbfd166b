"""`writ employer` and `writ determinations`, as an operator and an employer use them."""

import json
from pathlib import Path

import pytest

from tests.worlds.office import Office, office
from writ.clock import DAY, WallClock, format_instant
from writ.errors import InvalidInput
from writ.model.config import read_config
from writ.model.subject import Subject
from writ.people.end_users import EndUser
from writ.serve.site import open_site
from writ.signing.keys import KeyPair, write_public

HEADER = "user,citizenships,employment,basis,determined_by,determined_at\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with Acme, which names Alice and Bob."""
    made = office(tmp_path_factory.mktemp("employer"), portal=True)
    people = [Subject(name, "person") for name in ("alice", "bob")]
    made.enrol(*people, Subject("acme", "organisation"))
    with open_site(read_config(made.config)) as site:
        site.registry.end_users.add(
            [EndUser("acme", f"u-{name}", name) for name in ("alice", "bob")]
        )
    return made


def staff(folder: Path, *rows: str) -> Path:
    """A file of determinations of yesterday."""
    file = folder / "staff.csv"
    yesterday = format_instant(WallClock().now() - DAY)
    file.write_text(HEADER + "".join(f"{row},{yesterday}\n" for row in rows))
    return file


def test_an_employer_is_registered_listed_and_revoked(made: Office) -> None:
    """A token is seen once; a stolen one goes with all that was determined with it."""
    token = made.writ("employer", "add", "acme", "--assurance", "A2", "--enrols").stdout.strip()
    name = token.split("_")[1]
    [listed] = [row for row in made.json("employer", "list")["employers"] if row["id"] == name]
    assert ("acme", "token", "A2", True, None) == tuple(
        listed[field] for field in ("organisation", "kind", "assurance", "enrols", "revoked_at")
    )
    assert token not in json.dumps(listed)
    assert "acme" in made.writ("employer", "list").stdout
    gone = made.writ("employer", "revoke", name).stdout
    assert f"revoked {name} of acme\n" == gone
    assert "and 0 facts" in made.writ("employer", "revoke", name, "--determined").stdout
    with pytest.raises(InvalidInput, match="`B2` is none of A0"):
        made.writ("employer", "add", "acme", "--assurance", "B2")
    assert "up to A2, not A4" in made.fails("employer", "add", "acme", "--assurance", "A4")


def test_a_file_is_checked_signed_and_imported_once(made: Office, tmp_path: Path) -> None:
    """What an employer signs for counts at what is registered for its key; again, nothing changes."""
    pair = KeyPair.generate()
    pair.save(tmp_path / "hr.key")
    public = write_public(pair.public)
    added = made.writ("employer", "add", "acme", public, "--assurance", "A1").stdout
    assert "acme signs files with this key, A1" in added
    file = staff(tmp_path, "u-alice,US,employee,document,hr-7", "u-bob,,employee,,hr-7")
    assert {"people": 2, "left": 0} == made.json("determinations", "check", file)
    words = ("determinations", "sign", file, "--organisation", "acme", "--key", tmp_path / "hr.key")
    with pytest.raises(InvalidInput, match="declare --no-eligibility-data"):
        made.writ(*words)
    assert "2 people signed for" in made.writ(*words, "--no-eligibility-data").stdout
    first = made.json("determinations", "import", file)
    assert {"organisation": "acme", "changed": 2, "known": 0} == first
    assert (
        "acme: 0 people changed, 2 as they were"
        in made.writ("determinations", "import", file).stdout
    )
    facts = made.json("subject", "show", "alice")["facts"]
    assert {("citizenships", "A1", "acme"), ("employer", "A1", "acme")} == {
        (fact["attribute"], fact["assurance"], fact["issuer"]) for fact in facts
    }
    assert {("hr-7", "document"), ("hr-7", "personnel_record")} == {
        (fact["grade"]["by"], fact["grade"]["value"]) for fact in facts
    }
    assert "hr-7 on document" in " ".join(made.writ("subject", "show", "alice").stdout.split())


def test_what_is_wrong_with_a_file_is_said(made: Office, tmp_path: Path) -> None:
    """Faults have file and line; an altered file, an unknown key and other bytes are refused."""
    file = staff(tmp_path, "u-alice,XX,employee,document,hr-7", "u-bob,FR,,i-9,hr-7")
    with pytest.raises(InvalidInput) as caught:
        made.writ("determinations", "check", file)
    assert [2, 3] == [fault.line for fault in caught.value.faults]
    assert {str(file)} == {fault.file for fault in caught.value.faults}
    pair = KeyPair.generate()
    pair.save(tmp_path / "other.key")
    file = staff(tmp_path, "u-alice,US,,document,hr-8")
    made.writ(
        "determinations", "sign", file, "--organisation", "acme", "--key", tmp_path / "other.key",
        "--no-eligibility-data",
    )  # fmt: skip
    assert "is not known here" in made.fails("determinations", "import", file)
    file.write_text(file.read_text().replace("US", "FR"))
    assert "is for another file" in made.fails("determinations", "import", file)
    file.write_bytes(b"\xff")
    with pytest.raises(InvalidInput, match="not UTF-8"):
        made.writ("determinations", "import", file)


def test_a_row_that_is_not_theirs_has_its_line(made: Office, tmp_path: Path) -> None:
    """Somebody whom the employer does not name keeps the file out, and it is said where."""
    pair = KeyPair.generate()
    pair.save(tmp_path / "hr.key")
    made.writ("employer", "add", "acme", write_public(pair.public))
    file = staff(tmp_path, "u-nobody,US,,document,hr-7")
    made.writ(
        "determinations", "sign", file, "--organisation", "acme", "--key", tmp_path / "hr.key",
        "--no-eligibility-data",
    )  # fmt: skip
    with pytest.raises(InvalidInput) as caught:
        made.writ("determinations", "import", file)
    assert f"{file}:2:1: this is nobody of yours; ask the operator to add them" == str(caught.value)


def test_without_a_key_of_the_method_nothing_is_determined(tmp_path: Path) -> None:
    """A deployment that was not set up for it says so."""
    bare = office(tmp_path)
    bare.enrol(Subject("acme", "organisation"))
    assert "has no method `employer`" in bare.fails("employer", "add", "acme")
    with open_site(read_config(bare.config)) as site, pytest.raises(Exception, match="no key of"):
        site.personnel()
