"""Employers at a real server: a conformance suite, a client that we did not write, and the page.

docs/employers.md is run block by block, with the portal's own address for the page's.
"""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import PatchOp, Resource, SCIMException
from scim2_models import Path as ScimPath
from scim2_tester import Status, check_server, filling
from scim2_tester.checkers import patch_add, patch_replace

from tests.worlds.deployment import CATALOGUE, LETTER, Deployment, Served, found
from tests.worlds.upstream import Upstream

EXTENSION = "urn:writ:params:scim:schemas:extension:determination:1.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
REFUSED = 403
REFUSED_EXIT = 2
PAGE = (Path(__file__).parents[2] / "docs" / "employers.md").read_text()
BLOCKS = re.findall(r"```(sh|json|csv|python)\n(.*?)```", PAGE, re.DOTALL)
FILES = {"json": "alice.json", "csv": "staff.csv"}


def free_port() -> int:
    """A port that nobody has at present."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class World:
    """A served deployment under the letter, with Acme, which names Alice `u-1`."""

    deployment: Deployment
    served: Served
    address: str

    @contextmanager
    def client(self, *words: str) -> Iterator[SyncSCIMClient]:
        """A client with a new token of Acme's."""
        token = self.deployment.writ("employer", "add", "acme", "--assurance", "A2", *words)
        with httpx2.Client(
            base_url=f"{self.address}/scim/v2",
            headers={"authorization": f"Bearer {token.strip()}"},
            timeout=60,
        ) as http:
            yield SyncSCIMClient(http)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The letter in force, a portal, and Acme."""
    upstream = Upstream()
    address = f"http://127.0.0.1:{free_port()}"
    deployment = found(tmp_path_factory.mktemp("scim"), upstream.address, portal=address)
    deployment.obey(CATALOGUE, LETTER)
    deployment.writ("subject", "add", "acme", "--kind", "organisation")
    deployment.writ("subject", "add", "alice", "--kind", "person")
    deployment.writ("end-user", "add", "acme", "u-1", "--subject", "alice")
    with deployment.served() as served:
        yield World(deployment, served, address)
    upstream.close()


def now() -> datetime:
    """An instant later than any before."""
    return datetime.now(UTC)


VALUES: dict[str, Callable[[], object]] = {
    "determinedAt": now,
    "expiresAt": lambda: now() + timedelta(days=90),
    "citizenships": lambda: ["FR"],
    "formerCitizenships": lambda: ["CA"],
    "permanentResidences": lambda: ["US"],
    "active": lambda: True,
}
"""What the suite cannot make up: instants, countries; and of somebody who left nothing is kept."""


def made_up(context: Any, path: ScimPath[Any], *more: Any, **named: Any) -> Any:
    """Make a value up as the suite does, or as this service needs it."""
    name = str(path).rpartition(":")[2].rpartition(".")[2]
    value = _made_up(context, path, *more, **named)
    return VALUES[name]() if value is not None and name in VALUES else value


_made_up = filling.generate_random_value


def test_the_conformance_suite_finds_one_rule_of_ours(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """scim2-tester finds nothing wrong, but that `active`, taken away, stays as it was."""
    for module in (filling, patch_add, patch_replace):
        monkeypatch.setattr(module, "generate_random_value", made_up)
    with world.client("--enrols") as client:
        results = check_server(client)
    wrong = [(item.title, item.reason) for item in results if item.status is not Status.SUCCESS]
    kept = ("check_remove_attribute", "PATCH modify() did not remove attribute 'active'")
    assert [kept] == wrong
    assert len(results) > 40


def test_an_employer_brings_somebody_back_and_takes_it_back(world: World) -> None:
    """scim2-client: whoever is refused is served by the same key once acme determined; and refused when they leave."""
    key = world.deployment.writ("key", "create", "alice").strip()
    assert REFUSED == world.served.ask(key).status_code
    with world.client() as client:
        client.discover()
        model = client.get_resource_model("User")
        assert model is not None
        determination = {
            "declaration": "no-employment-eligibility-data",
            "determinedBy": "hr-7",
            "determinedAt": now(),
            "basis": "document",
            "citizenships": ["US"],
        }
        words: dict[str, Any] = {
            "schemas": [str(model.__schema__), EXTENSION],
            "userName": "u-1",
            EXTENSION: {"determination": determination},
        }
        made = client.create(model.model_validate(words))
        assert isinstance(made, Resource)
        assert 200 == world.served.ask(key).status_code
        [fact] = world.deployment.json("subject", "show", "alice")["facts"]
        assert ("citizenships", "A2", "employer", "acme") == tuple(
            fact[name] for name in ("attribute", "assurance", "attested_by", "issuer")
        )
        leave = {"op": "replace", "path": "active", "value": False}
        patch: Any = PatchOp
        leaving = patch[model].model_validate({"schemas": [PATCH], "Operations": [leave]})
        client.modify(type(made), made.id, leaving)
        assert REFUSED == world.served.ask(key).status_code
        with pytest.raises(SCIMException, match="nobody of yours"):
            client.create(model.model_validate(words | {"userName": "alice"}))


def recent(text: str) -> str:
    """A block with its days of November as days before today, the later ones later."""

    def ago(match: re.Match[str]) -> str:
        return (datetime.now(UTC) - timedelta(days=10 - int(match[1]))).isoformat()

    return re.sub(r"2026-11-0(\d)T09:00:00Z", ago, text)


def run(deployment: Deployment, command: list[str]) -> str:
    """Run a block as a reader would; return what it printed."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=deployment.folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


def test_the_page_works_as_it_is_written(world: World) -> None:
    """From a token to two determinations of the same person, the second in the place of the first."""
    first, *blocks = BLOCKS
    assert first[1].startswith("writ keygen --out data/methods/employer.key")  # made with the world
    printed = []
    for kind, text in blocks:
        if kind in FILES:
            (world.deployment.folder / FILES[kind]).write_text(recent(text))
        else:
            here = text.replace("https://verify.example.org", world.address)
            program = ["bash", "-ec"] if kind == "sh" else [sys.executable, "-c"]
            printed.append(run(world.deployment, [*program, here]))
    facts = world.deployment.json("subject", "show", "alice")["facts"]

    assert "u-1077" == json.loads(printed[1])["userName"]
    assert "permanent_residences" in printed[2]
    assert "acme: 1 people changed, 0 as they were" in printed[-1]
    assert {("citizenships", "exhaustive", "A2"), ("employer", "at_least", "A2")} == {
        (fact["attribute"], fact["completeness"], fact["assurance"]) for fact in facts
    }


def test_nothing_of_what_employers_send_is_left(world: World, tmp_path: Path) -> None:
    """Rows, signatures, tokens and all else that they send, taken or refused, are in no file and no log."""
    hr = world.deployment.writ("keygen", "--out", tmp_path / "acme-hr.key", "--person", "hr")
    public = hr.strip().partition("=")[2]
    world.deployment.writ("employer", "add", "acme", public, "--assurance", "A2")
    columns = "user,citizenships,basis,determined_by,determined_at"
    row = f"u-1,DE US,document,hr-99,{now().isoformat()}"
    good, bad = tmp_path / "unforgotten-staff.csv", tmp_path / "unforgotten-others.csv"
    good.write_text(f"{columns}\n{row}\n")
    sign = ("determinations", "sign", "--organisation", "acme", "--key", tmp_path / "acme-hr.key")
    world.deployment.writ(*sign, good, "--no-eligibility-data")
    signature = Path(f"{good}.sig").read_bytes()
    world.deployment.writ("determinations", "import", good)
    bad.write_text(f"{columns},birth\nu-1,FR,document,hr-99,Unforgotten,1983-04-12\n")
    Path(f"{bad}.sig").write_bytes(signature)
    assert world.deployment.fails(REFUSED_EXIT, "determinations", "import", bad)
    with world.client() as client:
        token = client.client.headers["authorization"].removeprefix("Bearer ")
        person = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "nobody-of-theirs",
            "displayName": "Unforgotten",
            "emails": [{"value": "unforgotten@example.org"}],
        }
        refused = client.client.post("/Users", json=person)
    assert 400 <= refused.status_code < 500

    envelope = json.loads(signature)
    needles = {
        row, row.partition(",document")[0], "DE US", token, envelope["payload"][:60],
        envelope["payload"][-40:], envelope["signatures"][0]["sig"][:40], "unforgotten", "Unforgotten",
        "1983-04-12", "nobody-of-theirs",
    }  # fmt: skip
    files = [path for path in world.deployment.data.rglob("*") if path.is_file()]
    files.append(world.served.log)
    left = [
        (path.name, needle)
        for path in files
        for data in [path.read_bytes()]
        for needle in needles
        if needle.encode() in data
    ]
    assert [] == left
    assert any(path.name.startswith("writ.sqlite") for path in files)
