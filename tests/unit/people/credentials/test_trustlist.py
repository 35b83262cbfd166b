from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.issuers import DAY, MDL_SIGNER, NOW, Authority, crl, root, trust_file
from writ.errors import InvalidInput, Refused
from writ.people.credentials.kinds import KINDS, kind_of
from writ.people.credentials.revocation import open_crls
from writ.people.credentials.trustlist import Issuer, TrustList, read_trust_list

ROOT = root()
SIGNER = ROOT.issue("signer", number=3)
PID = KINDS[0]


def trust(*rows: Mapping[str, Any]) -> TrustList:
    """Read a list of these issuers, each with the root unless it says otherwise."""
    return read_trust_list(trust_file(*({"certificates": ROOT.pem, **row} for row in rows)), "t")


def find(list_: TrustList, by: Authority = SIGNER, type_: str = "urn:eudi:pid:1") -> Issuer:
    """Find the issuer of a signer's credential."""
    kind = kind_of(type_)
    assert kind is not None
    return list_.find(kind, type_, by.chain, NOW)[0]


def test_an_issuer_is_found_by_its_certificates() -> None:
    """The issuer whose root the chain ends at, and which may issue the type now, is the one."""
    other = root("other", number=7)
    list_ = trust(
        {"name": "another", "certificates": other.pem},
        {"name": "for mdocs", "types": ["eu.europa.ec.eudi.pid.1"]},
        {"name": "earlier", "until": datetime(2026, 2, 1, tzinfo=UTC)},
        {"name": "this", "complete": True, "status_hosts": ["status.example:8443"]},
    )
    found = find(list_)
    assert ("this", 3, True) == (found.name, found.assurance, found.complete)
    assert "for mdocs" == find(list_, type_="eu.europa.ec.eudi.pid.1").name
    assert "another" == find(list_, other.issue("signer")).name


def test_the_kinds_of_a_list_are_told() -> None:
    """What nobody on the list may issue is not asked for."""
    assert ["pid", "pid_mdoc"] == [kind.id for kind in trust({}).kinds()]
    assert ["pid"] == [kind.id for kind in trust({"types": ["urn:eudi:pid:de:1"]}).kinds()]


@pytest.mark.parametrize(
    ("row", "by", "why"),
    [
        ({"types": ["urn:eudi:pid:de:1"]}, SIGNER, "is not trusted to issue `urn:eudi:pid:1`"),
        ({"until": datetime(2026, 2, 1, tzinfo=UTC)}, SIGNER, "its span on the trust list is over"),
        ({"from": datetime(2026, 12, 1, tzinfo=UTC)}, SIGNER, "its span on the trust list is"),
        ({"country": "FR"}, SIGNER, "of another country than `PID of Germany`"),
        ({}, root("x", number=8).issue("signer"), "on no trust list here; ask the operator"),
        ({}, ROOT.issue("signer", until=NOW - DAY), "has expired"),
    ],
)
def test_others_are_refused(row: Mapping[str, Any], by: Authority, why: str) -> None:
    """An issuer that is not trusted for this, or not now, is told apart from an unknown one."""
    with pytest.raises(Refused, match=why):
        find(trust(row), by)


def test_an_mdl_is_signed_by_who_has_that_purpose() -> None:
    """A certificate without the purpose of ISO/IEC 18013-5 signs no mDL."""
    type_ = "org.iso.18013.5.1.mDL"
    list_ = trust({"types": [type_]})
    assert "PID of Germany" == find(list_, ROOT.issue("ds", purposes=[MDL_SIGNER]), type_).name
    with pytest.raises(Refused, match="is not for signing such a credential"):
        find(list_, SIGNER, type_)


def test_a_signer_that_was_revoked_signs_no_credentials(tmp_path: Path) -> None:
    """Whoever else is on the issuer's list; with `crl_within` there has to be one."""
    row = {"certificates": ROOT.pem, "crl_within": "7d"}
    list_ = read_trust_list(trust_file(row), "t", open_crls(tmp_path))
    with pytest.raises(Refused, match="no current list of its issuer is here"):
        find(list_)
    (tmp_path / "root.crl").write_bytes(crl(ROOT))
    assert "PID of Germany" == find(list_).name
    (tmp_path / "root.crl").write_bytes(crl(ROOT, SIGNER))
    with pytest.raises(Refused, match="was revoked by its issuer"):
        find(list_)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"name": ""}, "t:1:1: this issuer is not in its form: expected `str` of length >= 1"),
        ({"country": "UK"}, "`UK` is no country"),
        ({"country": None}, "missing required field `country`"),
        ({"types": []}, "length >= 1"),
        ({"types": ["urn:eudi:pid:2"]}, "unknown type `urn:eudi:pid:2`; did you mean `urn:eudi"),
        ({"assurance": 4}, "`int` <= 3"),
        ({"extra": 1}, "unknown field `extra`"),
        ({"from": datetime(2026, 1, 1)}, "need a time zone"),  # noqa: DTZ001 - what is refused
        ({"until": datetime(2025, 1, 1, tzinfo=UTC)}, "`until` is not after `from`"),
        ({"crl_within": "7"}, "`7` is not a duration"),
        ({"status_hosts": ["https://x"]}, "`https://x` is no host"),
        ({"certificates": "x"}, "no certificate in PEM"),
    ],
)
def test_faults_are_told_with_their_line(row: Mapping[str, Any], why: str) -> None:
    """Each wrong issuer is told where it starts."""
    with pytest.raises(InvalidInput, match=why):
        trust(row)


def test_every_issuer_with_a_fault_is_told() -> None:
    """Two wrong issuers are two faults, at their own lines."""
    good, bad = {"certificates": ROOT.pem}, {"certificates": "x"}
    with pytest.raises(InvalidInput) as caught:
        read_trust_list(trust_file(bad, good, bad), "t")
    assert [1, 21] == [fault.line for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff", "not TOML"),
        (b"[[", "not TOML"),
        (b"issuer = 1", "write 1 to 1000 issuers"),
        (b"", "write 1 to 1000 issuers"),
        (b"issuers = []\n", "unknown key `issuers`"),
        (b"issuer = [1, 2]", "t:1:1: this issuer is not in its form"),
        (b"#" * (4 * 1024 * 1024 + 1), "write 1 to 1000 issuers"),
    ],
)
def test_other_files_are_refused(data: bytes, why: str) -> None:
    """What is not a list of issuers is bad input."""
    with pytest.raises(InvalidInput, match=why):
        read_trust_list(data, "t")


def test_other_types_are_no_kind() -> None:
    """A type that is not known, or a domestic one that is badly named, is no kind."""
    assert PID is kind_of("urn:eudi:pid:de:1")
    assert (None, None) == (kind_of("urn:eudi:pid:de:2"), kind_of("x"))
