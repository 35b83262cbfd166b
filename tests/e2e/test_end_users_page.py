"""docs/end-users.md, block by block, at a real server: its tokens are served, once each."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.worlds.deployment import CATALOGUE, LETTER, Deployment, Served, found, us_passport
from tests.worlds.upstream import Upstream

PAGE = (Path(__file__).parents[2] / "docs" / "end-users.md").read_text()
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", PAGE, re.DOTALL)
BY_NAME = "standing: natural_person"


def asked(served: Served, key: str, token: str = "") -> int:
    """Ask for a completion, with a token or without; return the status."""
    headers = {"authorization": f"Bearer {key}"}
    if token:
        headers["x-writ-end-user"] = token
    body = {"model": "fable-5", "messages": [{"role": "user", "content": "hello"}]}
    url = f"{served.gateway}/v1/chat/completions"
    return httpx2.post(url, headers=headers, json=body, timeout=60).status_code


def run(deployment: Deployment, key: str, language: str, block: str) -> str:
    """Run a block of the page as it stands."""
    program = [sys.executable, "-c", f"API_KEY = {key!r}\n{block}"]
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    words = ["sh", "-ec", block] if language == "sh" else program
    done = subprocess.run(
        words,
        cwd=deployment.folder,
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Deployment]:
    """The letter in force, were it to take a company's word; Acme, its service, Alice's passport."""
    upstream = Upstream()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        portal = f"http://127.0.0.1:{probe.getsockname()[1]}"
    deployment = found(tmp_path, upstream.address, portal=portal)
    text = LETTER.read_text().replace(BY_NAME, "standing: certified_organisation")
    letter = tmp_path / LETTER.name
    letter.write_text(re.sub(r"\nscenarios:\n.*", "\nscenarios: []\n", text, flags=re.DOTALL))
    deployment.obey(CATALOGUE, letter)
    deployment.writ("subject", "add", "acme", "--kind", "organisation")
    deployment.writ("subject", "add", "alice", "--kind", "person")
    deployment.writ("subject", "add", "bot", "--kind", "service", "--acts-for", "acme")
    delaware = {"attribute": "incorporated_in", "value": ["US-DE"], "completeness": "at_least"}
    facts = deployment.facts(us_passport("alice"), us_passport("acme", **delaware))
    deployment.writ("facts", "import", facts, "--method-key", "idv.key")
    yield deployment
    upstream.close()


def test_the_page_as_it_stands(made: Deployment) -> None:
    """By name, by facts, by the company's word for whoever asks, each once; then for all users."""
    key = made.json("key", "create", "bot")["text"]
    with made.served() as served:
        said = [run(made, key, language, block) for language, block in BLOCKS[:3]]
        tokens = said[2].split()
        assert [403, 200, 200, 200] == [asked(served, key, token) for token in ("", *tokens)]
        assert [403, 403, 403, 403] == [asked(served, key, token) for token in (*tokens, "")]
        certified = [run(made, key, language, block) for language, block in BLOCKS[3:]]
        assert "users_certified" in certified[1]
        assert 200 == asked(served, key)
    kept = b"".join(file.read_bytes() for file in made.data.rglob("*") if file.is_file())
    assert [] == [word for word in (*tokens, "u-2041") if word.encode() in kept]
