"""Somebody signs in to their account, and where they have been verified, in a browser; no key is typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page

from tests.e2e.test_portal import Opened, free_port
from tests.worlds.browser import CHROMIUM, browser_page
from tests.worlds.deployment import CATALOGUE, LETTER, PATIENCE, Deployment
from tests.worlds.node_provider import NodeProvider, node_provider
from tests.worlds.office import office
from tests.worlds.provider import SECRET, provider_file
from tests.worlds.upstream import Upstream
from writ.clock import WallClock, wall
from writ.model.config import read_config
from writ.model.subject import Fact, Subject, Value
from writ.people.end_users import EndUser
from writ.people.keys import Wanted
from writ.serve.site import open_site
from writ.signing.end_user import sign_end_user
from writ.signing.keys import KeyPair

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium here")

ALICE, EVA, NAME = "alice@example.org", "eva@acme.example", "n-4711-unforgettable"
ACME = KeyPair.generate()
PERSON = {
    "email": ALICE,
    "acr": "strong",
    "verified": {
        "verification": {
            "trust_framework": "eidas",
            "assurance_level": "high",
            "time": "2026-11-20T08:00:00Z",
        },
        "claims": {"nationalities": ["US"], "family_name": "Kowalczyk-Unforgettable"},
    },
}


def register(folder: Path, provider: NodeProvider) -> None:
    """Write what [oidc] names, as docs/oidc.md says: one that verifies, and where accounts are."""
    (folder / "client.secret").write_text(SECRET)
    (folder / "client.secret").chmod(0o600)
    common = {
        "name": "National ID",
        "issuer": provider.issuer,
        "client": "writ",
        "secret": "client.secret",
        "inside": True,
        "authorities": provider.authorities,
    }
    verifies = {"level": [{"framework": "eidas", "level": "high", "assurance": 3}], "binding": 3}
    own = common | {"id": "national", "login": {"claim": "email"}} | verifies
    login = {"claim": "email", "organisation": "acme"}
    staff = common | {"id": "staff", "name": "Acme", "login": login}
    (folder / "oidc.toml").write_text(provider_file(own, staff))
    with (folder / "writ.toml").open("a") as file:
        file.write("\n[oidc]\n")


CONFIG = """
[gateway]
listen = "127.0.0.1:0"
[admin]
listen = "127.0.0.1:0"
[[upstream]]
address = "{upstream}"
[portal]
listen = "127.0.0.1:{port}"
address = "http://127.0.0.1:{port}"
"""


@dataclass
class At:
    """A served deployment, and the API keys of those on its books."""

    opened: Opened
    keys: dict[str, str]


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[At]:
    """The letter in force, a portal, and a provider where Alice is known."""
    upstream, port = Upstream(), free_port()
    made = office(tmp_path_factory.mktemp("oidc"), portal=True, more={"oidc": 3})
    pin = made.config.read_text().partition("[portal]")[0]
    made.config.write_text(pin + CONFIG.format(upstream=upstream.address, port=port))
    made.obey(CATALOGUE, LETTER)
    delaware = Fact(
        "incorporated_in", (Value(("US", "")),), "at_least", 3, "idv", "idv", WallClock().now()
    )
    made.enrol(
        *(Subject(name, "person") for name in (ALICE, "bob", "eva")),
        Subject("acme", "organisation", (), (delaware,)),
        Subject("bot", "service", ("acme",)),
    )
    with open_site(read_config(made.config)) as site:
        wanted = [Wanted(name) for name in (ALICE, "bob", "bot")]
        keys = {key.requester: text for key, text in site.registry.keys.create(wanted)}
        site.registry.end_users.add([EndUser("acme", EVA, "eva")])
        site.registry.issuers.add("acme", ACME.id, ACME.public)
    legs = ("with/national", "sign-in/national", "sign-in/staff")
    back = [f"http://127.0.0.1:{port}/verify/{leg}" for leg in legs]
    client = {"client_id": "writ", "client_secret": SECRET, "redirect_uris": back}
    people = {NAME: PERSON, "n-4712": PERSON | {"email": EVA}}
    with node_provider([client], people) as provider:
        register(made.folder, provider)
        deployment = Deployment(made.folder)
        with deployment.served() as served:
            pictures = tmp_path_factory.mktemp("pictures")
            yield At(Opened(deployment, served, f"http://127.0.0.1:{port}", pictures), keys)
    upstream.close()


def signed_in(page: Page, name: str) -> None:
    """Sign in at the provider's own page."""
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Sign in").click()


def test_signing_in_opens_the_model(at: At) -> None:
    """Refusal, link, the account's provider, the question, the same provider for it, service."""
    opened, key = at.opened, at.keys[ALICE]
    before = opened.served.ask(key).status_code
    with browser_page(dark=True, trusting=True) as page:
        page.goto(opened.problem(key)["verify_uri"])
        opened.looked_at(page, "sign-in")
        page.get_by_role("link", name="Sign in at National ID").click()
        signed_in(page, NAME)
        page.get_by_text("Signed in at").wait_for()
        assert page.get_by_text(ALICE, exact=True).is_visible()
        opened.looked_at(page, "signed-in")
        page.get_by_role("button", name="Choose: Sign in where you have been verified").click()
        opened.looked_at(page, "oidc-go")
        page.get_by_role("link", name="Continue").click()
        page.get_by_role("heading", name="Done").wait_for()

    assert (403, 200) == (before, opened.served.ask(key).status_code)
    files = [file for file in opened.deployment.folder.rglob("*") if file.is_file()]
    kept = b"".join(file.read_bytes() for file in files)
    assert [] == [text for text in (NAME, "Kowalczyk") if text.encode() in kept]
    assert ALICE not in opened.served.log.read_text()


def test_a_link_opens_no_other_account_and_declining_none(at: At) -> None:
    """Whoever signs in as Bob by Alice's link is told so; whoever declines begins again."""
    opened = at.opened
    link = opened.problem(at.keys["bob"])["verify_uri"]
    with browser_page(language="de", trusting=True) as page:
        page.goto(link)
        page.get_by_role("link", name="Bei National ID anmelden").click()
        page.get_by_role("button", name="Cancel").click()
        page.get_by_text("you declined, or the provider did not let you").wait_for()
        page.goto(link)
        page.get_by_role("link", name="Bei National ID anmelden").click()
        signed_in(page, NAME)
        page.get_by_text("for another account than the one you came with").wait_for()
        opened.looked_at(page, "another-account")


def test_an_end_user_without_a_key_is_served_after_signing_in(at: At) -> None:
    """Acme's service asks for Eva and learns nothing; she comes by herself, and it is served."""
    opened, key = at.opened, at.keys["bot"]

    def asked() -> httpx2.Response:
        said = sign_end_user(EVA, key.split("_")[1], ACME, wall())
        return httpx2.post(
            f"{opened.served.gateway}/v1/chat/completions",
            headers={"authorization": f"Bearer {key}", "x-writ-end-user": said},
            json={"model": "fable-5", "messages": [{"role": "user", "content": "hello"}]},
            timeout=PATIENCE,
        )

    before = asked()
    with browser_page(trusting=True) as page:
        page.goto(f"{opened.address}/verify")
        page.get_by_role("link", name="Sign in at Acme").click()
        signed_in(page, "n-4712")
        page.get_by_role("link", name="fable-5").click()
        assert page.get_by_text("Citizenship: United States").first.is_visible()
        page.get_by_role("button", name="Choose: Sign in where you have been verified").click()
        page.get_by_role("link", name="Continue").click()
        page.get_by_role("heading", name="Done").wait_for()

    assert (403, False) == (before.status_code, "verify_uri" in before.text)
    assert 200 == asked().status_code
