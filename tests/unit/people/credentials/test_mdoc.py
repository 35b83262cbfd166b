import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest

from tests.worlds.issuers import (
    DAY,
    NOW,
    Authority,
    cose,
    issue_mdoc,
    new_key,
    root,
    trust_file,
)
from writ.errors import Refused
from writ.people.credentials.mdoc import device_authentication, verify_issued, verify_mdoc
from writ.people.credentials.presented import Presented
from writ.people.credentials.statuslist import StatusReference
from writ.people.credentials.trustlist import read_trust_list
from writ.signing.certificates import read_certificate

PID = "eu.europa.ec.eudi.pid.1"
ROOT = root()
SIGNER = ROOT.issue("ds", number=3)
HOLDER = new_key(number=20)
TRUST = read_trust_list(trust_file({"certificates": ROOT.pem}), "t")
TRANSCRIPT = cbor2.dumps([None, None, ["OpenID4VPHandover", b"hash"]])
MOMENT = datetime.fromtimestamp(NOW, UTC)


def issue(by: Authority = SIGNER, **mso: Any) -> dict[str, Any]:
    """Issue a PID of a citizen of two countries."""
    return issue_mdoc(by, HOLDER, {"nationality": ["US", "DE"], "family_name": "M"}, **mso)


def present(
    issued: dict[str, Any], transcript: bytes = TRANSCRIPT, key: Any = HOLDER, **how: Any
) -> bytes:
    """Present a credential as a wallet does; keywords replace parts of the document."""
    type_ = how.get("docType", PID)
    own = cbor2.dumps({})
    signed = cbor2.dumps(cbor2.CBORTag(24, device_authentication(transcript, type_, own)))
    document = {
        "docType": type_,
        "issuerSigned": issued,
        "deviceSigned": {
            "nameSpaces": cbor2.CBORTag(24, own),
            "deviceAuth": {"deviceSignature": cose({1: -7}, {}, None, key, signed)},
        },
        **how,
    }
    return cbor2.dumps({"version": "1.0", "documents": [document], "status": 0})


def verify(response: bytes) -> Presented:
    """Verify as we do."""
    return verify_mdoc(response, TRANSCRIPT, TRUST, NOW)


def test_a_presentation_proves_what_it_shows() -> None:
    """Issuer, holder and elements come out."""
    status = {"status_list": {"idx": 3, "uri": "https://status.example/1"}}
    found = verify(present(issue(status=status)))
    assert ["US", "DE"] == found.at((PID, "nationality"))
    assert ("pid_mdoc", "PID of Germany", {}) == (found.kind.id, found.issuer.name, found.hidden)
    assert (NOW + 14 * DAY, NOW - DAY) == (found.valid_until, found.made)
    assert StatusReference("https://status.example/1", 3) == found.status


def test_elements_kept_back_are_not_there() -> None:
    """An element that is not shown is nothing, and the rest proves right without it."""
    issued = issue()
    issued["nameSpaces"][PID].pop(0)
    assert None is verify(present(issued)).at((PID, "nationality"))
    del issued["nameSpaces"]
    assert {} == verify(present(issued)).shown


@pytest.mark.parametrize(
    ("response", "why"),
    [
        (b"\xa0", "is not one document of version 1.0 with status 0"),
        (cbor2.dumps([]), "is not one document"),
        (cbor2.dumps({"version": "1.0", "documents": [], "status": 0}), "is not one document"),
        (cbor2.dumps({"version": "1.0", "documents": [{}, {}], "status": 0}), "is not one doc"),
        (cbor2.dumps({"version": "1.0", "documents": [{}], "status": 10}), "is not one document o"),
        (cbor2.dumps({"version": "1.0", "documents": [{}], "status": 0}), "has no type, or noth"),
        (present(issue(), docType=7), "has no type"),
        (present({}, docType="org.other"), "is of a type that is not asked for here"),
        (present({}, docType="urn:eudi:pid:1"), "is of a type that is not asked for"),
        (present({}), "the credential is not a COSE_Sign1"),
        (present(issue(), docType="org.iso.23220.photoid.1"), "is not trusted to issue"),
        (present(issue(), b"\x80"), "wallet's signature is not by the key"),
        (present(issue(), key=new_key(number=21)), "signature of the wallet's signature is not by"),
        (present(issue(), deviceSigned={}), "did not sign with its key"),
    ],
)
def test_other_responses_are_refused(response: bytes, why: str) -> None:
    """Not one document, another type, another transcript or another device's signature."""
    with pytest.raises(Refused, match=why):
        verify(response)


def test_a_mac_is_refused_alone_or_beside_a_signature() -> None:
    """We agree on no key for a MAC; one beside the signature is not passed over either."""
    whole = cbor2.loads(present(issue()))
    auth = whole["documents"][0]["deviceSigned"]["deviceAuth"]
    changes: list[dict[str, Any]] = [{"deviceMac": []}, {**auth, "deviceMac": []}]
    for changed in changes:
        whole["documents"][0]["deviceSigned"]["deviceAuth"] = changed
        with pytest.raises(Refused, match="did not sign with its key"):
            verify(cbor2.dumps(whole))


def spans(**days: float) -> dict[str, Any]:
    """Make a validity whose instants are so many days from now."""
    told = {"signed": -1.0, "validFrom": -1.0, "validUntil": 14.0, **days}
    return {name: MOMENT + timedelta(days=item) for name, item in told.items()}


@pytest.mark.parametrize(
    ("mso", "why"),
    [
        ({"version": "1.1"}, "is not a security object of version 1.0"),
        ({"docType": "org.other"}, "is not a security object of version 1.0 for its document"),
        ({"deviceKeyInfo": None}, "is not a security object"),
        ({"deviceKeyInfo": {"deviceKey": {1: 1}}}, "the device's key is not a public key"),
        ({"digestAlgorithm": "SHA-1"}, "with an algorithm that is not known here"),
        ({"valueDigests": {}}, "has no digests for what is shown"),
        ({"valueDigests": {PID: {0: b"x", 1: b"y"}}}, r"not the one that its issuer signed"),
        ({"validityInfo": spans(validUntil=0)}, "the credential has expired; ask its issuer"),
        ({"validityInfo": spans(validFrom=1)}, "the credential is not valid yet"),
        ({"validityInfo": spans(signed=1)}, "the credential is from the future"),
        ({"validityInfo": spans(signed=-31)}, "was made before it was asked for"),
        ({"validityInfo": {}}, "does not say `signed`"),
        ({"status": {"identifier_list": {}}}, "in a way that is not known here"),
        ({"header": {}}, "or does not say which"),
        ({"header": {1: -7, 2: [1]}}, "has a critical extension"),
        ({"header": {1: -35}}, "says alg -35; its key is for another"),
    ],
)
def test_other_security_objects_are_refused(mso: dict[str, Any], why: str) -> None:
    """Expired, not yet valid, of another document, or told in a way that is not known."""
    with pytest.raises(Refused, match=why):
        verify(present(issue(**mso)))


def test_a_security_object_outlives_nothing_of_its_certificate() -> None:
    """One that was signed after its certificate had ended is refused even within the other's span."""
    short = ROOT.issue("short", number=5, until=NOW + 1)
    with pytest.raises(Refused, match="is from the future"):
        verify(present(issue(short, validityInfo=spans(signed=0.01))))


def test_other_issuers_are_refused() -> None:
    """A signer of another root, and one whose key is not its certificate's."""
    with pytest.raises(Refused, match="is on no trust list here"):
        verify(present(issue(root("x", number=9).issue("y"))))
    with pytest.raises(Refused, match="is not by the key that it names"):
        verify(present(issue(Authority(SIGNER.certificate, new_key(number=6)))))


def tagged(value: Any) -> cbor2.CBORTag:
    """Put CBOR under tag 24."""
    return cbor2.CBORTag(24, cbor2.dumps(value))


ITEM = {"digestID": 0, "random": b"", "elementIdentifier": "nationality", "elementValue": "US"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda items: [items[0], items[0]], "an element is shown twice"),
        (lambda items: [ITEM], r"an element is not CBOR in a byte string \(tag 24\)"),
        (lambda items: [tagged(ITEM)], r"is not the one that its issuer signed \(digest\)"),
        (lambda items: [tagged({**ITEM, "digestID": 9})], r"its issuer signed \(digest\)"),
        (lambda items: [tagged({**ITEM, "random": 7})], "an element is not in its form"),
        (lambda items: [tagged({**ITEM, "digestID": "0"})], "element is not in its form"),
        (lambda items: 7, "has no digests for what is shown"),
        (lambda items: items * 51, "more than 100 elements are shown"),
    ],
)
def test_other_elements_are_refused(change: Callable[[Any], Any], why: str) -> None:
    """An element twice, another element, one without a digest, and more than the budget."""
    issued = issue()
    issued["nameSpaces"][PID] = change(issued["nameSpaces"][PID])
    with pytest.raises(Refused, match=why):
        verify(present(issued))


def test_a_name_twice_under_two_numbers_is_refused() -> None:
    """An issuer who signed two values for one name leaves it open which is meant."""
    twice = [tagged({**ITEM, "digestID": at, "elementIdentifier": "a"}) for at in (0, 1)]
    digests = {PID: {at: _digest(item) for at, item in enumerate(twice)}}
    issued = issue_mdoc(SIGNER, HOLDER, {}, valueDigests=digests)
    issued["nameSpaces"][PID] = twice
    with pytest.raises(Refused, match="an element is shown twice"):
        verify(present(issued))


def test_what_is_shown_is_a_map() -> None:
    """Name spaces that are something else are refused."""
    with pytest.raises(Refused, match="an algorithm that is not known here"):
        verify(present({**issue(), "nameSpaces": []}))


def _digest(item: cbor2.CBORTag) -> bytes:
    return hashlib.sha256(cbor2.dumps(item)).digest()


ANNEX_D = Path(__file__).parents[5] / "shared" / "vectors" / "mdoc" / "annex-d-issuer_signed.hex"


@pytest.mark.skipif(not ANNEX_D.is_file(), reason="ISO's test vector is not on this machine")
def test_the_standards_own_credential_proves_right_in_its_time() -> None:
    """ISO/IEC 18013-5 D.4.1.2 verifies in October 2020, and no longer in 2026; changed, never."""
    data = bytes.fromhex(ANNEX_D.read_text().strip())
    issued = cbor2.loads(data)
    signer = read_certificate(issued["issuerAuth"][1][33])
    list_ = read_trust_list(
        trust_file({
            "certificates": Authority(signer, new_key()).pem,
            "country": "US",
            "types": ["org.iso.18013.5.1.mDL"],
            "from": datetime(2020, 1, 1, tzinfo=UTC),
        }),
        "t",
    )  # fmt: skip
    then = datetime(2020, 12, 1, tzinfo=UTC).timestamp()
    found, _ = verify_issued(issued, "org.iso.18013.5.1.mDL", list_, then)
    assert "Doe" == found.at(("org.iso.18013.5.1", "family_name"))
    with pytest.raises(Refused, match="has expired"):
        verify_issued(issued, "org.iso.18013.5.1.mDL", list_, NOW)
    changed = cbor2.loads(data.replace(b"Doe", b"Roe"))
    with pytest.raises(Refused, match="digest"):
        verify_issued(changed, "org.iso.18013.5.1.mDL", list_, then)
