"""Visitors who sign in: to their account in place of a key, and where they have been verified."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.door import Door, opened_door
from tests.worlds.issuers import jws
from tests.worlds.provider import ISSUER, KEY, NOW, SECRET, Provider, registered
from tests.worlds.transmitter import Provider as Keys
from tests.worlds.transmitter import event, signed, transmitter
from writ.errors import Refused
from writ.model.subject import Subject
from writ.people.end_users import EndUser
from writ.people.forgetting import Forgetting
from writ.people.keys import Wanted
from writ.people.oidc.client import open_client
from writ.people.oidc.published import Published
from writ.people.oidc.sign_in import SignIn
from writ.people.signals.events import Bearing
from writ.people.signals.keysets import KeySets
from writ.people.signals.sets import Signal, read_set
from writ.portal.app import portal_app
from writ.portal.door import Admission
from writ.portal.logins import Logins
from writ.serve.passes import JUST_NOW, LASTS, NoKey, Passes
from writ.signing.jose import from_base64url, to_base64url

PERSON = "eva@staff"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass
class Open:
    """A door with two providers: people's own accounts, and acme's for its staff."""

    door: Door
    own: Provider
    staff: Provider

    def visit(self, provider: Provider, id_: str, token: str = "", **claims: Any) -> Any:
        """Sign in as a browser does; return what it is answered when it comes back."""
        gone = self.door.ask("GET", f"/sign-in?provider={id_}&t={token}")
        assert 303 == gone.status_code, gone.text
        return self.back(id_, provider.sign_in(gone.headers["location"], **claims))

    def verified(self, **claims: Any) -> Any:
        """Choose to sign in where one has been verified, do so, and come back."""
        went = self.door.post("/begin", method="oidc", question="0").text
        assert "You are led to id.example" in went
        address = went.split('rel="noreferrer"')[0].rpartition('href="')[2].partition('"')[0]
        fields = self.own.sign_in(address.replace("&amp;", "&"), **claims)
        return self.door.ask("GET", "/with/national", params=fields)

    def back(self, id_: str, fields: dict[str, str]) -> Any:
        """Come back from a provider."""
        return self.door.ask("GET", f"/sign-in/{id_}", params=fields)


def token(**claims: Any) -> str:
    """An ID token of Bob's, unless it says otherwise."""
    told = {
        "iss": ISSUER, "aud": "writ:portal", "sub": "bob", "nonce": "n",
        "exp": NOW + 3600, "iat": NOW, "auth_time": NOW, **claims,
    }  # fmt: skip
    return jws({"alg": "ES256", "kid": "k1"}, told, KEY)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """One deployment for all of these."""
    folders = [tmp_path_factory.mktemp(name) for name in ("door", "own", "staff")]
    own, staff = Provider(), Provider()
    own_row = registered(folders[1], login={"claim": "sub"})
    staff_row = registered(
        folders[2], id="staff", name="Acme", acr=None, level=None,
        login={"claim": "email", "organisation": "acme"},
    )  # fmt: skip
    with opened_door(
        folders[0], more={"oidc": 3}, providers=[(own_row, own), (staff_row, staff)]
    ) as door:
        books = door.site.registry
        books.subjects.add(
            [
                Subject("eva", "person"),
                Subject("beta", "organisation"),
                Subject("twice", "service", ("acme", "beta")),
            ]
        )
        books.end_users.add([EndUser("acme", PERSON, "eva")])
        yield Open(door, own, staff)


@pytest.fixture
def at(shared: Open) -> Open:
    """The shared door, to a browser that was never here."""
    return replace(shared, door=replace(shared.door, cookies={}))


def test_an_account_is_entered_without_a_key_and_opened_where_one_was_verified(at: Open) -> None:
    """Sign in to the account, sign in where the nationality is known, and its key is served."""
    key = at.door.key("alice")
    start = at.door.ask("GET", "").text
    entered = at.visit(at.own, "national", sub="alice")
    page = at.door.ask("GET", "/question?model=fable-5").text
    done = at.verified()
    again = at.door.ask("GET", "/with/national?lang=fr&code=used&state=used")
    status = at.door.ask(
        "GET", "/status?model=fable-5", headers={"authorization": f"Bearer {key}"}
    ).json()

    assert ("Sign in at National ID" in start, "Sign in at Acme" in start) == (True, True)
    assert (303, "/verify/question") == (entered.status_code, entered.headers["location"])
    assert all(flag in entered.headers["set-cookie"] for flag in ("HttpOnly", "SameSite", "Secure"))
    assert "<dt>Signed in at</dt><dd>National ID</dd>" in page
    assert "wk_" not in page
    assert "Sign in where you have been verified" in page
    assert (303, "/verify/question") == (again.status_code, again.headers["location"])
    assert ("Done" in done.text, "done") == (True, status["state"])
    [fact] = at.door.site.registry.those(["alice"])["alice"].subject.facts
    assert ("oidc", ISSUER, 3) == (fact.method, fact.issuer, fact.assurance)


def test_nothing_of_a_sign_in_is_kept(at: Open) -> None:
    """Neither token, code nor the provider's name for a person is in any file of the deployment."""
    at.visit(at.own, "national", sub="bob")
    files = [file for file in at.door.office.folder.rglob("*") if file.is_file()]
    kept = b"".join(file.read_bytes() for file in files)
    shown = [*at.own.shown, *at.staff.shown, SECRET, "pairwise-4711"]
    assert [] == [text for text in shown if text.encode() in kept]
    assert len(at.own.shown) >= 4  # code, nonce, both tokens


def test_an_end_user_comes_without_a_key_and_speaks_for_themselves_alone(at: Open) -> None:
    """Whom acme means by the address sees their own question, and not the company's."""
    entered = at.visit(at.staff, "staff", email=PERSON, email_verified=True)
    page = at.door.ask("GET", "/question?model=fable-5").text

    assert 303 == entered.status_code
    assert ("<dd>eva</dd>" in page, "<dd>acme</dd>" in page) == (True, True)
    assert "Citizenship: United States" in page
    assert "Place of incorporation" not in page
    wanted = {"model": "fable-5", "subject": "acme", "document": "certificate-of-incorporation"}
    claimed = [{"attribute": "incorporated_in", "value": ["US"], "completeness": "at_least"}]
    body = {"provider": "staff", "token": token(email=PERSON, email_verified=True), "nonce": "n"}
    passed = at.door.at_the_counter("/sign-in", body).json()["pass"]
    key = hashlib.sha256(passed.encode()).hexdigest()
    refused = at.door.at_the_counter("/papers", {"key": key, "claimed": claimed, **wanted})
    assert "this is not asked of this account" in refused.json()["detail"]
    assert 200 == at.verified(sub="eva-elsewhere").status_code
    [fact] = at.door.site.registry.those(["eva"])["eva"].subject.facts
    assert ("citizenships", "oidc", 3) == (fact.attribute, fact.method, fact.assurance)


@pytest.mark.parametrize(
    ("id_", "claims", "why"),
    [
        ("national", {"sub": "nobody"}, "there is no account here for whoever signed in at"),
        ("national", {"sub": "twice"}, "acts for several organisations; show the API key"),
        ("staff", {"email": "x", "email_verified": True}, "there is no account here for whoever"),
        ("staff", {"email": PERSON}, "has not verified your address; do so there first"),
        ("staff", {"email": PERSON, "email_verified": "true"}, "has not verified your address"),
        ("staff", {"email": 7}, "does not say whose account it is; tell the operator"),
    ],
)
def test_a_sign_in_that_names_no_account_enters_none(
    at: Open, id_: str, claims: dict[str, Any], why: str
) -> None:
    """The start page says what to do, and no visit begins."""
    provider = at.own if id_ == "national" else at.staff
    answer = at.visit(provider, id_, **claims)
    assert (403, True) == (answer.status_code, why in answer.text), answer.text
    assert 403 == at.door.ask("GET", "/question").status_code


def test_a_link_binds_a_sign_in_to_the_account_it_names(at: Open) -> None:
    """Bob's link leads nowhere for whoever signs in as Alice; with her own it leads to its model."""
    for account, code in (("bob", 403), ("alice", 303)):
        answer = at.visit(at.own, "national", at.door.invitation(account), sub="alice")
        assert code == answer.status_code
        assert ("for another account than the one you came with" in answer.text) == (code == 403)
    page = at.door.ask("GET", "/question").text
    assert ("<dd>alice</dd>" in page, "fable-5" in page) == (True, True)


def test_a_sign_in_counts_once_and_in_its_own_browser(at: Open) -> None:
    """Another browser, another provider's address, a second time, a provider that nobody knows."""
    gone = at.door.ask("GET", "/sign-in?provider=national").headers["location"]
    fields = at.own.sign_in(gone, sub="bob")
    mine, at.door.cookies = dict(at.door.cookies), {}
    stolen = at.back("national", fields)
    at.door.cookies = dict(mine)
    elsewhere = at.back("staff", fields)
    again = at.door.ask("GET", "/sign-in?provider=national").headers["location"]
    good = at.back("national", at.own.sign_in(again, sub="bob"))
    spent = at.back("national", fields)

    assert [403, 403, 303, 403] == [a.status_code for a in (stolen, elsewhere, good, spent)]
    assert "is over, or began in another browser; begin again" in stolen.text
    for path in ("/sign-in?provider=x", "/sign-in", "/sign-in/x"):
        answer = at.door.ask("GET", path)
        assert (403, True) == (answer.status_code, "nobody signs in there" in answer.text)


def test_leaving_ends_a_visit_that_a_sign_in_began(at: Open) -> None:
    """As with a key."""
    at.visit(at.own, "national", sub="bob")
    assert 303 == at.door.post("/leave").status_code
    assert 403 == at.door.ask("GET", "/question").status_code


class Desk:
    """The control process's side by itself, with clocks that a test sets."""

    def __init__(self, at: Open, folder: Path) -> None:
        self.now, self.since = NOW, 0.0
        row = registered(folder, login={"claim": "sub"})
        there = [Published(row, at.own)]
        site = at.door.site
        self.passes = Passes(site.registry, site.clock, there, lambda: self.now, lambda: self.since)

    def sign_in(self, provider: str = "national", **claims: Any) -> str:
        """Hand in a token of Bob's; return the pass."""
        return asyncio.run(self.passes.sign_in(provider, token(**claims), "n"))


@pytest.fixture
def desk(at: Open, tmp_path: Path) -> Desk:
    """It, with nobody signed in yet."""
    return Desk(at, tmp_path)


def signed_otherwise(used: str) -> str:
    """The same token with the other signature that ECDSA has for it, which anybody can make."""
    signed, _, signature = used.rpartition(".")
    data = from_base64url(signature, "it")
    other = P256_ORDER - int.from_bytes(data[32:])
    return f"{signed}.{to_base64url(data[:32] + other.to_bytes(32))}"


def test_a_portal_that_is_broken_into_makes_no_pass(at: Open, tmp_path: Path) -> None:
    """The control process checks the token itself, takes it once, and lets passes end."""
    desk = Desk(at, tmp_path)
    used = token()
    text = asyncio.run(desk.passes.sign_in("national", used, "n"))
    digest = hashlib.sha256(text.encode()).digest()
    found = desk.passes.by_digest(digest)
    assert found is not None
    assert ("bob", None, True, "National ID") == (
        found.requester, found.organisation, found.speaks, found.provider,
    )  # fmt: skip
    with pytest.raises(Refused, match="this sign-in was used before; sign in again"):
        asyncio.run(desk.passes.sign_in("national", used, "n"))
    with pytest.raises(Refused, match="this sign-in was used before; sign in again"):
        asyncio.run(desk.passes.sign_in("national", signed_otherwise(used), "n"))
    with pytest.raises(Refused, match="nobody signs in to an account there; use your API key"):
        desk.sign_in("other", jti="2")
    with pytest.raises(Refused, match=r"not the answer to this sign-in \(nonce\)"):
        desk.sign_in(nonce="m")
    with pytest.raises(Refused, match="was made before it was asked for"):
        desk.sign_in(iat=NOW - JUST_NOW - 61)
    desk.since = 2 * LASTS
    assert None is desk.passes.by_digest(digest)
    assert None is desk.passes.by_digest(hashlib.sha256(b"wp_guessed").digest())


@pytest.mark.parametrize(("exp", "good"), [(300.0, 360.0), (3600.0, 3660.0), (86_400.0, LASTS)])
def test_a_pass_does_not_outlive_what_the_token_says(desk: Desk, exp: float, good: float) -> None:
    """It ends with the token, a minute for clocks, and after two hours whatever that says."""
    digest = hashlib.sha256(desk.sign_in(exp=NOW + exp).encode()).digest()
    desk.since = good - 1
    assert desk.passes.by_digest(digest) is not None
    desk.since = good
    with pytest.raises(NoKey, match="this sign-in has ended; sign in again"):
        desk.passes.by_digest(digest)


SESSION = {"format": "opaque", "id": "s-1"}
COMPLEX = {"format": "complex", "session": SESSION}
BOB = {"format": "iss_sub", "iss": ISSUER, "sub": "bob"}


@pytest.mark.parametrize(
    ("claims", "sender", "about", "ended"),
    [
        ({"sid": "s-1"}, {}, BOB, 1),
        ({}, {}, BOB, 1),
        ({}, {}, BOB | {"sub": "alice"}, 0),
        ({"sid": "s-1"}, {}, SESSION, 1),
        ({"sid": "s-2"}, {}, SESSION, 0),
        ({}, {}, SESSION, 0),
        ({"sid": "s-1"}, {}, COMPLEX, 1),
        ({"sid": "s-2"}, {}, COMPLEX | {"user": BOB}, 0),
        ({}, {}, COMPLEX | {"user": BOB}, 1),
        ({"sid": 7}, {}, COMPLEX, 0),
        ({"iat": NOW + 31}, {}, BOB, 0),
        ({}, {"issuer": "https://other.example"}, BOB | {"iss": "https://other.example"}, 0),
        ({"sid": "s-2"}, {"named": "id", "sources": ["x"]}, {"format": "opaque", "id": "bob"}, 1),
        ({}, {"named": "id", "sources": ["x"]}, {"format": "opaque", "id": "alice"}, 0),
    ],
)
def test_a_session_that_was_revoked_ends_its_pass(
    desk: Desk,
    claims: dict[str, Any],
    sender: dict[str, Any],
    about: dict[str, Any],
    ended: int,
) -> None:
    """By session where both name it, else by person; of the same issuer, and no later sign-in."""
    row = {"issuer": ISSUER, "named": "account", "sources": None} | sender
    digest = hashlib.sha256(desk.sign_in(**claims).encode()).digest()

    def signal(name: str) -> Signal:
        said = event(name, reason_admin={"en": "stolen"})
        told = signed(iss=row["issuer"], iat=NOW + 30, sub_id=about, events=said)
        return asyncio.run(read_set(told, transmitter(**row), KeySets(Keys()), NOW + 40))

    assert 0 == desk.passes.end(signal("session-established"))
    assert ended == desk.passes.end(signal("session-revoked"))
    assert 0 == desk.passes.end(signal("session-revoked"))
    if ended:
        with pytest.raises(NoKey):
            desk.passes.by_digest(digest)
    else:
        assert desk.passes.by_digest(digest) is not None


def test_an_account_is_its_requester_and_whom_its_keys_act_for(at: Open, tmp_path: Path) -> None:
    """One organisation by its live keys, where it acts for several; by what it acts for, else."""
    desk = Desk(at, tmp_path)
    made = at.door.site.registry.keys.create([Wanted("twice", "beta")])
    text = desk.sign_in(sub="twice")
    found = desk.passes.by_digest(hashlib.sha256(text.encode()).digest())
    at.door.site.registry.keys.revoke(made[0][0].id)
    assert found is not None
    assert ("twice", "beta", True) == (found.requester, found.organisation, found.speaks)
    bot = desk.passes.by_digest(hashlib.sha256(desk.sign_in(sub="bot").encode()).digest())
    assert bot is not None
    assert "acme" == bot.organisation


def test_a_pass_ends_when_its_account_is_forgotten(at: Open, tmp_path: Path) -> None:
    """Whoever was erased has no visit any more; nothing falls over."""
    desk = Desk(at, tmp_path)
    at.door.site.registry.subjects.add([Subject("gone", "person")])
    digest = hashlib.sha256(desk.sign_in(sub="gone").encode()).digest()
    assert desk.passes.by_digest(digest) is not None
    Forgetting(at.door.site.registry).erase("gone")
    assert None is desk.passes.by_digest(digest)


def test_there_are_so_many_sign_ins_under_way(at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that has waited longest makes way."""
    monkeypatch.setattr("writ.portal.logins.MOST", 2)
    logins = at.door.logins
    names = [asyncio.run(logins.begin("national", "", "en"))[1] for _ in range(3)]
    with pytest.raises(Refused, match="this sign-in is over"):
        asyncio.run(logins.finish("national", names[0], {}))
    with pytest.raises(Refused, match=r"state"):
        asyncio.run(logins.finish("national", names[1], {}))


def test_there_are_so_many_passes_at_once(
    at: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest makes way."""
    monkeypatch.setattr("writ.serve.passes.MOST", 1)
    desk = Desk(at, tmp_path)
    texts = [desk.sign_in(jti=str(number)) for number in range(2)]
    found = [desk.passes.by_digest(hashlib.sha256(text.encode()).digest()) for text in texts]
    assert [None, "bob"] == [item and item.requester for item in found]


def test_a_sign_in_that_ends_in_line_loses_no_place(at: Open) -> None:
    """Whoever is called too late for their token signs in again, and walks in before those who wait."""
    line = at.door.entrance.line
    places, line._places = line._places, 0  # nobody is called meanwhile
    waits = at.visit(at.own, "national", sub="bob")
    idp = transmitter(issuer=ISSUER, named="account", sources=None)
    over = Signal(idp, "j", NOW + 1, Bearing("session-revoked"), "bob")
    assert at.door.passes.end(over) > 0
    line._places = places
    ended = at.door.ask("GET", "/waiting")
    again = at.visit(at.own, "national", sub="bob")
    line._places = 0
    assert ("/verify/waiting", 403, "/verify/question") == (
        waits.headers["location"], ended.status_code, again.headers["location"],
    )  # fmt: skip
    assert "this sign-in has ended; sign in again" in ended.text
    assert "bob" in at.door.ask("GET", "/question").text
    line._places = places


def test_a_provider_that_is_down_is_asked_once_and_visitors_are_told_when(
    at: Open, tmp_path: Path
) -> None:
    """Whoever wants to sign in meanwhile hears in how many seconds to try again."""
    down, row = Provider(), registered(tmp_path, login={"claim": "sub"})
    down.down = True
    there = SignIn(Published(row, down), open_client(row), down, "https://v.example/x", lambda: NOW)
    portal, way = at.door.config.portal, at.door.way
    assert portal is not None
    admission = Admission(at.door.entrance, Logins({"national": there}, way))
    door = replace(at.door, app=portal_app(portal, at.door.ways, way, admission))
    told = [door.ask("GET", "/sign-in?provider=national") for _ in range(5)]
    assert {(503, "1")} == {(item.status_code, item.headers["retry-after"]) for item in told}
    assert "does not answer; try again in 1 second" in told[0].text
    assert ["/.well-known/openid-configuration"] == down.heard
