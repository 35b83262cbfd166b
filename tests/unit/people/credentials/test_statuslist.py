import json
import zlib
from pathlib import Path
from typing import Any

import cbor2
import pytest

from tests.worlds.issuers import (
    DAY,
    NOW,
    b64,
    cose,
    crl,
    new_key,
    pack,
    root,
    status_list,
    trust_file,
)
from writ.errors import Refused
from writ.people.credentials.revocation import open_crls
from writ.people.credentials.statuslist import (
    MAX_LIST,
    Revoked,
    StatusList,
    StatusReference,
    read_reference,
    read_status_list,
)
from writ.people.credentials.trustlist import read_trust_list
from writ.signing.jose import from_base64url

URI = "https://status.example/1"
ROOT = root()
SIGNER = ROOT.issue("status", number=3)
ISSUER = read_trust_list(trust_file({"certificates": ROOT.pem}), "t").issuers[0]
SPECIMENS = {
    1: ("eNrbuRgAAhcBXQ", [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]),
    2: ("eNo76fITAAPfAgc", [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]),
}
"""The compressed lists of the draft's section 4.1, by bits an entry, and what it says they hold."""

VECTORS = json.loads(Path(__file__).with_name("statuslist_vectors.json").read_text("utf-8"))
"""The draft's test vectors, by bits an entry: the entries that are not 0, and the list, in pieces."""

VECTOR_SIZE = 2**20


def check(token: bytes, index: int = 5) -> None:
    """Read a list and look up one credential."""
    read_status_list(token, URI, ISSUER, NOW).check(StatusReference(URI, index))


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_a_revoked_credential_is_refused_and_its_neighbours_are_not(bits: int) -> None:
    """Whatever the width, the entry is the credential's own."""
    token = status_list(SIGNER, URI, {5: 1}, bits=bits)
    check(token, 4)
    check(token, 6)
    with pytest.raises(Refused, match="the credential has been revoked by its issuer"):
        check(token)


def test_other_statuses_refuse_too() -> None:
    """A suspended credential does not count, nor one with a status nobody defined."""
    with pytest.raises(Refused, match="is suspended by its issuer"):
        check(status_list(SIGNER, URI, {5: 2}, bits=2))
    with pytest.raises(Refused, match="has status 3"):
        check(status_list(SIGNER, URI, {5: 3}, bits=2))


def test_a_list_by_a_revoked_signer_says_nothing(tmp_path: Path) -> None:
    """Whoever signs a status list is asked about as whoever signs credentials."""
    (tmp_path / "root.crl").write_bytes(crl(ROOT, SIGNER))
    row = trust_file({"certificates": ROOT.pem})
    [issuer] = read_trust_list(row, "t", open_crls(tmp_path)).issuers
    with pytest.raises(Refused, match="the certificate behind it was revoked by its issuer"):
        read_status_list(status_list(SIGNER, URI, {}), URI, issuer, NOW)


@pytest.mark.parametrize("bits", SPECIMENS)
def test_the_drafts_own_lists_are_read_as_it_says(bits: int) -> None:
    """The specimens of one and two bits have the values that the draft prints."""
    lst, expected = SPECIMENS[bits]
    claims = {"status_list": {"bits": bits, "lst": lst}}
    token = status_list(SIGNER, URI, {}, claims=claims)
    read = read_status_list(token, URI, ISSUER, NOW)
    words = {"revoked": 1, "suspended": 2, "status": 3}
    values = []
    for index in range(len(expected)):
        try:
            read.check(StatusReference(URI, index))
            values.append(0)
        except Revoked as error:
            values += [value for word, value in words.items() if word in str(error)]
    assert expected == values


def cwt(header: dict[Any, Any], claims: Any) -> bytes:
    """Sign a list as CBOR."""
    signed = cose(header, {33: SIGNER.chain[0]}, cbor2.dumps(claims), SIGNER.key)
    return cbor2.dumps(cbor2.CBORTag(18, signed))


CWT_HEADER = {1: -7, 16: "application/statuslist+cwt"}
CWT_CLAIMS = {2: URI, 6: int(NOW), 65534: 60, 65533: {"bits": 1, "lst": pack({5: 1}, 1, 64)}}


def test_a_list_in_cbor_says_the_same() -> None:
    """The CWT form is read like the JWT."""
    check(cwt(CWT_HEADER, CWT_CLAIMS), 4)
    with pytest.raises(Refused, match="has been revoked"):
        check(cwt(CWT_HEADER, CWT_CLAIMS))
    with pytest.raises(Refused, match=r"is not of type `application/statuslist\+cwt`"):
        check(cwt({1: -7}, CWT_CLAIMS))
    with pytest.raises(Refused, match="are not a map"):
        check(cwt(CWT_HEADER, []))


@pytest.mark.parametrize("form", ["json", "cbor"])
@pytest.mark.parametrize("bits", VECTORS)
def test_the_drafts_test_vectors_are_read_as_it_says(bits: str, form: str) -> None:
    """In both forms every entry named has its value, and all others of the 2^20 are valid."""
    lst, width = "".join(VECTORS[bits]["lst"]), int(bits)
    values = {int(index): value for index, value in VECTORS[bits]["values"].items()}
    if form == "json":
        told: dict[str, Any] = {"status_list": {"bits": width, "lst": lst}}
        token = status_list(SIGNER, URI, {}, claims=told)
    else:
        told = {"bits": width, "lst": from_base64url(lst, "lst")}
        token = cwt(CWT_HEADER, {**CWT_CLAIMS, 65533: told})
    read = read_status_list(token, URI, ISSUER, NOW)
    words = {0: "stands", 1: "has been revoked by its issuer", 2: "is suspended by its issuer"}
    expected = {index: words.get(value, f"has status {value}") for index, value in values.items()}

    assert expected == {index: said_of(read, index) for index in values}
    assert zlib.decompress(pack(values, width, VECTOR_SIZE)) == read.entries
    with pytest.raises(Refused, match="does not speak of this credential"):
        read.check(StatusReference(URI, VECTOR_SIZE))


def said_of(read: StatusList, index: int) -> str:
    """Say in the reader's words what a list tells of one credential."""
    try:
        read.check(StatusReference(URI, index))
    except Revoked as error:
        return str(error).removeprefix("the credential ")
    return "stands"


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"header": {"typ": "JWT"}}, "is not of type `statuslist.jwt`"),
        ({"header": {"crit": ["x"]}}, "has a critical extension"),
        ({"header": {"alg": "none"}}, "another alg than"),
        ({"header": {"x5c": []}}, "has no `x5c`"),
        ({"claims": {"sub": "https://status.example/2"}}, "is of another address"),
        ({"claims": {"exp": NOW}}, "the status list has expired"),
        ({"claims": {"exp": "x"}}, "`exp` of the status list is not a number"),
        ({"claims": {"iat": NOW + 61}}, "the status list is from the future"),
        ({"claims": {"iat": None}}, "does not say when it was made"),
        ({"claims": {"status_list": None}}, "does not have 1, 2, 4 or 8 bits"),
        ({"claims": {"status_list": {"bits": 3, "lst": ""}}}, "does not have 1, 2, 4 or 8"),
        ({"claims": {"status_list": {"bits": 1}}}, "has no entries"),
        ({"claims": {"status_list": {"bits": 1, "lst": "?"}}}, "`lst` of the status list is not"),
        ({"claims": {"status_list": {"bits": 1, "lst": "AAAA"}}}, "is not compressed as it should"),
        (
            {"claims": {"status_list": {"bits": 1, "lst": b64(zlib.compress(bytes(99))[:8])}}},
            "is cut short",
        ),
        (
            {
                "claims": {
                    "status_list": {"bits": 1, "lst": b64(zlib.compress(bytes(MAX_LIST + 1)))}
                }
            },
            "opens to more than",
        ),
        ({"size": 8}, None),
    ],
)
def test_other_lists_are_refused(how: dict[str, Any], why: str | None) -> None:
    """What is not the issuer's current list of that address tells nothing, and refuses."""
    with pytest.raises(Refused, match=why or "does not speak of this credential"):
        check(status_list(SIGNER, URI, {}, **how), 8)


def test_a_list_of_somebody_else_is_refused() -> None:
    """Another authority's list says nothing about this issuer's credentials."""
    with pytest.raises(Refused, match="is on no trust list here"):
        check(status_list(root("x", number=9).issue("y"), URI, {}))
    read = read_status_list(status_list(SIGNER, URI, {}), URI, ISSUER, NOW)
    with pytest.raises(Refused, match="does not speak of this credential"):
        read.check(StatusReference(URI + "0", 1))


@pytest.mark.parametrize(
    ("claims", "kept"),
    [
        ({}, 600),
        ({"ttl": None}, 0),
        ({"ttl": 10**9}, 3600),
        ({"exp": NOW + 5}, 5),
        ({"exp": None}, 600),
    ],
)
def test_a_list_is_kept_no_longer_than_it_allows(claims: dict[str, Any], kept: int) -> None:
    """The least of `ttl`, `exp` and an hour."""
    read = read_status_list(status_list(SIGNER, URI, {}, claims=claims), URI, ISSUER, NOW)
    assert NOW + kept == read.keep_until


def test_a_reference_is_read() -> None:
    """A credential says nothing, or where its status is told."""
    told = {"status_list": {"idx": 7, "uri": "https://Status.example:8443/1"}}
    found = read_reference(told, "it")
    assert None is read_reference(None, "it")
    assert (7, "status.example:8443") == (found and found.index, found and found.host)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("x", "the status of it is not in its form"),
        ({}, "in a way that is not known here"),
        ({"identifier_list": {"id": b"", "uri": URI}}, "in a way that is not known here"),
        ({"status_list": {"idx": 1, "uri": URI}, "other": {}}, "in a way that is not known here"),
        ({"status_list": {"idx": -1, "uri": URI}}, "has no place on its status list"),
        ({"status_list": {"idx": True, "uri": URI}}, "has no place on its status list"),
        ({"status_list": {"idx": 1, "uri": "http://status.example/1"}}, "under https"),
        ({"status_list": {"idx": 1}}, "names no status list under https"),
    ],
)
def test_other_references_are_refused(status: object, why: str) -> None:
    """A status told in another way may be the one that says revoked."""
    with pytest.raises(Refused, match=why):
        read_reference(status, "it")


def test_keys_that_are_not_the_certificates_sign_nothing() -> None:
    """A list signed with another key than its certificate's is refused."""
    forged = type(SIGNER)(SIGNER.certificate, new_key(number=77))
    with pytest.raises(Refused, match="is not by the key that it names"):
        check(status_list(forged, URI, {}, claims={"exp": NOW + DAY}))
