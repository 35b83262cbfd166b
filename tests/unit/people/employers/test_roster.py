import pytest

from tests.unit.people.employers.conftest import NOW, Office, said
from writ.errors import Fault, InvalidInput, Refused
from writ.people.employers.credentials import Credential, Wanted
from writ.people.employers.personnel import Taken
from writ.people.employers.roster import (
    PAYLOAD_TYPE,
    read_roster,
    sign_roster,
    signed_by,
    signed_for,
)
from writ.signing.dsse import sign
from writ.signing.keys import KeyPair

HEADER = "user,citizenships,complete,employment,basis,determined_by,determined_at\n"
GOOD = (
    f"{HEADER}u-1,FR DE,citizenships,employee,interview,hr-7,2026-06-19T00:00:00Z\n"
    "u-2,,,employee,,hr-7,2026-06-19T00:00:00Z\n"
)


def _faults(data: bytes) -> list[tuple[int, str]]:
    with pytest.raises(InvalidInput) as caught:
        read_roster(data, "acme", NOW)
    return [(fault.line, fault.message) for fault in caught.value.faults]


@pytest.fixture
def credential(office: Office) -> Credential:
    """A key of acme's at A2."""
    return office.employers.add(Wanted("acme", 2, public=KeyPair.generate().public))[0]


def test_a_file_is_read(office: Office) -> None:
    """Rows become what was determined, with the declaration of the signature; a mark in front is no matter."""
    rows = read_roster(b"\xef\xbb\xbf" + GOOD.encode() + b"\n", "acme", NOW)
    assert [(2, "u-1"), (3, "u-2")] == [(row.line, row.user) for row in rows]
    expected = said(
        citizenships=("FR", "DE"), complete=("citizenships",), employment="employee",
        basis="interview",
    )  # fmt: skip
    assert expected == rows[0].said


def test_all_faults_are_told_with_their_lines() -> None:
    """A file is corrected in one go."""
    data = (
        f"{HEADER}u-1,XX,,employee,interview,hr,2026-06-19T00:00:00Z\n"
        "u-1,FR\n"
        ",FR,,,document,hr,2026-06-19T00:00:00Z\n"
        "u-1,FR,,,i9,hr,2026-06-19T00:00:00Z\n"
        "u-4,FR,,left,,,\n"
    )
    found = _faults(data.encode())
    assert [2, 3, 4, 5, 5, 6] == [line for line, _ in found]
    words = " | ".join(message for _, message in found)
    for expected in (
        "has 2 cells, not 7",
        "`user`: write up to 255",
        "`u-1` stands in line 2 already",
        "looks like Form I-9",
        "nothing is determined about somebody who left",
    ):
        assert expected in words


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("name", ["unknown column `name`", "there is no column `user`"]),
        ("user,citizenship", ["unknown column `citizenship`; is it `citizenships`?"]),
        ("user,basis,basis", ["column `basis` stands twice"]),
        ("user,i9_status", ["`i9_status` looks like Form I-9 or E-Verify data"]),
        ("user,declaration", ["unknown column `declaration`"]),
        ("user,assurance", ["unknown column `assurance`"]),
        ("", ["there is no column `user`"]),
    ],
)
def test_columns_are_known(header: str, expected: list[str]) -> None:
    """A column that nobody knows, or that carries what must not be used, keeps the file out."""
    found = [message for _, message in _faults(f"{header}\nx\n".encode())]
    for words in expected:
        assert any(words.split(";")[0] in message for message in found)


def test_what_is_no_csv_is_said() -> None:
    """Bytes that are no text, or no CSV, are bad input."""
    assert [(0, "the file is not UTF-8")] == _faults(b"\xff")
    [(_, message)] = _faults(b'user\n"x')
    assert message.startswith("the file is not CSV: ")


def test_a_file_is_taken_in_whole_and_once(office: Office, credential: Credential) -> None:
    """A good file is determined; again it changes nothing; `left` revokes; a bad row keeps all out."""
    rows = read_roster(GOOD.encode(), "acme", NOW)
    assert Taken(2, 0) == office.personnel.take_in(credential, rows)
    assert Taken(0, 2) == office.personnel.take_in(credential, rows)
    assert {"citizenships", "employer"} == {fact.attribute for fact in office.facts("alice")}
    gone = read_roster(b"user,employment\nu-1,left\n", "acme", NOW)
    assert Taken(1, 0) == office.personnel.take_in(credential, gone)
    assert Taken(0, 1) == office.personnel.take_in(credential, gone)
    assert set() == office.facts("alice")


def test_a_bad_row_keeps_all_out(office: Office, credential: Credential) -> None:
    """Somebody else's person in line 4 and an old determination are told, and nothing is taken in."""
    before = read_roster(GOOD.encode(), "acme", NOW)[1:]
    office.personnel.take_in(credential, before)
    data = (
        f"{HEADER}u-1,FR,,,document,hr-7,2026-06-19T00:00:00Z\n"
        "u-2,FR,,,document,hr-7,2026-06-18T00:00:00Z\n"
        "carol,FR,,,document,hr-7,2026-06-19T00:00:00Z\n"
    )
    with pytest.raises(InvalidInput) as caught:
        office.personnel.take_in(credential, read_roster(data.encode(), "acme", NOW))
    assert (
        Fault("", 3, 1, "determined_at: what stands is no older than this; determine anew"),
        Fault("", 4, 1, "this is nobody of yours; ask the operator to add them"),
    ) == caught.value.faults
    assert set() == office.facts("alice")
    assert (1, "u-2") == (
        office.personnel.page("acme", 0, 9)[0],
        office.personnel.page("acme", 0, 9)[1][0].user,
    )


def test_a_signature_is_for_one_file_of_one_employer() -> None:
    """It names whose file it is, holds for these bytes, and is of exactly one registered key."""
    pair, other = KeyPair.generate(), KeyPair.generate()
    envelope = sign_roster(b"x", "acme", pair)
    assert "acme" == signed_for(envelope, b"x")
    assert pair.public == signed_by(envelope, [other.public, pair.public])
    with pytest.raises(Refused, match="is for another file"):
        signed_for(envelope, b"y")
    with pytest.raises(Refused, match="not known here"):
        signed_by(envelope, [other.public])
    with pytest.raises(Refused, match="one key of the employer"):
        signed_by(envelope.add(other), [other.public, pair.public])
    with pytest.raises(Refused, match="the signature is not in its form"):
        signed_for(sign(b'{"organisation":"acme"}', PAYLOAD_TYPE, [pair]), b"x")
