import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.asn1 import NULL, integer, sequence
from tests.worlds.passports import (
    DAY,
    NOW,
    Family,
    Holder,
    authority,
    certify,
    crl,
    extension,
    master_list,
    passport,
    signer,
)
from writ.errors import Failed, Refused
from writ.model.listeners import PassportFiles
from writ.people.crls import Crls, keep_crl
from writ.people.passport.document import Authorities, Document, Files, verify_document
from writ.people.passport.opened import crl_file, prove_crl, take_state_crl
from writ.people.passport.rechecks import recheck, write_reference
from writ.signing.state_certificate import read_state_certificate
from writ.signing.state_crl import read_state_crl

FAMILIES = [
    Family("ecdsa"), Family("rsa"), Family("pss"), Family("ecdsa", "sha384", "BP-384", explicit=True),
]  # fmt: skip
CSCA = authority()
NEXT = authority(number=8, serial=2)
"""The same authority with its next key."""
DS = signer(CSCA, serial=77)
SHOWN = passport(CSCA, ds=DS)
FRENCH = authority(country="FR", number=3)
LISTED = crl(CSCA, 5, 77)


def trusting(folder: Path, *on: Holder, within: float | None = None) -> Authorities:
    """Trust authorities, with the lists in a folder."""
    trusted = [read_state_certificate(item.der) for item in on or (CSCA, NEXT, FRENCH)]
    return Authorities(trusted, Crls(folder, read_state_crl), within)


def verify(authorities: Authorities, now: float = NOW) -> Document:
    """Verify a passport of the signer 77."""
    return verify_document(Files(SHOWN.sod, SHOWN.dg1), authorities, b"", now)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_signer_that_was_revoked_proves_nothing(family: Family, tmp_path: Path) -> None:
    """Whoever else is on the list, in every family of algorithms; others of that authority count."""
    csca = authority(family)
    shown = passport(csca, ds=signer(csca, serial=77))
    keep_crl(tmp_path / "DE.crl", crl(csca, 5, 77, 2**120))
    trusted = trusting(tmp_path, csca)
    with pytest.raises(Refused, match="revoked by its issuer; use a newer document"):
        verify_document(Files(shown.sod, shown.dg1), trusted, b"", NOW)
    other = passport(csca, ds=signer(csca, serial=78))
    assert verify_document(Files(other.sod, other.dg1), trusted, b"", NOW).current


def test_the_world_writes_lists_that_others_read() -> None:
    """What tests are made of is read, and its signature verified, by another library."""
    made = x509.load_der_x509_crl(crl(CSCA, 5, 77))
    assert made.is_signature_valid(CSCA.key.public_key())
    assert [5, 77] == [row.serial_number for row in made]


def test_an_authority_that_was_revoked_vouches_for_nobody(tmp_path: Path) -> None:
    """By a list that its next key signed: it keeps its name."""
    keep_crl(tmp_path / "DE.crl", crl(NEXT, CSCA.serial))
    with pytest.raises(Refused, match="revoked by its issuer"):
        verify(trusting(tmp_path))


def test_the_next_key_speaks_of_what_the_last_one_issued(tmp_path: Path) -> None:
    """A list under another key of the same name counts, as long as that key is on a master list."""
    keep_crl(tmp_path / "DE.crl", crl(NEXT, 77))
    with pytest.raises(Refused, match="revoked by its issuer"):
        verify(trusting(tmp_path))
    assert not verify(trusting(tmp_path, CSCA)).current


@pytest.mark.parametrize(
    "listed",
    [
        crl(FRENCH, 77),
        crl(FRENCH, 77, common="CSCA"),
        crl(replace(FRENCH, country="DE"), 77),
        crl(authority(number=8, serial=2, usage=0x04), 77),
        crl(certify(Family("ecdsa"), Family("ecdsa").key(8), country="DE", common="CSCA"), 77),
    ],
    ids=["another state", "its name", "its country too", "may not sign lists", "no authority"],
)
def test_nobody_else_revokes_a_signer(listed: bytes, tmp_path: Path) -> None:
    """Another state's list, one under another's key, one by a key that may not: none of them counts."""
    keep_crl(tmp_path / "XX.crl", listed)
    weak = authority(number=8, serial=2, usage=0x04)
    bare = certify(Family("ecdsa"), Family("ecdsa").key(8), country="DE", common="CSCA")
    assert not verify(trusting(tmp_path, CSCA, FRENCH, weak, bare)).current


def test_how_recent_a_list_has_to_be_is_the_operator_s_to_say(tmp_path: Path) -> None:
    """Without `within` a missing list is told; with it, missing, old and overdue ones refuse."""
    at_will, asked = trusting(tmp_path), trusting(tmp_path, within=30 * DAY)
    assert not verify(at_will).current
    with pytest.raises(Refused, match="no current list of its issuer is here; try again later"):
        verify(asked)
    keep_crl(tmp_path / "DE.crl", crl(CSCA, 5))
    assert verify(at_will).current
    assert verify(asked).current
    for later, current in ((40 * DAY, True), (91 * DAY, False)):
        assert current == verify(at_will, NOW + later).current
        with pytest.raises(Refused, match="no current list"):
            verify(asked, NOW + later)


def test_what_is_revoked_stays_so_when_the_next_list_is_due(tmp_path: Path) -> None:
    """A list that is over still names whom it names."""
    keep_crl(tmp_path / "DE.crl", crl(CSCA, 77, until=NOW - 1))
    with pytest.raises(Refused, match="revoked by its issuer"):
        verify(trusting(tmp_path))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_changed_is_not_the_authority_s(data: st.DataObject) -> None:
    """Bytes changed, taken away or added anywhere: no list, one of nobody's, or the same list."""
    at = data.draw(st.integers(0, len(LISTED) - 1))
    taken, put = data.draw(st.integers(0, 3)), data.draw(st.binary(max_size=3))
    try:
        read = read_state_crl(LISTED[:at] + put + LISTED[at + taken :])
    except Refused:
        return
    if read.by(read_state_certificate(CSCA.der)):
        assert (frozenset({5, 77}), NOW - DAY) == (read.serials, read.made)


def test_a_list_is_read_when_it_comes(tmp_path: Path) -> None:
    """Without a restart; one that lies there unchanged is not read again."""
    read: list[bytes] = []

    def reading(data: bytes) -> Any:
        read.append(data)
        return read_state_crl(data)

    trusted = [read_state_certificate(CSCA.der)]
    counting = Authorities(trusted, Crls(tmp_path, reading))
    assert not verify(counting).current
    path = tmp_path / "DE.crl"
    keep_crl(path, crl(CSCA, 5))
    assert verify(counting).current
    assert verify(counting).current
    assert 1 == len(read)
    keep_crl(tmp_path / "DE.crl", crl(CSCA, 77))
    with pytest.raises(Refused, match="revoked by its issuer"):
        verify(counting)
    path.unlink()
    assert not verify(counting).current


def test_a_file_that_is_no_list_is_told(tmp_path: Path) -> None:
    """It may be the one that names somebody, so that nothing is taken meanwhile."""
    path = tmp_path / "DE.crl"
    keep_crl(path, b"0")
    with pytest.raises(
        Failed, match=r"^`DE\.crl`: the list of revoked .*; the operator has to mend it"
    ):
        verify(trusting(tmp_path))
    path.unlink()
    path.mkdir()
    with pytest.raises(Failed, match=r"^cannot read `DE\.crl`"):
        verify(trusting(tmp_path))
    with pytest.raises(Failed, match=r"cannot write .*DE\.crl`"):
        keep_crl(tmp_path / "DE.crl", crl(CSCA))
    assert "DE.crl" in os.listdir(tmp_path)  # noqa: PTH208  names alone


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"until": None}, "does not say when the next one comes"),
        ({"inner": Family("rsa").algorithm()}, "says twice how it is signed"),
        (
            {"more": extension("2.5.29.27", integer(1), critical=True)},
            "critical extension 2.5.29.27",
        ),
        (
            {"row": sequence(extension("2.5.29.29", sequence(), critical=True))},
            "critical extension 2.5.29.29",
        ),
        ({"row": NULL}, "not in its form"),
    ],
)
def test_a_list_that_is_not_whole_is_refused(how: dict[str, Any], message: str) -> None:
    """A part of a list, one that speaks for others, one without an end."""
    with pytest.raises(Refused, match=message):
        read_state_crl(crl(CSCA, 5, **how))


def test_lists_are_read_as_they_are_written(tmp_path: Path) -> None:
    """After 2050 in four digits; a reason beside a row; nobody on it; in no country."""
    reason = sequence(extension("2.5.29.21", b"\x0a\x01\x06"))
    late = read_state_crl(crl(CSCA, 5, row=reason, until=2_600_000_000.0))
    assert (frozenset({5}), "DE", 2_600_000_000.0) == (late.serials, late.country, late.until)
    nowhere = read_state_crl(crl(replace(CSCA, country="")))
    assert (frozenset(), "") == (nowhere.serials, nowhere.country)
    files = lists_of(tmp_path, CSCA)
    places = [crl_file(item, files) for item in (late, read_state_crl(crl(NEXT)), nowhere)]
    assert places[0] == places[1] != places[2]


def lists_of(folder: Path, *on: Holder) -> PassportFiles:
    """Import a master list with some authorities on it."""
    (folder / "DE.ml").write_bytes(master_list(on, CSCA))
    return PassportFiles(folder, frozenset({CSCA.pin}), "app://read")


def test_a_list_is_proved_before_it_is_kept(tmp_path: Path) -> None:
    """By an authority whose certificate is valid, of this time, and none that is older."""
    files = lists_of(tmp_path, CSCA, NEXT)
    found = read_state_crl(crl(CSCA))
    prove_crl(found, files, NOW)
    for then in (NOW - 2 * DAY, NOW + 90 * DAY):
        with pytest.raises(Refused, match="not of this time"):
            prove_crl(found, files, then)
    here = crl_file(found, files)
    keep_crl(here, crl(NEXT, made=NOW - 1))
    with pytest.raises(Refused, match="older than the one that is here"):
        prove_crl(found, files, NOW)
    keep_crl(here, b"0")
    with pytest.raises(Refused, match=r"\.crl`: the list of revoked certificates is not DER"):
        prove_crl(found, files, NOW)
    here.unlink()
    here.mkdir()
    with pytest.raises(Failed, match="cannot read"):
        prove_crl(found, files, NOW)
    for other in (FRENCH, authority(until=NOW - 1)):
        with pytest.raises(Refused, match="by no authority on the master list"):
            prove_crl(found, lists_of(tmp_path, other), NOW)


def test_a_list_that_is_taken_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    """One that is not proved leaves it there."""
    files = lists_of(tmp_path, CSCA)
    first, newer = crl(CSCA), crl(CSCA, 5, made=NOW - 60)
    here = crl_file(take_state_crl(first, files, NOW), files)
    assert first == here.read_bytes()
    assert {5} == take_state_crl(newer, files, NOW).serials
    for other in (first, crl(FRENCH)):
        with pytest.raises(Refused, match=r"older than|by no authority"):
            take_state_crl(other, files, NOW)
    assert newer == here.read_bytes()


def test_what_a_state_revokes_later_falls(tmp_path: Path) -> None:
    """By a list that names the signer or the authority; nobody else's, and no missing one, does it."""
    asked = trusting(tmp_path, within=DAY)
    shown = [(b"1", write_reference(verify(trusting(tmp_path)))), (b"2", '{"status_list":{}}')]
    for listed in (b"", crl(CSCA, 5), crl(FRENCH, 77), crl(FRENCH, 77, common="CSCA")):
        if listed:
            keep_crl(tmp_path / "DE.crl", listed)
        assert [] == list(recheck(shown, asked, NOW))
    for listed in (crl(CSCA, 77), crl(NEXT, CSCA.serial), crl(CSCA, 77, until=NOW - 1)):
        keep_crl(tmp_path / "DE.crl", listed)
        assert [b"1"] == list(recheck(shown, asked, NOW))
