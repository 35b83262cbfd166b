"""Signing in at a provider, from the offer to the finding, and everything that is refused on the way."""

import asyncio
import hashlib
import json
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.worlds.issuers import b64, jwk, new_key
from tests.worlds.provider import ALICE, ISSUER, KEY, NOW, SECRET, Provider, registered
from tests.worlds.wallet import US_CITIZEN, Standing, session
from writ.errors import Failed, InvalidInput, Refused
from writ.model.decision import Settlement
from writ.model.subject import Value
from writ.people.accounts import account_credential
from writ.people.fetch import Answer
from writ.people.methods import Arrival, Finding, Go, Grade, Session, Show
from writ.people.oidc.client import KeyClient, open_client
from writ.people.oidc.method import Oidc
from writ.people.oidc.published import AGAIN, KEPT, Published
from writ.people.oidc.sign_in import SignIn
from writ.signing.signer import Signer

T = TypeVar("T")

ADDRESS = "https://verify.example/verify/with/national"
US_LISTED = Settlement("requester", "citizenships", (("US", ""),), "exhaustive", 2, ("oidc",))
HIGHEST = Settlement("requester", "citizenships", (("US", ""),), "at_least", 4, ("oidc",))
RESIDENCE = Settlement("requester", "residence", (("US", ""),), "at_least", 2, ("oidc",))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Wait for it."""
    return asyncio.run(work)


class World:
    """A provider as registered, and the method at it."""

    def __init__(self, folder: Path, row: dict[str, Any] | None = None, **changes: Any) -> None:
        self.provider = Provider(**changes)
        self.row = registered(folder, **(row or {}))
        self.published = Published(self.row, self.provider)
        client = open_client(self.row)
        there = SignIn(self.published, client, self.provider, ADDRESS, lambda: self.provider.now)
        self.method = Oidc({"national": there}, Standing(), lambda: self.provider.now)
        self.session = session()

    def begin(self) -> str:
        """Begin; return the address that the browser goes to."""
        step = run(self.method.begin(self.session, "fr"))
        assert isinstance(step, Go)
        return step.address

    def back(self, fields: dict[str, str], leg: str = "national") -> Any:
        """Come back with these."""
        return run(self.method.hear(self.session, Arrival(leg, browser=True, fields=fields)))

    def shown(self, **claims: Any) -> Finding:
        """Sign in; return what was found."""
        found = self.back(self.provider.sign_in(self.begin(), **claims))
        assert isinstance(found, Finding)
        return found


def verified(**verification: Any) -> dict[str, Any]:
    """Alice's verified claims, verified otherwise (None: left out)."""
    told = ALICE["verified_claims"]["verification"] | verification
    kept = {name: value for name, value in told.items() if value is not None}
    return {"verification": kept, "claims": {"nationalities": ["USA"]}}


def test_the_browser_is_sent_with_all_that_binds_the_answer(tmp_path: Path) -> None:
    """Code, PKCE S256, state, nonce, freshness, the one claim, and nothing about the visitor."""
    world = World(tmp_path, {"scopes": ["ida"]})
    split = urlsplit(world.begin())
    asked = {name: value[0] for name, value in parse_qs(split.query).items()}
    state = world.session.state
    challenge = b64(hashlib.sha256(str(state["verifier"]).encode()).digest())
    wanted = {"assurance_level": None, "time": None, "trust_framework": None}
    claims = {"verified_claims": {"verification": wanted, "claims": {"nationalities": None}}}

    assert f"{ISSUER}/authorize" == f"{split.scheme}://{split.netloc}{split.path}"
    assert {"id_token": claims} == json.loads(asked.pop("claims"))
    assert {
        "tenant": "1",
        "response_type": "code",
        "client_id": "writ:portal",
        "redirect_uri": ADDRESS,
        "scope": "openid ida",
        "state": state["state"],
        "nonce": state["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "max_age": "300",
        "ui_locales": "fr",
        "acr_values": "http://eidas.europa.eu/LoA/high",
    } == asked


def test_what_was_verified_becomes_a_fact(tmp_path: Path) -> None:
    """One citizenship, at least; the provider's own words; the account's name only as a digest."""
    world = World(tmp_path)
    found = world.shown()
    [proof] = found.proved

    assert ("citizenships", (Value(("US", "")),), "at_least", ISSUER) == (
        proof.attribute,
        proof.values,
        proof.completeness,
        proof.issuer,
    )
    assert Grade(3, 3, 3, 4, "eidas", "high") == proof.grade
    assert (Standing().now(), None, None) == (
        proof.verified_at,
        proof.expires_at,
        proof.revocation,
    )
    assert account_credential(ISSUER, "pairwise-4711") == found.credential
    assert {} == world.session.state
    assert [] == [text for text in world.provider.shown if text in repr((found, world.session))]


@pytest.mark.parametrize(
    ("row", "claims", "grade", "completeness"),
    [
        ({"complete": True}, {}, (3, 3, 4), "exhaustive"),
        ({"acr": None}, {"acr": None}, (3, 1, 4), "at_least"),
        ({"acr": None, "binding": 2}, {"acr": "mfa"}, (3, 2, 4), "at_least"),
        ({}, {"verified_claims": verified(time=None)}, (3, 3, 2), "at_least"),
        ({}, {"verified_claims": verified(time="2026-01-31T00:00+01:00")}, (3, 3, 3), "at_least"),
        ({}, {"verified_claims": verified(time="2019-01-31T00:00Z")}, (3, 3, 2), "at_least"),
        (
            {"level": [{"framework": "de_aml", "assurance": 2}]},
            {"verified_claims": verified(trust_framework="de_aml", assurance_level=None)},
            (2, 3, 4),
            "at_least",
        ),
        (
            {},
            {"verified_claims": [verified(assurance_level="low"), verified(time=None)]},
            (3, 3, 2),
            "at_least",
        ),
    ],
)
def test_grades_are_as_registered(
    tmp_path: Path,
    row: dict[str, Any],
    claims: dict[str, Any],
    grade: tuple[int, int, int],
    completeness: str,
) -> None:
    """The issuer by framework and level, the binding by acr, freshness by when it was verified."""
    world = World(tmp_path, row)
    world.session = session(replace(US_CITIZEN, assurance=1))
    [proof] = world.shown(**claims).proved
    told = proof.grade
    assert (grade, completeness) == (
        (told.issuer, told.binding, told.freshness),
        proof.completeness,
    )


@pytest.mark.parametrize("codes", [["US", "FR"], ["USA", "FRA"], ["USA", "FR", "XXA"]])
def test_countries_come_in_two_letters_or_three(tmp_path: Path, codes: list[str]) -> None:
    """ISO and ICAO codes are one country; what is no nationality is passed over."""
    told = verified() | {"claims": {"nationalities": codes}}
    [proof] = World(tmp_path).shown(verified_claims=told).proved
    assert (Value(("US", "")), Value(("FR", ""))) == proof.values


@pytest.mark.parametrize("auth", ["basic", "post"])
def test_a_secret_goes_as_the_provider_wants_it(tmp_path: Path, auth: str) -> None:
    """In the header, with what is not plain encoded, or in the form."""
    assert World(tmp_path, {"auth": auth}).shown().proved


def test_a_key_signs_who_we_are(tmp_path: Path) -> None:
    """The assertion is for the issuer alone, by the key that its file has, and never twice alike."""
    pem = KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "id.key").write_bytes(pem)
    (tmp_path / "id.key").chmod(0o600)
    row = {"auth": "key", "key": "id.key", "secret": None}
    assert World(tmp_path, row).shown().proved
    forms: list[dict[str, str]] = [{}, {}]
    client = open_client(registered(tmp_path, **row))
    assert [{}, {}] == [client.prove(form, NOW) for form in forms]
    assert forms[0]["client_assertion"] != forms[1]["client_assertion"]
    assert isinstance(client, KeyClient)
    assert Signer.load(tmp_path / "id.key").public.jwk() == {
        name: value for name, value in jwk(KEY).items() if name in {"kty", "crv", "x", "y"}
    }


def test_claims_may_come_from_userinfo(tmp_path: Path) -> None:
    """Where it is registered so; they are about whoever the ID token is about."""
    world = World(tmp_path, {"userinfo": True})
    asked = parse_qs(urlsplit(world.begin()).query)
    assert ["userinfo"] == list(json.loads(asked["claims"][0]))
    assert World(tmp_path, {"userinfo": True}).shown(verified_claims=None).proved
    with pytest.raises(Refused, match="UserInfo is about somebody else than the ID token"):
        World(tmp_path, {"userinfo": True}, userinfo={"sub": "mallory"}).shown()
    with pytest.raises(Failed, match="`National ID` does not tell what it knows; try again later"):
        World(tmp_path, {"userinfo": True}, userinfo_status=401).shown()


HMAC = {"alg": "HS256"}
TOKENS: list[tuple[dict[str, Any], str]] = [
    ({"claims": {"nonce": "other"}}, r"not the answer to this sign-in \(nonce\); start again"),
    ({"claims": {"nonce": None}}, r"not the answer to this sign-in \(nonce\)"),
    ({"claims": {"iss": "https://other.example"}}, "by another issuer than `National ID`; start"),
    ({"claims": {"aud": "other"}}, r"is not for us alone \(aud\); start again"),
    ({"claims": {"aud": ["writ:portal", "other"]}}, r"is not for us alone \(aud\)"),
    ({"claims": {"azp": "other"}}, r"was given to another client \(azp\); start again"),
    ({"claims": {"exp": NOW}}, "the ID token has expired"),
    ({"claims": {"exp": None}}, r"does not say when it ends \(exp\)"),
    ({"claims": {"exp": "soon"}}, "`exp` of the ID token is not a number of seconds"),
    ({"claims": {"nbf": NOW + 61}}, "is not valid yet; try again later"),
    ({"claims": {"iat": NOW - 61}}, "was made before it was asked for; start again"),
    ({"claims": {"iat": NOW + 61}}, "is from the future; check the clocks"),
    ({"claims": {"iat": None}}, "does not say when it was made"),
    ({"claims": {"auth_time": NOW - 361}}, "too long ago; sign out there, then again"),
    ({"claims": {"auth_time": NOW + 61}}, r"in the future \(auth_time\); check the clocks"),
    ({"claims": {"auth_time": None}}, r"does not say when you signed in \(auth_time\); tell the"),
    ({"claims": {"at_hash": "AAAA"}}, r"another's access token \(at_hash\); start again"),
    ({"claims": {"sub": 7}}, "`sub` of the ID token is not 1 to 255 ASCII characters"),
    ({"claims": {"sub": "é"}}, "`sub` of the ID token is not 1 to 255 ASCII characters"),
    ({"header": {"alg": "none"}}, "signed with another alg than ES256, ES384, ES512, RS256, PS256"),
    ({"header": HMAC}, "signed with another alg than ES256"),
    ({"header": {"crit": ["x"], "x": 1}}, "has a critical extension, and none is known here"),
    ({"header": {"typ": "logout+jwt"}}, "is not of type `JWT`"),
    ({"header": {"kid": "k9"}}, "signed with a key that its issuer does not publish"),
    ({"key": new_key(number=71)}, "the signature of the ID token is not by the key that it names"),
    ({"answer": {"id_token": None}}, "the provider's answer has no `id_token`; tell the operator"),
    ({"answer": {"access_token": 7}}, "the provider's answer has no `access_token`"),
    ({"token": Answer(200, b"[]")}, "the provider's answer is not a JSON object"),
    (
        {"claims": {"acr": "password"}},
        r"in a way that counts here \(acr\); sign in there with your",
    ),
    ({"claims": {"acr": None}}, r"in a way that counts here \(acr\)"),
    ({"claims": {"verified_claims": None}}, "has verified nothing about you .*; take another way"),
    ({"claims": {"verified_claims": []}}, "has verified nothing about you"),
    ({"claims": {"verified_claims": {"claims": {}}}}, "claims of `National ID` are not in their"),
    ({"claims": {"verified_claims": verified(assurance_level=3)}}, "are not in their form"),
    ({"claims": {"verified_claims": verified(assurance_level="low")}}, "in a way that is not regi"),
    ({"claims": {"verified_claims": verified(trust_framework="x")}}, "is not registered here; ask"),
    (
        {"claims": {"verified_claims": verified(time="2026-09-28T00:00Z")}},
        "verified you in the fut",
    ),
    (
        {"claims": {"verified_claims": verified(time="2026-09-01T00:00")}},
        "does not say when in a fo",
    ),
    ({"claims": {"verified_claims": verified(time="yesterday")}}, "does not say when in a form"),
    (
        {"claims": {"verified_claims": verified() | {"claims": {"given_name": "Ana"}}}},
        "tells more than it was asked for; tell the operator",
    ),
    (
        {"claims": {"verified_claims": verified() | {"claims": {}}}},
        "does not say what was asked; agree to it there, or take another way",
    ),
    (
        {"claims": {"verified_claims": verified() | {"claims": {"nationalities": ["ZZZ"]}}}},
        "a country by a code that is not known here",
    ),
]


@pytest.mark.parametrize(("changes", "why"), TOKENS)
def test_what_is_wrong_with_an_answer_is_refused(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    """The message says what to do, quotes nothing of the evidence, and the attempt is over."""
    world = World(tmp_path, **changes)
    fields = world.provider.sign_in(world.begin())
    with pytest.raises(Refused, match=why) as refused:
        world.back(fields)
    assert [] == [text for text in world.provider.shown if text in str(refused.value)]
    with pytest.raises(Refused, match="was answered before, or never began; start again"):
        world.back(fields)


def test_a_token_signed_with_our_secret_or_the_public_key_is_refused(tmp_path: Path) -> None:
    """Whoever knows what is public cannot make a token: no HMAC is an alg here."""
    public = json.dumps({name: jwk(KEY)[name] for name in ("crv", "kty", "x", "y")})
    for secret in (SECRET, public):
        world = World(tmp_path)
        address = world.begin()
        claims = {
            "iss": ISSUER, "aud": "writ:portal", "exp": NOW + 300, "iat": NOW, "auth_time": NOW,
            "nonce": world.session.state["nonce"], **ALICE,
        }  # fmt: skip
        forged = jwt.encode({"alg": "HS256", "kid": "k1"}, claims, OctKey.import_key(secret))
        world.provider.changed.answer = {"id_token": forged}
        with pytest.raises(Refused, match="signed with another alg"):
            world.back(world.provider.sign_in(address))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"state": "other"}, r"not to the sign-in that began here \(state\); start again"),
        ({"state": None}, r"not to the sign-in that began here \(state\)"),
        (
            {"iss": "https://other.example"},
            r"of another provider than `National ID` \(iss\); start",
        ),
        ({"iss": None}, r"does not say that it is of `National ID` \(iss\); start again"),
        ({"error": "access_denied"}, "you declined, or the provider did not let you; start again"),
        ({"error": "invalid_scope"}, "`National ID` did not answer the request; start again"),
        ({"code": ""}, "the answer has no code; start again"),
        ({"code": "x" * 4097}, "the answer has no code"),
        ({"code": "guessed"}, r"does not take this code \(used, or too old\); start again"),
    ],
)
def test_a_wrong_return_is_refused(tmp_path: Path, change: dict[str, str | None], why: str) -> None:
    """An answer to somebody else's sign-in, of another provider, or without a code."""
    world = World(tmp_path)
    fields = world.provider.sign_in(world.begin()) | change
    with pytest.raises(Refused, match=why):
        world.back({name: value for name, value in fields.items() if value is not None})


def test_an_answer_counts_once_and_at_its_own_address(tmp_path: Path) -> None:
    """A code is taken once here, once there; one that comes to another provider's leg is not."""
    world = World(tmp_path)
    fields = world.provider.sign_in(world.begin())
    assert isinstance(world.back(fields), Finding)
    with pytest.raises(Refused, match="was answered before, or never began"):
        world.back(fields)
    other = World(tmp_path)
    with pytest.raises(Refused, match="came to another provider's address; start again"):
        other.back(other.provider.sign_in(other.begin()), leg="elsewhere")
    later = World(tmp_path)
    spent = later.provider.sign_in(later.begin())
    later.back(spent)
    later.begin()
    with pytest.raises(Refused, match="not to the sign-in that began here"):
        later.back(spent)


def test_a_provider_that_is_down_is_no_refusal(tmp_path: Path) -> None:
    """The visitor tries again later; the operator hears of a secret that is wrong."""
    world = World(tmp_path)
    state = world.provider.sign_in(world.begin())["state"]
    with pytest.raises(Failed, match="cannot sign you in just now; try again later"):
        world.back({"state": state, "iss": ISSUER, "error": "temporarily_unavailable"})
    world = World(tmp_path)
    (tmp_path / "id.secret").write_text("wrong")
    there = SignIn(world.published, open_client(world.row), world.provider, ADDRESS)
    world.method = Oidc({"national": there}, Standing())
    with pytest.raises(Failed, match="does not take us for its client; tell the operator"):
        world.shown()


def test_an_issuer_that_does_not_say_who_it_is_may_leave_it_out(tmp_path: Path) -> None:
    """RFC 9207 is asked of those that say they keep it."""
    world = World(tmp_path, metadata={"authorization_response_iss_parameter_supported": None})
    fields = world.provider.sign_in(world.begin())
    del fields["iss"]
    assert isinstance(world.back(fields), Finding)


def test_a_login_asks_for_nothing_but_who_it_is(tmp_path: Path) -> None:
    """Without claims to ask for, none are; a token without `at_hash` is whole all the same."""
    world = World(tmp_path, {"acr": None}, claims={"at_hash": None})
    there = world.method._there["national"]
    address, begun = run(there.begin({}, "en"))
    assert not {"claims", "acr_values"} & parse_qs(urlsplit(address).query).keys()
    signed_in = run(there.finish(begun, world.provider.sign_in(address)))
    assert "pairwise-4711" == signed_in.claims["sub"]
    assert signed_in.token not in repr(signed_in)


def test_what_cannot_help_is_not_offered(tmp_path: Path) -> None:
    """A level that is not reached, an attribute nobody tells, a list that need not be whole."""
    world, whole = World(tmp_path), World(tmp_path, {"complete": True})
    weak = World(tmp_path, {"acr": None})
    offer = world.method.offer(session().question)
    assert offer is not None
    assert (3, "account", (0,)) == (offer.level, offer.needs, offer.shows)
    for wanted in (RESIDENCE, HIGHEST, US_LISTED):
        assert None is world.method.offer(session(wanted).question)
    assert None is weak.method.offer(session(US_CITIZEN).question)
    listed = whole.method.offer(session(US_LISTED).question)
    assert listed is not None
    assert (0,) == listed.shows


def test_a_visitor_with_several_providers_chooses(tmp_path: Path) -> None:
    """The page names those that go far enough; another one is no choice."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = World(tmp_path / "one"), World(tmp_path / "two", {"id": "second", "name": "Other"})
    there = {"national": one.method._there["national"], "second": two.method._there["national"]}
    method, opened = Oidc(there, Standing(), lambda: NOW), session()
    page = run(method.begin(opened, "en"))
    named = [{"id": "national", "name": "National ID"}, {"id": "second", "name": "Other"}]
    assert Show("form", {"providers": named}) == page

    def choose(**fields: str) -> Any:
        return run(method.hear(opened, Arrival("", browser=True, fields=fields)))

    for wrong in ({}, {"provider": "third"}):
        with pytest.raises(InvalidInput, match="choose where you have an account"):
            choose(**wrong)
    assert isinstance(choose(provider="second"), Go)
    assert "second" == opened.state["provider"]


def test_nobody_answers_but_the_browser_that_began(tmp_path: Path) -> None:
    """Whoever has the handle alone brings nothing."""
    world = World(tmp_path)
    fields = world.provider.sign_in(world.begin())
    with pytest.raises(InvalidInput, match="nothing at this address; go back to the page"):
        run(world.method.hear(world.session, Arrival("national", browser=False, fields=fields)))
    assert isinstance(world.session, Session)


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ({"issuer": "https://other.example"}, "is of another issuer; the operator has to write it"),
        ({"response_types_supported": ["id_token"]}, "does not do the authorization code flow"),
        ({"response_types_supported": "code"}, "does not do the authorization code flow"),
        ({"code_challenge_methods_supported": ["plain"]}, "does not do PKCE with S256"),
        (
            {"token_endpoint": "http://id.example/token"},
            "the token endpoint of `National ID` is not",
        ),
        (
            {"token_endpoint": "https://evil.example/t"},
            "is not at a host of its own; tell the oper",
        ),
        (
            {"jwks_uri": "https://[::1"},
            "the key set of `National ID` is not at a host of its own",
        ),
        ({"jwks_uri": None}, "the key set of `National ID` is not at a host of its own"),
        (
            {"authorization_endpoint": "https://id.example@evil.example/"},
            "the authorization endpoint",
        ),
    ],
)
def test_metadata_that_does_not_fit_is_refused(
    tmp_path: Path, metadata: dict[str, Any], why: str
) -> None:
    """A provider that is not what was registered, or cannot do what is needed, signs nobody in."""
    with pytest.raises(Refused, match=why):
        World(tmp_path, metadata=metadata).begin()


def test_a_provider_is_asked_for_all_that_it_publishes(tmp_path: Path) -> None:
    """So that an operator hears of what does not fit before anybody signs in."""
    world = World(tmp_path)
    run(world.published.ask(NOW))
    assert ["/.well-known/openid-configuration", "/keys"] == world.provider.heard
    with pytest.raises(Refused, match="has no key for ES256"):
        run(World(tmp_path, keys=[{"kty": "oct", "k": "AA"}]).published.ask(NOW))


def test_keys_roll_and_are_not_fetched_for_strangers(tmp_path: Path) -> None:
    """An unknown key has the set fetched anew once a minute; metadata and keys are kept an hour."""
    world = World(tmp_path, metadata={"code_challenge_methods_supported": None})
    world.shown()
    world.shown()
    assert 1 == world.provider.heard.count("/keys")
    rolled = new_key(number=72)
    world.provider.changed.keys = [jwk(rolled) | {"kid": "k2"}]
    world.provider.changed.key, world.provider.changed.header = rolled, {"kid": "k2"}
    with pytest.raises(Refused, match="a key that its issuer does not publish"):
        world.shown()
    world.provider.now += AGAIN
    assert world.shown().proved
    assert 2 == world.provider.heard.count("/keys")
    assert 1 == world.provider.heard.count("/.well-known/openid-configuration")
    world.provider.now += KEPT
    assert world.shown().proved
    assert 2 == world.provider.heard.count("/.well-known/openid-configuration")
