import asyncio
import json
from collections.abc import Coroutine
from typing import Any, TypeVar

import cbor2
import pytest

from tests.worlds.issuers import (
    DAY,
    MDL_SIGNER,
    NOW,
    Authority,
    issue_mdoc,
    issue_sdjwt,
    new_key,
    root,
    status_list,
    trust_file,
)
from tests.worlds.wallet import (
    US_CITIZEN,
    Asked,
    Holder,
    Lists,
    Standing,
    encrypt,
    present_mdoc,
    present_sdjwt,
    question,
    read_link,
    session,
)
from writ.clock import SECOND
from writ.errors import InvalidInput, Refused
from writ.model.decision import Settlement
from writ.model.subject import Value
from writ.people.credentials.statuses import Statuses
from writ.people.credentials.statuslist import StatusReference
from writ.people.credentials.trustlist import read_trust_list
from writ.people.methods import Arrival, Finding, Proof, Reply, Session, Show
from writ.people.openid4vp.party import make_party
from writ.people.openid4vp.transcript import session_transcript
from writ.people.openid4vp.wallet import Wallet
from writ.signing.signer import Signer

T = TypeVar("T")

PID, PHOTO, MDL = "eu.europa.ec.eudi.pid.1", "org.iso.23220.photoid.1", "org.iso.18013.5.1.mDL"
URI = "https://status.example/1"
ROOT = root()
ISSUER = ROOT.issue("pid", number=3)
DS = ROOT.issue("ds", number=4, purposes=[MDL_SIGNER])
ACCESS_KEY = new_key(number=30)
ACCESS = ROOT.issue("verifier", key=ACCESS_KEY, dns=["verify.example"])
CLOCK = Standing()
ANA = Holder(NOW)
WANTED = (US_CITIZEN,)


def run(step: Coroutine[Any, Any, T]) -> T:
    """Run one step."""
    return asyncio.run(step)


def wallet(lists: Lists | None = None, now: float = NOW, **issuer: Any) -> Wallet:
    """Make the method as the portal does, over a trust list of one issuer of everything."""
    types = ["urn:eudi:pid:1", PID, PHOTO, MDL]
    row = {"certificates": ROOT.pem, "types": types, "status_hosts": ["status.example"], **issuer}
    trust = read_trust_list(trust_file(row), "t")
    party = make_party(ACCESS.pem + ROOT.pem, Signer(ACCESS_KEY), "x509_hash", "")
    return Wallet(party, trust, Statuses(lists or Lists()), CLOCK, lambda: now)


def begun(method: Wallet, *wanted: Settlement) -> Session:
    """Open an attempt."""
    attempt = session(*wanted)
    assert isinstance(run(method.begin(attempt, "en")), Show)
    return attempt


def back(method: Wallet, attempt: Session, code: str) -> Finding:
    """Come back in the browser that began."""
    step = run(method.hear(attempt, Arrival("return", browser=True, fields={"code": code})))
    assert isinstance(step, Finding)
    return step


def credential(*nationalities: str, by: Authority = ISSUER, **claims: Any) -> Any:
    """Issue Ana a PID."""
    return issue_sdjwt(by, ANA.key, nationalities or ("US",), claims=claims)


def test_a_wallet_proves_a_citizenship() -> None:
    """The browser that began comes back from the wallet, and what was asked is found, graded."""
    method = wallet()
    attempt = begun(method)
    found = back(method, attempt, run(ANA.show(method, attempt, credential("US", "DE"), 0)))
    [proof] = found.proved
    assert (Value(("US", "")),) == proof.values
    assert ("citizenships", "at_least", "PID of Germany") == (
        proof.attribute, proof.completeness, proof.issuer,
    )  # fmt: skip
    grade = proof.grade
    assert (3, 3, 3, 3) == (grade.issuer, grade.binding, grade.transport, grade.freshness)
    assert ("eidas", "high") == (grade.scheme, grade.value)
    assert (CLOCK.now(), CLOCK.now() + 14 * DAY * SECOND) == (proof.verified_at, proof.expires_at)
    assert None is proof.revocation


@pytest.mark.parametrize(
    ("id_", "type_", "space", "told"),
    [
        ("pid_mdoc", PID, PID, ["US", "DE"]),
        ("pid_mdoc", PID, PID, "USA"),
        ("photo_id", PHOTO, "org.iso.23220.1", "US"),
        ("mdl", MDL, "org.iso.18013.5.1", "US"),
    ],
)
def test_mdocs_prove_the_same(id_: str, type_: str, space: str, told: Any) -> None:
    """A PID, a Photo ID and an mDL as mdoc show a citizenship, as a list or a text."""
    method = wallet()
    attempt = begun(method)
    asked = run(ANA.fetch(method, attempt))
    issued = issue_mdoc(DS, ANA.key, {"nationality": told}, type_, space)
    shown = present_mdoc(issued, asked, ANA.key, type_)
    found = back(method, attempt, run(ANA.send(method, attempt, asked, {id_: [shown]})))
    assert Value(("US", "")) == found.proved[0].values[0]


def test_only_what_is_asked_is_asked_for() -> None:
    """The request names the one claim of each kind that could settle the question."""
    method = wallet()
    claims = run(ANA.fetch(method, begun(method))).claims
    paths = {item["id"]: item["claims"] for item in claims["dcql_query"]["credentials"]}
    assert {
        "pid": [{"path": ["nationalities"]}],
        "pid_mdoc": [{"path": [PID, "nationality"], "intent_to_retain": False}],
        "photo_id": [{"path": ["org.iso.23220.1", "nationality"], "intent_to_retain": False}],
        "mdl": [{"path": ["org.iso.18013.5.1", "nationality"], "intent_to_retain": False}],
    } == paths
    assert "direct_post.jwt" == claims["response_mode"]
    assert ["A128GCM", "A256GCM"] == claims["client_metadata"][
        "encrypted_response_enc_values_supported"
    ]


RESIDENT = Settlement("requester", "residence", (("US", ""),), "at_least", 2, ("wallet",))


def test_what_is_needed_at_once_is_asked_at_once() -> None:
    """Two attributes that are needed together are asked together; each by itself, the first."""
    method = wallet()
    both = [
        Settlement("requester", name, (("US", ""),), "at_least", 2, (), 0)
        for name in ("citizenships", "residence")
    ]
    pid = run(ANA.fetch(method, begun(method, *both))).claims["dcql_query"]["credentials"][0]
    one = run(ANA.fetch(method, begun(method, RESIDENT, US_CITIZEN))).claims["dcql_query"]
    assert [{"path": ["nationalities"]}, {"path": ["address", "country"]}] == pid["claims"]
    assert [{"path": ["address", "country"]}] == one["credentials"][0]["claims"]


def test_a_residence_is_read_too() -> None:
    """The country of the address is where somebody lives."""
    method = wallet(complete=True)
    attempt = begun(method, RESIDENT)
    shown = credential("US", address={"country": "US", "street": "1 Main St"})
    [proof] = back(method, attempt, run(ANA.show(method, attempt, shown, 0))).proved
    assert ("residence", (Value(("US", "")),), "at_least") == (
        proof.attribute, proof.values, proof.completeness,
    )  # fmt: skip


ALL = Settlement("requester", "citizenships", (("FR", ""),), "exhaustive", 2, ("wallet",))


@pytest.mark.parametrize(
    ("complete", "places", "expected"),
    [
        (False, (0, 1), "at_least"),
        (True, (0,), "at_least"),
        (True, (0, 1), "exhaustive"),
    ],
)
def test_a_hidden_citizenship_leaves_the_rest_open(
    *, complete: bool, places: tuple[int, ...], expected: str
) -> None:
    """A list is whole only where its issuer lists everything and nothing was kept back."""
    method = wallet(complete=complete)
    attempt = begun(method)
    found = back(method, attempt, run(ANA.show(method, attempt, credential("FR", "US"), *places)))
    assert expected == found.proved[0].completeness


def test_it_is_offered_where_it_could_help() -> None:
    """What no credential shows, or none at the level asked, is not offered."""
    plain, complete = wallet(), wallet(complete=True)
    high = Settlement("requester", "citizenships", (("US", ""),), "at_least", 4, ())
    offer = plain.offer(question(high, RESIDENT, US_CITIZEN))
    assert (3, "smartphone", (1, 2)) == (
        offer and offer.level,
        offer and offer.needs,
        offer and offer.shows,
    )
    assert None is plain.offer(question(high))
    assert None is plain.offer(question(ALL))
    assert (0,) == (complete.offer(question(ALL)) or offer).shows  # type: ignore[union-attr]  # offered
    lists = run(ANA.fetch(complete, begun(complete, ALL))).claims["dcql_query"]["credentials"]
    assert [{"path": ["nationalities"]}] == lists[0]["claims"]


def test_the_status_is_asked_and_kept() -> None:
    """A credential with a status is asked for at its issuer's host, once while the list holds."""
    lists = Lists({URI: status_list(ISSUER, URI, {9: 1})})
    method = wallet(lists)
    shown = credential(status={"status_list": {"idx": 3, "uri": URI}})
    proofs: list[Proof] = []
    for _ in range(2):
        attempt = begun(method)
        proofs += back(method, attempt, run(ANA.show(method, attempt, shown, 0))).proved
    proof = proofs[1]
    assert [URI] == lists.fetched
    assert 4 == proof.grade.freshness
    told = json.loads(proof.revocation or "")
    assert {"status_list": {"index": 3, "issuer": "PID of Germany", "uri": URI}} == told


def test_a_revoked_credential_is_refused() -> None:
    """So is one whose list is at a host that its issuer is not known by."""
    lists = Lists({URI: status_list(ISSUER, URI, {9: 1})})
    revoked = credential(status={"status_list": {"idx": 9, "uri": URI}})
    method = wallet(lists)
    with pytest.raises(Refused, match="has been revoked by its issuer"):
        run(ANA.show(method, begun(method), revoked, 0))
    method = wallet(lists, status_hosts=["elsewhere.example"])
    with pytest.raises(Refused, match="a host that `PID of Germany` is not known by"):
        run(ANA.show(method, begun(method), revoked, 0))


def test_lists_make_way() -> None:
    """A hundred lists are kept, and a list that is over is asked for again."""
    uris = [f"https://status.example/{number}" for number in range(101)]
    lists = Lists({uri: status_list(ISSUER, uri, {}, claims={"ttl": 5}) for uri in uris})
    statuses = Statuses(lists)
    trust = read_trust_list(
        trust_file({"certificates": ROOT.pem, "status_hosts": ["status.example"]}), "t"
    )

    async def ask(uri: str, now: float) -> None:
        await statuses.check(StatusReference(uri, 0), trust.issuers[0], now)

    for uri in uris:
        run(ask(uri, NOW))
    run(ask(uris[0], NOW))
    run(ask(uris[100], NOW + 1))
    run(ask(uris[100], NOW + 6))
    assert [*uris, uris[0], uris[100]] == lists.fetched


@pytest.mark.parametrize(
    ("nationalities", "why"),
    [
        ((), "does not show what was asked; let the wallet show it"),
        (("XXX",), "does not show what was asked"),
        (("UNO", "XXB"), "does not show what was asked"),
        (("ZZ",), "by a code that is not known here"),
        ((7,), "by a code that is not known here"),
        (("US",) * 21, "more than 20 nationalities"),
    ],
)
def test_what_is_no_nationality_proves_none(nationalities: Any, why: str) -> None:
    """An organisation's code and an empty list prove nothing; an unknown code is not guessed."""
    method = wallet()
    shown = issue_sdjwt(ISSUER, ANA.key, nationalities)
    with pytest.raises(Refused, match=why):
        run(ANA.show(method, begun(method), shown, *range(len(nationalities))))


def test_codes_of_passports_are_the_same_countries() -> None:
    """Three letters, and what passports write, come out as one code, with the class they tell."""
    method = wallet()
    attempt = begun(method)
    shown = issue_sdjwt(ISSUER, ANA.key, ("USA", "US", "D", "GBN", "UNO"))
    [proof] = back(method, attempt, run(ANA.show(method, attempt, shown, *range(5)))).proved
    assert (Value(("US", "")), Value(("DE", "")), Value(("GB", "GBN"))) == proof.values


def test_an_old_credential_is_less_fresh() -> None:
    """One without a status, issued long ago or without saying when, is graded down."""
    method = wallet()
    grades = []
    for claims in ({"iat": int(NOW) - 40 * DAY}, {"iat": None}):
        attempt = begun(method)
        shown = credential(**claims)
        grades.append(
            back(method, attempt, run(ANA.show(method, attempt, shown, 0))).proved[0].grade
        )
    assert [2, 2] == [grade.level for grade in grades]


def test_one_credential_has_one_name() -> None:
    """The same holder's key names the credential, whatever is shown of it; another's does not."""
    method = wallet()
    names = []
    for holder in (ANA, ANA, Holder(NOW, new_key(number=21))):
        attempt = begun(method)
        shown = issue_sdjwt(ISSUER, holder.key, ("US",))
        names.append(back(method, attempt, run(holder.show(method, attempt, shown, 0))).credential)
    assert names[0] == names[1]
    assert names[0] != names[2]
    assert all(name is not None and len(name) == 32 for name in names)


def test_another_browser_is_shown_a_short_code_to_type_where_it_began() -> None:
    """Whose wallet is on another device carries a code over, and is graded down for it."""
    method = wallet()
    attempt = begun(method)
    code = run(ANA.show(method, attempt, credential(), 0))
    elsewhere = run(method.hear(attempt, Arrival("return", browser=False, fields={"code": code})))
    assert isinstance(elsewhere, Show)
    assert "elsewhere" == elsewhere.page
    found = back(method, attempt, str(elsewhere.data["code"]))
    assert (2, 2) == (found.proved[0].grade.transport, found.proved[0].grade.level)
    with pytest.raises(InvalidInput, match="nothing has come yet"):
        back(method, attempt, code)


def test_a_finding_is_nobodys_without_its_code() -> None:
    """Whoever has the handle alone gets neither the finding nor the short code; five tries end it."""
    method = wallet()
    attempt = begun(method)
    code = run(ANA.show(method, attempt, credential(), 0))
    with pytest.raises(InvalidInput, match="not the one that your wallet or reader"):
        run(method.hear(attempt, Arrival("return", browser=False, fields={"code": "guess"})))
    for _ in range(4):
        with pytest.raises(InvalidInput, match="that is not the code"):
            back(method, attempt, "0000 0000 0")
    with pytest.raises(Refused, match="that was not the code, 5 times; start again"):
        back(method, attempt, "")
    with pytest.raises(InvalidInput, match="nothing has come"):
        back(method, attempt, code)


def test_findings_do_not_wait_for_ever() -> None:
    """What nobody came for is dropped when its session is over."""
    moment = [NOW]
    method = wallet()
    method._now = lambda: moment[0]
    first = begun(method)
    code = run(ANA.show(method, first, credential(), 0))
    moment[0] += 601
    run(Holder(moment[0]).show(method, begun(method), credential(), 0))
    with pytest.raises(InvalidInput, match="nothing has come"):
        back(method, first, code)


def test_a_request_is_fetched_once_and_answered_once() -> None:
    """A second fetch, a replayed answer and an answer to a request never fetched are turned away."""
    method = wallet()
    attempt = begun(method)
    asked = run(ANA.fetch(method, attempt, ""))
    shown = present_sdjwt(credential().shown(0), asked, ANA.key, NOW)
    again = run(method.hear(attempt, Arrival("request", browser=False)))
    code = run(ANA.send(method, attempt, asked, {"pid": [shown]}))
    answer = encrypt({"vp_token": {"pid": [shown]}, "state": asked.claims["state"]}, asked)
    arrival = Arrival("response", browser=False, fields={"response": answer})
    replayed = run(method.hear(attempt, arrival))
    early = run(method.hear(begun(method), arrival))
    for step, why in (
        (again, "was fetched before"), (replayed, "was answered before"), (early, "never fetched"),
    ):  # fmt: skip
        assert isinstance(step, Reply)
        assert 400 == step.status
        assert why in json.loads(step.body)["error_description"]
    assert back(method, attempt, code).proved


def test_an_answer_to_one_request_answers_no_other() -> None:
    """What was presented to one session proves nothing in another: its key, nonce and state differ."""
    method = wallet()
    mine, theirs = begun(method), begun(method)
    asked = run(ANA.fetch(method, mine))
    other = run(ANA.fetch(method, theirs))
    shown = present_sdjwt(credential().shown(0), asked, ANA.key, NOW)
    with pytest.raises(Refused, match=r"another request than ours \(nonce\); start again"):
        run(ANA.send(method, theirs, other, {"pid": [shown]}))


def test_other_addresses_are_nothing() -> None:
    """A leg that is not there, and a look by another browser, is bad input."""
    method = wallet()
    attempt = begun(method)
    for arrival in (Arrival("other", browser=True), Arrival("look", browser=False)):
        with pytest.raises(InvalidInput, match="nothing at this address"):
            run(method.hear(attempt, arrival))
    with pytest.raises(InvalidInput, match="`wallet_nonce` is ASCII of 512"):
        run(ANA.fetch(method, attempt, "x" * 513))


def answering(method: Wallet, **parts: Any) -> None:
    """Answer a request with one part of the answer replaced."""
    attempt = begun(method)
    asked = run(ANA.fetch(method, attempt))
    shown = present_sdjwt(credential().shown(0), asked, ANA.key, NOW)
    answer = {"vp_token": {"pid": [shown]}, "state": asked.claims["state"]}
    header = parts.pop("header", {})
    fields = parts.pop("fields", None) or {"response": encrypt(answer | parts, asked, **header)}
    run(method.hear(attempt, Arrival("response", browser=False, fields=fields)))


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"state": "other"}, r"to another request than ours \(state\); start again"),
        ({"vp_token": []}, "is not one credential; show one at a time"),
        ({"vp_token": {}}, "is not one credential; show one at a time"),
        ({"vp_token": {"pid": ["a"], "mdl": ["b"]}}, "is not one credential; show one at a time"),
        ({"vp_token": {"pid": "a"}}, "is not one presentation of one credential"),
        ({"vp_token": {"pid": ["a", "b"]}}, "is not one presentation of one credential"),
        ({"vp_token": {"pid": [{"a": 1}]}}, "is not one presentation of one credential"),
        ({"vp_token": {"other": ["a"]}}, "a credential that was not asked for"),
        ({"vp_token": {"mdl": ["?"]}}, "the device response is not base64url"),
        ({"header": {"kid": "other"}}, "is not for the key of this request"),
        ({"header": {"enc": "A128CBC-HS256"}}, "is not encrypted with ECDH-ES and one of"),
        ({"header": {"zip": "DEF"}}, "is compressed, or has a critical extension"),
        ({"fields": {"response": "a.b"}}, "is not a compact JWE"),
        ({"fields": {"response": "x" * 197_000}}, "of 196608 characters at most"),
        ({"fields": {"vp_token": "x"}}, "is not a form with `response`"),
        ({"fields": {"error": "access_denied"}}, "you declined, or have no such credential"),
        ({"fields": {"error": "odd"}}, "did not answer the request; start again, or take another"),
    ],
)
def test_other_answers_are_refused(parts: dict[str, Any], why: str) -> None:
    """Another state, more than one credential, another key or algorithm, and no answer at all."""
    with pytest.raises(Refused, match=why):
        answering(wallet(), **parts)


def test_a_credential_is_of_the_kind_it_was_asked_as() -> None:
    """A PID under the name of an mDL is refused: the query is asked again when it is read."""
    method = wallet()
    attempt = begun(method)
    asked = run(ANA.fetch(method, attempt))
    issued = issue_mdoc(DS, ANA.key, {"nationality": "US"}, PID)
    shown = present_mdoc(issued, asked, ANA.key, PID)
    with pytest.raises(Refused, match="is of another kind than it was asked as"):
        run(ANA.send(method, attempt, asked, {"mdl": [shown]}))


def test_a_transcript_of_another_request_is_refused() -> None:
    """An mdoc that was signed for another verifier's request proves nothing here."""
    method = wallet()
    attempt = begun(method)
    asked = run(ANA.fetch(method, attempt))
    other = Asked({**asked.claims, "nonce": "another"})
    issued = issue_mdoc(DS, ANA.key, {"nationality": "US"}, MDL, "org.iso.18013.5.1")
    shown = present_mdoc(issued, other, ANA.key, MDL)
    with pytest.raises(Refused, match="the wallet's signature is not by the key"):
        run(ANA.send(method, attempt, asked, {"mdl": [shown]}))


def test_the_transcript_is_the_standards() -> None:
    """The example of OpenID4VP 1.0 appendix B.2.6.1 has the digest that is printed there."""
    made = session_transcript(
        "x509_san_dns:example.com",
        "exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA",
        bytes.fromhex("4283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047"),
        "https://example.com/response",
    )
    printed = "048bc053c00442af9b8eed494cefdd9d95240d254b046b11b68013722aad38ac"
    assert [None, None, ["OpenID4VPHandover", bytes.fromhex(printed)]] == cbor2.loads(made)


def test_the_page_has_a_link_and_a_square() -> None:
    """Both schemes are linked, and the square says the same as the first link."""
    method = wallet()
    attempt = begun(method)
    page = run(ANA.look(method, attempt))
    assert ["openid4vp", "haip-vp"] == [link.partition(":")[0] for link in page["links"]]
    assert read_link(page["links"][0]) == read_link(page["links"][1])
    assert page["width"] > 40
