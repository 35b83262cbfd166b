"""Runs docs/signals.md with a provider that pushes, and holds what it says about the next request."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.worlds.deployment import CATALOGUE, LETTER, Deployment, Served, found, us_passport
from tests.worlds.transmitter import alice, key_set, signed
from tests.worlds.upstream import Upstream
from writ.signing.bearer import new_token

PAGE = Path(__file__).parents[2] / "docs" / "signals.md"
BLOCKS = re.findall(r"```(sh|toml)\n(.*?)```", PAGE.read_text(), re.DOTALL)
SCRIPTS = [text.strip() for kind, text in BLOCKS if kind == "sh"]
CONFIG, SENDERS, RECEIVERS = [text for kind, text in BLOCKS if kind == "toml"]
ISSUER = "https://idp.example.com"


BEARS, DIGEST = new_token("wr")
POLLS = f"""
[[receiver]]
name = "polls"
audience = "https://polls.example.com"
named = "opaque"
bears = "{DIGEST}"
"""


@dataclass
class Opened:
    """A served deployment to which a provider sends signals."""

    deployment: Deployment
    served: Served
    token: str

    def run(self, script: str) -> str:
        """Run a command of the page."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-ec", script],
            cwd=self.deployment.folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (0, "") == (done.returncode, done.stderr)
        return done.stdout

    def push(self, jti: str) -> int:
        """Push a SET about Alice's revoked credential."""
        answer = httpx2.post(
            f"http://{self.served.ready['portal']}/signals/idp",
            content=signed(iss=ISSUER, jti=jti, sub_id=alice(iss=ISSUER)),
            headers={
                "authorization": f"Bearer {self.token}",
                "content-type": "application/secevent+jwt",
            },
        )
        return answer.status_code


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """What the page writes, with the provider's keys in the file: it publishes them nowhere."""
    upstream = Upstream()
    deployment = found(
        tmp_path_factory.mktemp("signals"), upstream.address, portal="http://127.0.0.1:0"
    )
    made = Opened(deployment, None, "")  # type: ignore[arg-type]
    made.run(SCRIPTS[0])
    made.token, digest = (deployment.folder / "token.txt").read_text().split()
    keys = SENDERS.replace("DIGEST", digest).replace(
        'jwks_uri = "https://idp.example.com/jwks.json"', f"keys = '{key_set()}'"
    )
    (deployment.folder / "signals.toml").write_text(keys)
    (deployment.folder / "receivers.toml").write_text(RECEIVERS + POLLS)
    with (deployment.folder / "writ.toml").open("a") as file:
        file.write(CONFIG[CONFIG.index("[signals]") :] + "[receivers]\n")
    made.run(SCRIPTS[3])
    deployment.obey(CATALOGUE, LETTER)
    deployment.writ("subject", "add", "alice", "--kind", "person")
    facts = deployment.facts(us_passport("alice"))
    deployment.writ("facts", "import", facts, "--method-key", "idv.key")
    with deployment.served() as made.served:
        yield made
    upstream.close()


def test_the_next_request_is_asked_to_verify(opened: Opened) -> None:
    """Alice is served; her credential is revoked; once that is answered, her next request is refused."""
    key = opened.deployment.writ("key", "create", "alice").strip()
    assert 200 == opened.served.ask(key).status_code
    pushed = opened.push("j1")
    refused = opened.served.ask(key)
    problem = refused.json()["error"]["problem"]
    assert (202, 403, True) == (pushed, refused.status_code, "verify_uri" in problem)


def test_the_page_shows_commands_that_run(opened: Opened) -> None:
    """What the page shows of the senders, and of what came, is shown."""
    checked, counted = (opened.run(script) for script in SCRIPTS[1:3])
    assert "pushed to http://127.0.0.1:0/signals/idp" in checked
    assert "idp is told at https://idp.example.com/ssf/push, of people by iss_sub" in checked
    assert re.search(r"idp +credential-change +1 +1 ", counted)
    [row] = json.loads(opened.run("writ signals status --json"))["heard"]
    assert ("idp", 1) == (row["transmitter"], row["fallen"])


def test_a_receiver_finds_issuer_and_keys(opened: Opened) -> None:
    """The portal publishes who signs what is told, and the public half of the key alone."""
    portal = f"http://{opened.served.ready['portal']}"
    said = httpx2.get(f"{portal}/.well-known/ssf-configuration").json()
    assert ("1_0", "http://127.0.0.1:0", "http://127.0.0.1:0/signals/jwks.json") == (
        said["spec_version"], said["issuer"], said["jwks_uri"],
    )  # fmt: skip
    [key] = httpx2.get(f"{portal}/signals/jwks.json").json()["keys"]
    assert ({"alg", "e", "kid", "kty", "n", "use"}, "RS256") == (set(key), key["alg"])


def test_a_receiver_polls_what_it_asked_for(opened: Opened) -> None:
    """Through the portal's process and the control process: its stream, a verification, and no other's."""
    portal = f"http://{opened.served.ready['portal']}"
    bears = {"authorization": f"Bearer {BEARS}"}
    [stream] = httpx2.get(f"{portal}/ssf/streams", headers=bears).json()
    asked = {"stream_id": stream["stream_id"], "state": "s"}
    verified = httpx2.post(f"{portal}/ssf/verify", json=asked, headers=bears).status_code
    found = httpx2.post(f"{portal}/ssf/poll", json={"maxEvents": 9}, headers=bears).json()
    assert ("polls", 204, 1) == (stream["stream_id"], verified, len(found["sets"]))
    assert 401 == httpx2.get(f"{portal}/ssf/streams").status_code
    assert "polls is to poll at http://127.0.0.1:0/ssf/poll" in opened.run("writ signals check")


def test_a_deployment_without_signals_says_what_is_missing(opened: Opened) -> None:
    """The check names the page that says what to write."""
    (opened.deployment.folder / "bare.toml").write_text("")
    said = opened.deployment.fails(3, "signals", "check", "--config", "bare.toml")
    assert "`bare.toml` has no [signals]; docs/signals.md says what goes in it" == said
