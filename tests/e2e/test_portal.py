"""Somebody turned away finds the portal, shows a paper, and is served with the same key."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page

from tests.worlds.browser import CHROMIUM, browser_page, scrolls_sideways, shot, wrongs
from tests.worlds.deployment import CATALOGUE, LETTER, Deployment, Served, found, us_passport
from tests.worlds.upstream import Upstream

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium here")


def free_port() -> int:
    """A port that nobody has at present."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Opened:
    """A served deployment with a portal."""

    deployment: Deployment
    served: Served
    address: str
    pictures: Path

    def key(self, requester: str) -> str:
        """A new API key."""
        return self.deployment.writ("key", "create", requester).strip()

    def problem(self, key: str) -> dict[str, str]:
        """What a refusal says."""
        said: dict[str, str] = self.served.ask(key).json()["error"]["problem"]
        return said

    def state(self, key: str) -> str:
        """What the portal tells a program."""
        answer = httpx2.get(
            f"{self.address}/verify/status?model=fable-5",
            headers={"authorization": f"Bearer {key}"},
        )
        state: str = answer.json()["state"]
        return state

    def decide(self, review: str, *words: str, by: tuple[str, ...] = ("rae", "sam")) -> None:
        """Reviewers say the same."""
        for name in by:
            self.deployment.writ("review", "decide", review, "--key", f"{name}.key", *words)

    def looked_at(self, page: Page, name: str) -> None:
        """Hold a page to what every page has to keep, and keep a picture of it."""
        shot(page, self.pictures, name)
        assert [] == wrongs(page)
        assert not scrolls_sideways(page)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """The letter in force, a portal, reviewers, and people of whom little is known."""
    upstream = Upstream()
    address = f"http://127.0.0.1:{free_port()}"
    deployment = found(
        tmp_path_factory.mktemp("portal"),
        upstream.address,
        portal=address,
        reviewers=("rae", "sam", "tia", "uma"),
    )
    deployment.obey(CATALOGUE, LETTER)
    for name in ("alice", "bob", "cleo"):
        deployment.writ("subject", "add", name, "--kind", "person")
    visa = {"completeness": "exhaustive", "method": "register"}
    facts = deployment.facts(
        us_passport("bob", value=["FR"], **visa),
        us_passport("bob", attribute="permanent_residences", value=[], **visa),
        us_passport("bob", attribute="protection", value=[], **visa),
    )
    deployment.writ("facts", "import", facts, "--method-key", "idv.key")
    with deployment.served() as served:
        yield Opened(deployment, served, address, tmp_path_factory.mktemp("pictures"))
    upstream.close()


def entered(opened: Opened, page: Page, link: str, key: str) -> None:
    """Follow a link and show the key, by keyboard alone."""
    page.goto(link)
    opened.looked_at(page, "start")
    page.get_by_label("Your API key").focus()
    page.keyboard.type(key)
    page.keyboard.press("Enter")


def test_a_paper_seen_by_two_people_opens_the_model(opened: Opened) -> None:
    """Refusal, link, key, question, paper, two people, service: the same key, nothing restarted."""
    key = opened.key("alice")
    before = opened.served.ask(key).status_code
    with browser_page(dark=True) as page:
        entered(opened, page, opened.problem(key)["verify_uri"], key)
        page.get_by_text("This is the account").wait_for()
        assert page.get_by_text("Citizenship: United States").first.is_visible()
        opened.looked_at(page, "question")
        page.get_by_role("button", name="Choose: Show a paper to two people").click()
        opened.looked_at(page, "paper")
        page.get_by_label("Citizenship: United States").check()
        page.get_by_label("By which paper?").select_option("naturalisation-certificate")
        page.get_by_role("button", name="Send").click()
        page.get_by_role("heading", name="People are looking at it").wait_for()
        opened.looked_at(page, "waiting")
        [review] = opened.deployment.json("review", "list")["reviews"]
        assert page.get_by_text(review["id"]).first.is_visible()
        waiting = (opened.state(key), opened.served.ask(key).status_code)
        opened.decide(review["id"], "--accept", "--seen", "video", "--reason", "they match")
        after = opened.served.ask(key).status_code
        page.goto(f"{opened.address}/verify/question")
        page.get_by_role("heading", name="Done").wait_for()
        opened.looked_at(page, "done")

    assert (403, ("waiting", 403), 200, "done") == (before, waiting, after, opened.state(key))


def test_somebody_ruled_out_is_told_so_and_appeals(opened: Opened) -> None:
    """No way is offered that cannot help; others decide an appeal, and the reasons are written."""
    key = opened.key("bob")
    problem = opened.problem(key)
    with browser_page(size={"width": 1280, "height": 900}) as page:
        entered(opened, page, problem["appeal_uri"], key)
        page.get_by_role("heading", name="Not available to this account").wait_for()
        assert 0 == page.get_by_role("button", name="Choose").count()
        opened.looked_at(page, "ruled-out")
        page.get_by_role("button", name="Appeal").click()
        page.get_by_text("Being looked at").wait_for()
        [review] = opened.deployment.json("review", "list")["reviews"]
        opened.decide(review["id"], "--reject", "--reason", "the register is right")
        page.goto(f"{opened.address}/verify/question")
        assert page.get_by_text("Reason: the register is right").first.is_visible()
        opened.looked_at(page, "appealed")

    assert ("verify_uri" in problem, "not_eligible") == (False, opened.state(key))


def test_pages_are_in_the_visitors_language(opened: Opened) -> None:
    """The browser's is taken, another can be chosen; a page says which it is in, and keeps the rules."""
    key = opened.key("cleo")
    link = opened.problem(key)["verify_uri"]
    with browser_page(language="ja", dark=True) as page:
        page.goto(link)
        spoken = [page.locator("html").get_attribute("lang")]
        page.locator("#key").fill(key)
        page.keyboard.press("Enter")
        opened.looked_at(page, "question-ja")
        for name in ("Français", "Deutsch", "Español"):
            page.get_by_role("link", name=name).click()
            spoken.append(page.locator("html").get_attribute("lang"))
            opened.looked_at(page, f"question-{spoken[-1]}")

    assert ["ja", "fr", "de", "es"] == spoken


def test_a_link_sent_to_a_friend_opens_nothing(opened: Opened) -> None:
    """With another account's key the link is refused; without a key nothing is said at all."""
    link, theirs = opened.problem(opened.key("bob"))["appeal_uri"], opened.key("cleo")
    token = link.partition("?t=")[2]
    with httpx2.Client(follow_redirects=True) as friend:
        start = friend.get(link)
        refused = friend.post(f"{opened.address}/verify/account", data={"key": theirs, "t": token})
        question = friend.get(f"{opened.address}/verify/question")

    assert "bob" not in start.text + refused.text
    assert (403, 403) == (refused.status_code, question.status_code)
    assert "another account" in refused.text


def test_evidence_and_keys_are_in_no_log(opened: Opened) -> None:
    """No key, subject's id, token of a link, paper or reason is written down by any process."""
    log = opened.served.log.read_text()
    words = ("wk_", "alice", "cleo", "?t=", "naturalisation", "they match", "register is right")
    assert [] == [word for word in words if word in log]
