import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.worlds.issuers import (
    DAY,
    NOW,
    SdJwt,
    b64,
    disclosure,
    issue_sdjwt,
    jwk,
    jws,
    new_key,
    root,
    trust_file,
    x5c,
)
from writ.errors import Refused
from writ.people.credentials.disclosures import Disclosures
from writ.people.credentials.presented import Asked, Presented
from writ.people.credentials.sdjwt import verify_sdjwt
from writ.people.credentials.statuslist import StatusReference
from writ.people.credentials.trustlist import read_trust_list
from writ.signing.elliptic import from_jwk

ROOT = root()
SIGNER = ROOT.issue("signer", number=3, dns=["pid.example"])
HOLDER = new_key(number=20)
TRUST = read_trust_list(trust_file({"certificates": ROOT.pem}), "t")
ASKED = Asked("x509_hash:abc", "our-nonce", NOW - 30, NOW)
BINDING: dict[str, Any] = {"nonce": "our-nonce", "aud": "x509_hash:abc", "iat": NOW - 5}


def bind(
    before: str, claims: dict[str, Any] | None = None, header: dict[str, Any] | None = None,
    key: Any = HOLDER,
) -> str:  # fmt: skip
    """Present what is before, as a wallet does; a claim None is left out."""
    digest = b64(hashlib.sha256(before.encode()).digest())
    made = {**BINDING, "sd_hash": digest, **(claims or {})}
    kept = {name: item for name, item in made.items() if item is not None}
    return before + jws({"typ": "kb+jwt", "alg": "ES256", **(header or {})}, kept, key)


def verify(presentation: str, asked: Asked = ASKED) -> Presented:
    """Verify as we do."""
    return verify_sdjwt(presentation, asked, TRUST)


def issue(*nationalities: str, **how: Any) -> SdJwt:
    """Issue a PID."""
    return issue_sdjwt(SIGNER, HOLDER, nationalities or ("US",), **how)


def test_a_presentation_proves_what_it_shows() -> None:
    """Issuer, holder and claims come out; what was kept back is counted, not guessed."""
    credential = issue("DE", "US", "FR")
    whole = verify(bind(credential.shown(0, 1, 2)))
    part = verify(bind(credential.shown(1)))
    assert (["DE", "US", "FR"], {}) == (whole.at(("nationalities",)), whole.hidden)
    assert (["US"], {("nationalities",): 2}) == (part.at(("nationalities",)), part.hidden)
    assert ("pid", "PID of Germany") == (part.kind.id, part.issuer.name)
    assert from_jwk(jwk(HOLDER), "k").thumbprint() == part.holder
    assert (NOW + 14 * DAY, NOW - DAY, None) == (part.valid_until, part.made, part.status)
    assert None is part.at(("address", "country"))
    assert None is part.at(("nationalities", "country"))


def test_what_is_asked_of_its_issuer_comes_along() -> None:
    """A status, an issuer's address and a domestic type are read where they are told."""
    claims = {
        "status": {"status_list": {"idx": 3, "uri": "https://status.example/1"}},
        "iss": "https://pid.example/de",
    }
    told = verify(bind(issue(claims=claims).shown(0)))
    assert StatusReference("https://status.example/1", 3) == told.status
    assert "pid" == verify(bind(issue(claims={"iss": "did:x", "iat": None}).shown(0))).kind.id


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"typ": "vc+sd-jwt"}, r"is not of type `dc\+sd-jwt`"),
        ({"alg": "none"}, "another alg than"),
        ({"alg": "ES384"}, "says alg `ES384`; its key is for another"),
        ({"crit": ["vctm"]}, "the credential has a critical extension"),
        ({"x5c": None}, "has no `x5c`"),
        ({"x5c": x5c(root("x", number=9).issue("y").chain)}, "is on no trust list here"),
        ({"x5c": x5c(ROOT.issue("z", number=4).chain)}, "is not by the key that it names"),
    ],
)
def test_credentials_with_other_headers_are_refused(header: dict[str, Any], why: str) -> None:
    """Another type, algorithm or issuer, and a critical extension, is refused."""
    with pytest.raises(Refused, match=why):
        verify(bind(issue(header=header).shown(0)))


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"vct": "urn:other"}, "of a type that is not asked for here"),
        ({"vct": None}, "of a type that is not asked for here"),
        ({"vct": "eu.europa.ec.eudi.pid.1"}, "of a type that is not asked for here"),
        ({"vct": "urn:eudi:pid:fr:1"}, "is not trusted to issue `urn:eudi:pid:fr:1`"),
        ({"exp": NOW}, "the credential has expired; ask its issuer for a new one"),
        ({"exp": None}, "does not say when it expires"),
        ({"exp": "soon"}, "`exp` of the credential is not a number"),
        ({"nbf": NOW + 61}, "the credential is not valid yet"),
        ({"iat": NOW + 61}, "the credential is not valid yet"),
        ({"cnf": None}, "is bound to no key"),
        ({"cnf": {"kid": "x"}}, "is bound to no key"),
        ({"cnf": {"jwk": {"kty": "oct"}}}, "the holder's key is not a public key"),
        ({"_sd_alg": "sha-512"}, "another algorithm than sha-256"),
        ({"status": {"other": 1}}, "in a way that is not known here"),
        ({"iss": "https://elsewhere.example"}, "is no name of the certificate that signed it"),
        ({"...": 1}, "where it may not stand"),
        ({"_sd": 7}, "where it may not stand"),
        ({"_sd": [7]}, "a digest in the credential stands twice, or is no text"),
        ({"_sd": []}, "a disclosure belongs to nothing in the credential"),
    ],
)
def test_credentials_with_other_claims_are_refused(claims: dict[str, Any], why: str) -> None:
    """Expired, not yet valid, unbound, of another type, or told in a way that is not known."""
    with pytest.raises(Refused, match=why):
        verify(bind(issue(claims=claims).shown(0)))


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "another"}, r"another request than ours \(nonce\); start again"),
        ({"nonce": None}, r"another request than ours \(nonce\)"),
        ({"aud": "x509_hash:other"}, r"is for somebody else \(aud\)"),
        ({"aud": ["x509_hash:abc"]}, r"is for somebody else \(aud\)"),
        ({"iat": NOW + 61}, "is from the future; check the clocks"),
        ({"iat": NOW - 91}, "was made before it was asked for; start again"),
        ({"iat": None}, "does not say when it was made"),
        ({"sd_hash": "x"}, r"for other disclosures than it shows \(sd_hash\)"),
        ({"sd_hash": None}, r"for other disclosures than it shows \(sd_hash\)"),
    ],
)
def test_other_key_bindings_are_refused(claims: dict[str, Any], why: str) -> None:
    """A binding for another request, another verifier, another time or other disclosures."""
    with pytest.raises(Refused, match=why):
        verify(bind(issue().shown(0), claims))


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"typ": "JWT"}, r"the wallet's key binding is not of type `kb\+jwt`"),
        ({"alg": "HS256"}, "the wallet's key binding is signed with another alg"),
        ({"crit": []}, "the wallet's key binding has a critical extension"),
    ],
)
def test_key_bindings_with_other_headers_are_refused(header: dict[str, Any], why: str) -> None:
    """A binding is a key binding, and nothing that could be mistaken for one."""
    with pytest.raises(Refused, match=why):
        verify(bind(issue().shown(0), header=header))


def test_clocks_may_differ_a_little() -> None:
    """A minute of skew is excused in what was made, none in what has ended."""
    claims = {"nbf": NOW + 60, "iat": NOW + 60, "exp": NOW + 1}
    verify(bind(issue(claims=claims).shown(0), {"iat": NOW + 60}))
    verify(bind(issue().shown(0), {"iat": NOW - 90}))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda card: card.shown(0), "has no key binding; use a wallet"),
        (lambda card: card.shown().partition("~")[0], "no key binding; use a wallet"),
        (lambda _: "", "use a wallet that signs with its key"),
        (lambda card: bind(card.shown(0), key=new_key(number=21)), "key binding is not by the key"),
        (lambda card: bind(card.shown(0, 0)), "a disclosure stands twice"),
        (lambda card: bind(card.shown(0) + disclosure("US")[0] + "~"), "belongs to nothing"),
        (lambda card: bind(card.shown(0) + "?~"), "disclosure belongs to"),
        (lambda card: bind("x~" * 33_000), "larger than 65536"),
        (lambda card: bind(card.shown(0)) + "é", "or not ASCII"),
        (lambda card: bind(card.shown(0).replace(".", ".A", 1)), "is not"),
        (lambda card: card.shown(0) + bind(issue().shown(0)).rpartition("~")[2], "sd_hash"),
    ],
)
def test_other_presentations_are_refused(change: Callable[[SdJwt], str], why: str) -> None:
    """No binding, another's, a disclosure twice or one of nothing, and a binding taken over."""
    with pytest.raises(Refused, match=why):
        verify(change(issue()))


def opened(claims: dict[str, Any], *disclosures: str) -> dict[str, object]:
    """Open claims with these disclosures."""
    return Disclosures(disclosures).open(claims)


def element(value: Any) -> tuple[str, dict[str, str]]:
    """Make a disclosure of a list's element and what stands for it."""
    text, digest = disclosure(value)
    return text, {"...": digest}


def test_disclosures_lead_to_disclosures() -> None:
    """A disclosed object may hide claims of its own; decoys and plain values stay what they are."""
    inner, inner_digest = disclosure("country", "US")
    outer, outer_digest = disclosure("address", {"_sd": [inner_digest], "plain": [1, {"a": []}]})
    found = opened({"_sd": [outer_digest, "decoy"], "list": [{"...": "other"}, 2]}, outer, inner)
    assert {"list": [2], "address": {"plain": [1, {"a": []}], "country": "US"}} == found


NAMED, NAMED_DIGEST = disclosure("a", 1)
SD, SD_DIGEST = disclosure("_sd", [])
BARE, BARE_ELEMENT = element(1)


@pytest.mark.parametrize(
    ("claims", "disclosures", "why"),
    [
        ({"_sd": [NAMED_DIGEST], "a": 2}, [NAMED], "a name that is taken"),
        ({"_sd": [SD_DIGEST]}, [SD], "or that no claim may have"),
        ({"_sd": [NAMED_DIGEST, NAMED_DIGEST]}, [NAMED], "stands twice, or is no text"),
        ({"x": {"_sd": ["d"]}, "y": {"_sd": ["d"]}}, [], "stands twice, or is no text"),
        ({"x": [{"...": 7}]}, [], "stands twice, or is no text"),
        ({"x": [{"...": "d", "more": 1}]}, [], "where it may not stand"),
        ({"x": [{"...": NAMED_DIGEST}]}, [NAMED], "is not salt, name and value"),
        ({"_sd": [BARE_ELEMENT["..."]]}, [BARE], "is not salt, name and value"),
    ],
)
def test_other_disclosures_are_refused(
    claims: dict[str, Any], disclosures: list[str], why: str
) -> None:
    """A name that is taken or reserved, a digest that stands twice, a disclosure of another shape."""
    with pytest.raises(Refused, match=why):
        opened(claims, *disclosures)


def raw(value: Any) -> tuple[str, str]:
    """Make a disclosure of any JSON."""
    text = b64(json.dumps(value).encode())
    return text, b64(hashlib.sha256(text.encode()).digest())


@pytest.mark.parametrize("value", [7, {}, [], ["s", "n"], [7, "n", 1], ["s", 7, 1]])
def test_disclosures_of_another_shape_are_refused(value: Any) -> None:
    """What is not a salt, a name and a value is none."""
    text, digest = raw(value)
    with pytest.raises(Refused, match="a disclosure"):
        opened({"_sd": [digest]}, text)


def test_disclosures_keep_to_their_budget() -> None:
    """More than a hundred, or deeper than sixteen levels by leading on and on, are refused."""
    with pytest.raises(Refused, match="more than 100 disclosures"):
        opened({}, *(str(number) for number in range(101)))
    text, digest = disclosure("a", 1)
    texts = [text]
    for _ in range(17):
        text, digest = disclosure("a", {"_sd": [digest]})
        texts.append(text)
    with pytest.raises(Refused, match="deeper than 16 levels"):
        opened({"_sd": [digest]}, *texts)


def test_the_standards_own_disclosures_are_read_as_it_says() -> None:
    """RFC 9901 sections 4.2 and 5.1: the digests that it prints open these claims and elements."""
    opening = Disclosures(
        [
            "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
            "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd",
            "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTIl0",
            "WyJuUHVvUW5rUkZxM0JJZUFtN0FuWEZBIiwgIkRFIl0",
        ]
    )
    hidden = {
        "_sd": [
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
            "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4",
            "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo",
        ],
        "nationalities": [
            {"...": "pFndjkZ_VCzmyTa6UjlZo3dh-ko8aIKQc9DlGzhaVYo"},
            {"...": "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"},
            {"...": "7Cf6JkPudry3lcbwHgeZ8khAv1U1OSlerP0VkBJrWZ0"},
        ],
    }
    told = {"family_name": "Möbius", "given_name": "John", "nationalities": ["US", "DE"]}
    assert (told, {("nationalities",): 1}) == (opening.open(hidden), opening.hidden)
