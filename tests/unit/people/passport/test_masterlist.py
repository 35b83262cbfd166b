from typing import Any

import pytest

from tests.worlds.asn1 import integer, oid, sequence, set_of
from tests.worlds.passports import (
    DAY,
    NOW,
    Booklet,
    Family,
    authority,
    certify,
    ec_key,
    explicit_key,
    extension,
    master_list,
    passport,
    sign_data,
    signer,
)
from writ.errors import Refused
from writ.people.passport.document import Authorities, Files, verify_document
from writ.people.passport.masterlist import read_master_list

GERMAN = authority(Family("ecdsa", "sha512", "BP-512", explicit=True))
FRENCH = authority(Family("rsa"), country="FR")
KOSOVO = authority(number=4, country="KS")
DATA = master_list([GERMAN, FRENCH, KOSOVO], GERMAN)
PINS = {GERMAN.pin}


def test_a_list_is_read_under_its_pin() -> None:
    """Its publisher's certificate is pinned; whoever is on it issues documents of its country."""
    found = read_master_list(DATA, PINS, NOW)
    counting = Authorities(found.authorities)
    assert ("DE", GERMAN.pin, ["DE", "FR", "KS"], {}) == (
        found.publisher, found.pin, found.countries(), found.left_out,
    )  # fmt: skip
    for by, code in ((GERMAN, "D"), (FRENCH, "FRA"), (KOSOVO, "RKS")):
        shown = passport(by, Booklet(code, code))
        document = verify_document(Files(shown.sod, shown.dg1), counting, b"", NOW)
        assert (by.country, by.der) == (document.authority.country, document.authority.der)


def test_the_publisher_may_be_in_the_list_alone() -> None:
    """Who is above the signer is found among the authorities where it does not lie beside them."""
    by = signer(GERMAN, purpose="2.23.136.1.1.3")
    data = master_list([FRENCH, GERMAN], GERMAN, by, certificates=[by.der])
    assert "DE" == read_master_list(data, PINS, NOW).publisher
    lonely = master_list([FRENCH], GERMAN, by, certificates=[by.der])
    with pytest.raises(Refused, match="is signed under none that is in it"):
        read_master_list(lonely, PINS, NOW)


def test_without_the_pin_nothing_is_believed() -> None:
    """The refusal names the certificate to compare, and says where to write it."""
    with pytest.raises(
        Refused, match=f"is signed under {GERMAN.pin}; compare it .* `signed_under`"
    ):
        read_master_list(DATA, {FRENCH.pin}, NOW)


def test_a_list_outlives_its_signer() -> None:
    """On import its signer's certificate is valid; later that is not asked."""
    by = signer(GERMAN, purpose="2.23.136.1.1.3", until=NOW - DAY)
    old = master_list([GERMAN], GERMAN, by)
    with pytest.raises(Refused, match="has expired; a newer document, or a newer list"):
        read_master_list(old, PINS, NOW)
    assert "DE" == read_master_list(old, PINS, None).publisher


def test_what_cannot_issue_is_left_out() -> None:
    """A certificate that may not sign others, and a key on an unknown curve, are counted."""
    no_authority = authority(country="IT", usage=0x80)
    odd = explicit_key(ec_key("P-256"), "P-256").replace(
        integer(ec_key("P-256").curve.group_order), integer(ec_key("P-256").curve.group_order - 2)
    )
    unknown = certify(_Odd("ecdsa", told=odd), ec_key("P-256"), country="ES", authority=True)
    data = master_list([GERMAN, no_authority, unknown], GERMAN)
    found = read_master_list(data, PINS, NOW)
    assert ({"IT": 1, "ES": 1}, ["DE"]) == (found.left_out, found.countries())


class _Odd(Family):
    """A family whose keys say something else."""

    def __init__(self, kind: str, told: bytes) -> None:
        super().__init__(kind)
        object.__setattr__(self, "told", told)

    def public(self, key: Any) -> bytes:
        del key
        told: bytes = self.told  # type: ignore[attr-defined]  # set above
        return told


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (DATA[:-1], "the master list is not DER"),
        (sequence(oid("1.2.3")), "the master list is not signed data"),
        (passport(GERMAN).sod[4:], "the master list is signed data of another kind"),
        (master_list([GERMAN], GERMAN, signer(GERMAN)), "is for signing something else"),
        (master_list([GERMAN], GERMAN, signer(
            GERMAN, purpose="2.23.136.1.1.3", more=[extension("1.2.3", b"\5\0", critical=True)],
        )), "critical extension 1.2.3"),
        (sign_data(sequence(integer(0)), "2.23.136.1.1.2", signer(
            GERMAN, purpose="2.23.136.1.1.3",
        )), "the master list is not in its form"),
        (master_list([GERMAN], GERMAN).replace(
            GERMAN.der[-8:], bytes(8), 1,
        ), "the master list was changed after it was signed"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(data: bytes, message: str) -> None:
    """Another file, another purpose, a broken form, one byte that was changed."""
    with pytest.raises(Refused, match=message):
        read_master_list(data, PINS, NOW)


def test_a_certificate_that_cannot_be_read_spoils_the_list() -> None:
    """A list is believed whole or not at all: what is no certificate was not put there by a state."""
    by = signer(GERMAN, purpose="2.23.136.1.1.3")
    content = sequence(integer(0), set_of(GERMAN.der, sequence(integer(1))))
    with pytest.raises(Refused, match="the master list is not in its form"):
        read_master_list(sign_data(content, "2.23.136.1.1.2", by), PINS, NOW)
