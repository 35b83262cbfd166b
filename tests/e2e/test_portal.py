"""Somebody turned away finds the portal, shows a paper, and is served with the same key."""

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest

from tests.worlds.deployment import CATALOGUE, LETTER, Deployment, Served, found
from tests.worlds.upstream import Upstream


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

    def key(self, requester: str) -> str:
        """A new API key."""
        return self.deployment.writ("key", "create", requester).strip()

    def decide(self, review: str, *words: str) -> None:
        """Two reviewers say the same."""
        for by in ("rae", "sam"):
            self.deployment.writ("review", "decide", review, "--key", f"{by}.key", *words)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """The letter in force, a portal, two reviewers, and people of whom nothing is known."""
    upstream = Upstream()
    address = f"http://127.0.0.1:{free_port()}"
    deployment = found(
        tmp_path_factory.mktemp("portal"),
        upstream.address,
        portal=address,
        reviewers=("rae", "sam"),
    )
    deployment.obey(CATALOGUE, LETTER)
    for name in ("alice", "bob", "cleo"):
        deployment.writ("subject", "add", name, "--kind", "person")
    with deployment.served() as served:
        assert address.removeprefix("http://") == served.ready["portal"]
        yield Opened(deployment, served, address)
    upstream.close()


def test_a_paper_seen_by_two_people_opens_the_model(opened: Opened) -> None:
    """Refusal, link, key, question, paper, two people, service: no new key, nothing restarted."""
    key = opened.key("alice")
    refused = opened.served.ask(key)
    link = refused.json()["error"]["problem"]["verify_uri"]
    with httpx2.Client(follow_redirects=True) as browser:
        start = browser.get(link)
        token = re.search(r'name="t" value="([^"]+)"', start.text)
        assert token
        asked = browser.post(
            f"{opened.address}/verify/account", data={"key": key, "t": token[1], "lang": "en"}
        )
        assert 200 == asked.status_code
        assert "alice" in asked.text
        assert "Citizenship: United States" in asked.text
        form = re.search(r'name="form" value="([^"]+)"', asked.text)
        assert form
        began = browser.post(
            f"{opened.address}/verify/begin",
            data={"form": form[1], "method": "review", "question": "0"},
        )
        assert "Permanent resident card" in began.text
        handed = browser.post(
            f"{opened.address}/verify/with",
            data={"form": form[1], "choice": "0.0", "document": "naturalisation-certificate"},
        )
    [review] = opened.deployment.json("review", "list")["reviews"]
    assert review["id"] in handed.text
    state = httpx2.get(
        f"{opened.address}/verify/status?model=fable-5", headers={"authorization": f"Bearer {key}"}
    )
    before = opened.served.ask(key).status_code
    opened.decide(review["id"], "--accept", "--seen", "video", "--reason", "face and paper match")
    after = opened.served.ask(key).status_code

    assert ("waiting", [403, 403, 200]) == (
        state.json()["state"],
        [refused.status_code, before, after],
    )
    done = httpx2.get(
        f"{opened.address}/verify/status?model=fable-5", headers={"authorization": f"Bearer {key}"}
    )
    assert {"model": "fable-5", "state": "done"} == done.json()
