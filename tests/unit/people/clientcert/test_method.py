import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.client_certificates import (
    CITIZENSHIP,
    CLIENT,
    RESIDENCE,
    citizen,
    directory,
    issuers_file,
)
from tests.worlds.issuers import DAY, NOW, Authority, crl, new_key, root
from tests.worlds.wallet import US_CITIZEN, Standing, session
from writ.clock import SECOND
from writ.errors import Failed, InvalidInput, Refused
from writ.model.listeners import Address, Certificates
from writ.model.subject import Value
from writ.people.clientcert.issuers import read_issuers
from writ.people.clientcert.method import ClientCertificate
from writ.people.clientcert.opened import open_certificates
from writ.people.clientcert.rechecks import recheck
from writ.people.credentials.revocation import NO_CRLS, open_crls
from writ.people.crls import keep_crl
from writ.people.methods import Arrival, Finding, Session, Show

SPAN: dict[str, Any] = {"from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}
ROOT = root()
MIDDLE = ROOT.issue("middle", number=2, authority=True)
ANA = MIDDLE.issue("ana", number=3, purposes=[CLIENT], more=citizen("US", "DE"))
CLOCK = Standing()
PORTAL, PLACE = "https://verify.example/w", "https://cert.verify.example/w"


def issuers(**changes: Any) -> bytes:
    """Write a list of one issuer."""
    text = issuers_file(ROOT, **{"from": None, "until": None, **changes}).decode()
    span = {key: item for key, item in SPAN.items() if f"\n{key} = " not in text}
    return (text + "".join(f"\n{key} = {item}" for key, item in span.items())).encode()


def method(**changes: Any) -> ClientCertificate:
    """Make the method as the portal does."""
    crls = changes.pop("crls", NO_CRLS)
    listed = read_issuers(issuers(**changes), "t", crls)
    return ClientCertificate(listed, (PLACE, PORTAL), CLOCK, lambda: NOW)


def begun(made: ClientCertificate) -> Session:
    """Open an attempt."""
    attempt = session()
    attempt.address = f"{PORTAL}/verify/from/1"
    step = asyncio.run(made.begin(attempt, "en"))
    assert Show("form", {"address": f"{PLACE}/verify/from/1/certificate"}) == step
    return attempt


def heard(made: ClientCertificate, attempt: Session, leg: str, **how: Any) -> Any:
    """Bring something to a leg."""
    return asyncio.run(made.hear(attempt, Arrival(leg, **{"browser": True, **how})))


def found(holder: Authority, chain: list[bytes] | None = None, **changes: Any) -> Finding:
    """Prove a certificate in the browser that began."""
    made = method(**changes)
    shown = tuple(holder.chain if chain is None else chain)
    step = heard(made, begun(made), "certificate", certificates=shown)
    assert isinstance(step, Finding)
    return step


def test_a_certificate_proves_citizenships() -> None:
    """All that it names, at least; graded; until the first certificate of its chain ends."""
    [proof] = found(ANA).proved
    assert ("citizenships", {"US", "DE"}, "at_least", "Navy of the United States") == (
        proof.attribute, {value.parts[0] for value in proof.values}, proof.completeness, proof.issuer,
    )  # fmt: skip
    grade = proof.grade
    assert (2, 2, 3, 2) == (grade.issuer, grade.binding, grade.transport, grade.freshness)
    assert ("fpki", "common-hardware") == (grade.scheme, grade.value)
    ends = 1_798_761_600.0  # the issuer's span, 2027-01-01; the certificates end later
    assert CLOCK.now() + int((ends - NOW) * SECOND) == proof.expires_at
    short = ROOT.issue("ana", number=3, more=citizen("US"), until=NOW + DAY)
    assert CLOCK.now() + DAY * SECOND == found(short).proved[0].expires_at


def test_a_residence_is_read_too() -> None:
    """Where the certificate names one; a purpose need not be named."""
    more = [(directory((CITIZENSHIP, ("US",)), (RESIDENCE, ("FR",))), False)]
    proved = found(ROOT.issue("ben", number=4, more=more)).proved
    assert [("citizenships", (Value(("US", "")),)), ("residence", (Value(("FR", "")),))] == [
        (proof.attribute, proof.values) for proof in proved
    ]


def test_a_renewed_certificate_is_the_same_holder_s() -> None:
    """Known by the names of issuer and holder: another key is the same, another name is not."""
    again = ROOT.issue("ben", number=5, more=citizen("US"))
    first, renewed, other = (
        found(holder).credential
        for holder in (
            ROOT.issue("ben", number=4, more=citizen("US")),
            again,
            ROOT.issue("eve", key=new_key(number=5), more=citizen("US")),
        )
    )
    assert first == renewed != other


def test_another_browser_is_led_back() -> None:
    """Without the visit's cookie the finding waits for the browser that began, and its code."""
    made = method()
    attempt = begun(made)
    shown = heard(made, attempt, "certificate", browser=False, certificates=tuple(ANA.chain))
    assert isinstance(shown, Show)
    address, _, code = str(shown.data["address"]).partition("?code=")
    assert (f"{PORTAL}/verify/from/1/return", "back") == (address, shown.page)
    with pytest.raises(InvalidInput, match="go back to the page that began"):
        heard(made, attempt, "return", browser=False, fields={"code": code})
    assert isinstance(heard(made, attempt, "return", fields={"code": code}), Finding)
    with pytest.raises(InvalidInput, match="nothing has come yet"):
        heard(made, attempt, "return")


def test_a_browser_without_a_certificate_tries_again() -> None:
    """The attempt goes on; no other address is there."""
    made = method()
    attempt = begun(made)
    with pytest.raises(InvalidInput, match="your browser sent no certificate"):
        heard(made, attempt, "certificate")
    with pytest.raises(InvalidInput, match="there is nothing at this address"):
        heard(made, attempt, "")


@pytest.mark.parametrize(
    ("holder", "message"),
    [
        (ROOT.issue("a", more=citizen("US"), until=NOW - DAY), "has expired"),
        (ROOT.issue("a", more=citizen("US"), since=NOW + DAY), "is not valid yet"),
        (ROOT.issue("a", more=citizen("US"), usage=False), "is not for signatures"),
        (ROOT.issue("a", more=citizen("US"), authority=True), "an authority's"),
        (ROOT.issue("a", more=citizen("US"), purposes=["1.2.3"]), "not for signing such"),
        (ROOT.issue("a", more=[(citizen("US")[0][0], True)]), "the critical extension 2.5.29.9"),
        (root("other", number=9).issue("a", more=citizen("US")), "is on no trust list here"),
        (ROOT.issue("a"), "names no country of citizenship or residence"),
        (ROOT.issue("a", more=citizen("QQ")), "by a code that is not known here"),
    ],
)
def test_what_proves_nothing_is_refused(holder: Authority, message: str) -> None:
    """Expired, not yet valid, for something else, by a stranger, without a country that there is."""
    with pytest.raises(Refused, match=message):
        found(holder)


def test_a_chain_is_whole_and_its_issuer_trusted_now() -> None:
    """Without the middle nobody issued it; bytes are a certificate; an issuer's span holds."""
    with pytest.raises(Refused, match="is on no trust list here"):
        found(ANA, ANA.chain[:1])
    with pytest.raises(Refused, match="a certificate cannot be read"):
        found(ANA, [b"0"])
    with pytest.raises(Refused, match="`Navy of the United States` is not trusted now"):
        found(ANA, until="2026-02-01T00:00:00Z")


def test_it_is_offered_where_it_could_help() -> None:
    """As far as the issuer that goes farthest."""
    offer = method().offer(session().question)
    assert offer is not None
    assert (2, (0,)) == (offer.level, offer.shows)
    assert None is method(assurance=1).offer(session(US_CITIZEN).question)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"assurance": 3}, "t:1:1: this issuer is not in its form: .*<= 2"),
        ({"certificates": "none"}, "t:1:1: there is no certificate in PEM"),
        ({"until": "2025-01-01T00:00:00Z"}, "t:1:1: `until` is not after `from`"),
        ({"until": "2027-01-01T00:00:00"}, "t:1:1: `from` and `until` need a time zone"),
        ({"crl_within": "soon"}, "t:1:1: `soon` is not a duration"),
        ({"colour": "blue"}, "t:1:1: this issuer is not in its form"),
    ],
)
def test_a_list_with_faults_is_told(changes: dict[str, Any], message: str) -> None:
    """Each with its line; further than A2 none of them goes."""
    with pytest.raises(InvalidInput, match=message):
        method(**changes)


def test_it_is_opened_from_its_file(tmp_path: Path) -> None:
    """The file is read when the portal starts; one that is not there is told."""
    files = Certificates(Address("127.0.0.1", 0), PLACE, tmp_path / "issuers.toml", tmp_path)
    with pytest.raises(Failed, match=r"issuers\.toml`: No such file"):
        open_certificates(files, PORTAL, CLOCK)
    files.issuers.write_bytes(issuers())
    assert "certificate" == open_certificates(files, PORTAL, CLOCK).name


def test_a_certificate_that_its_issuer_revoked_proves_nothing(tmp_path: Path) -> None:
    """Neither it nor one above it may be on a list; who is on none is said to be current."""
    crls = open_crls(tmp_path)
    assert 2 == found(ANA, crls=crls).proved[0].grade.freshness
    keep_crl(tmp_path / "root.crl", crl(ROOT))
    assert 2 == found(ANA, crls=crls).proved[0].grade.freshness
    keep_crl(tmp_path / "middle.crl", crl(MIDDLE, ROOT.issue("ben")))
    assert 3 == found(ANA, crls=crls).proved[0].grade.freshness
    for name, listed in (("root", crl(ROOT, MIDDLE)), ("middle", crl(MIDDLE, ANA))):
        keep_crl(tmp_path / f"{name}.crl", listed)
        with pytest.raises(Refused, match="was revoked by its issuer"):
            found(ANA, crls=crls)
        keep_crl(tmp_path / f"{name}.crl", crl(ROOT))


def test_a_list_may_be_asked_for(tmp_path: Path) -> None:
    """With `crl_within` a certificate counts only beside a list that is no older."""
    crls = open_crls(tmp_path)
    ben = ROOT.issue("ben", number=4, more=citizen("US"))
    for listed in (b"", crl(ROOT, made=NOW - 3 * DAY), crl(ROOT, until=NOW - 1)):
        if listed:
            keep_crl(tmp_path / "root.crl", listed)
        with pytest.raises(Refused, match="no current list of its issuer is here"):
            found(ben, crls=crls, crl_within="2d")
    keep_crl(tmp_path / "root.crl", crl(ROOT))
    assert 3 == found(ben, crls=crls, crl_within="2d").proved[0].grade.freshness


def test_a_certificate_that_is_on_the_operator_s_list_itself_is_not_asked_about(
    tmp_path: Path,
) -> None:
    """Who pins one takes it off again; `crl_within` does not refuse it."""
    ben = ROOT.issue("ben", number=4, more=citizen("US"))
    pinned: dict[str, Any] = {
        "certificates": ben.pem,
        "crls": open_crls(tmp_path),
        "crl_within": "1d",
    }
    assert 2 == found(ben, **pinned).proved[0].grade.freshness


def kept(holder: Authority, **changes: Any) -> list[tuple[bytes, str]]:
    """Return what is kept of a certificate that was shown."""
    [proof] = found(holder, **changes).proved
    assert proof.revocation is not None
    return [(b"1", proof.revocation)]


def fallen(shown: list[tuple[bytes, str]], crls: Any = NO_CRLS, **changes: Any) -> list[bytes]:
    """Ask again, with an issuers' file and lists as they are by now."""
    return list(recheck(shown, read_issuers(issuers(**changes), "t", crls), NOW))


def test_what_its_issuer_revokes_later_falls(tmp_path: Path) -> None:
    """By a list about it or one above it; nobody else's list, and no missing one, takes it away."""
    shown, crls = kept(ANA), open_crls(tmp_path)
    for listed in (b"", crl(ROOT), crl(MIDDLE), crl(ROOT, ANA), crl(MIDDLE, MIDDLE)):
        if listed:
            keep_crl(tmp_path / "a.crl", listed)
        assert [] == fallen(shown, crls, crl_within="1d")
    for listed in (crl(ROOT, MIDDLE), crl(MIDDLE, ANA), crl(MIDDLE, ANA, until=NOW - 1)):
        keep_crl(tmp_path / "a.crl", listed)
        assert [b"1"] == fallen(shown, crls)
    assert [] == fallen([(b"2", '{"status_list":{}}'), (b"3", '{"passport":[]}')], crls)


def test_what_rests_on_an_issuer_that_is_listed_no_more_falls() -> None:
    """Under that name and with that certificate; a pinned one stands as long as it is listed."""
    shown = kept(ANA)
    assert [b"1"] == fallen(shown, name="another")
    assert [b"1"] == fallen(shown, certificates=root("other", number=9).pem)
    ben = ROOT.issue("ben", number=4, more=citizen("US"))
    pinned = kept(ben, certificates=ben.pem)
    assert ([], [b"1"]) == (fallen(pinned, certificates=ben.pem), fallen(pinned))


def test_nothing_of_the_holder_is_kept_for_it() -> None:
    """Neither the name nor the certificate: what lists know it by, and who stands above."""
    [(_, text)] = kept(ROOT.issue("Kowalczyk Ana", number=4, more=citizen("US")))
    link = json.loads(text)["certificate"]["chain"][0]
    assert "Kowalczyk" not in text
    assert {"above", "addresses", "authority", "issuer", "serial"} == set(link)
    assert ROOT.certificate.der == base64.b64decode(link["above"])
