"""People prove themselves from a wallet that we did not write, in a deployment that is served."""

import base64
import json
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.worlds.deployment import CATALOGUE, LETTER, Deployment, Served, found
from tests.worlds.issuers import DAY, MDL_SIGNER, Authority, jwk, new_key, root, trust_file
from tests.worlds.node_wallet import NodeWallet
from tests.worlds.upstream import Upstream
from writ.people.credentials.kinds import KINDS

NOW = time.time()
SPAN: dict[str, Any] = {"since": NOW - DAY, "until": NOW + 30 * DAY}
ROOT = root(**SPAN)
ISSUER = ROOT.issue("pid", number=3, **SPAN)
DS = ROOT.issue("ds", number=4, purposes=[MDL_SIGNER], **SPAN)
ACCESS = ROOT.issue("verifier", number=30, **SPAN)
PHOTO = "org.iso.23220.photoid.1"
ALICE, BOB = new_key(number=21), new_key(number=22)


def free_port() -> int:
    """A port that nobody has at present."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def lay_wallet(deployment: Deployment) -> None:
    """Write what [wallet] names, as docs/wallets.md says."""
    today = datetime.now(UTC)
    row = {
        "certificates": ROOT.pem,
        "types": [kind.type for kind in KINDS],
        "from": today - timedelta(days=1),
        "until": today + timedelta(days=1),
    }
    (deployment.folder / "wallet-issuers.toml").write_bytes(trust_file(row))
    (deployment.folder / "wallet.pem").write_text(ACCESS.pem)
    key = deployment.folder / "wallet.key"
    key.write_bytes(_pem(ACCESS))
    key.chmod(0o600)
    with (deployment.folder / "writ.toml").open("a") as file:
        file.write("\n[wallet]\n")


def _pem(authority: Authority) -> bytes:
    return authority.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@dataclass
class Opened:
    """A served deployment with a portal; `shown` gathers the evidence that went through it."""

    deployment: Deployment
    served: Served
    address: str
    node: NodeWallet
    shown: list[str] = field(default_factory=list)
    clients: list[httpx2.Client] = field(default_factory=list)

    def client(self) -> httpx2.Client:
        """Open a browser; it is closed with the deployment."""
        self.clients.append(httpx2.Client(follow_redirects=True))
        return self.clients[-1]

    def pid(self, holder: ec.EllipticCurvePrivateKey, *nationalities: str) -> str:
        """Issue a PID with a name and a birth date that nobody asks for."""
        personal = {"family_name": "Kowalczyk-Unforgettable", "birthdate": "1987-03-14"}
        issued = self.node.issue_pid(ISSUER, holder, *nationalities, **personal)
        self.shown.append(issued)
        return issued


@dataclass
class Browser:
    """Somebody at the portal with an API key."""

    opened: Opened
    key: str
    client: httpx2.Client
    form: str = ""

    def begin(self) -> str:
        """Show the key, choose the wallet; return the link for a wallet."""
        link = self.opened.served.ask(self.key).json()["error"]["problem"]["verify_uri"]
        token = re.search(r'name="t" value="([^"]+)"', self.client.get(link).text)
        assert token
        asked = self.client.post(
            f"{self.opened.address}/verify/account",
            data={"key": self.key, "t": token[1], "lang": "en"},
        )
        form = re.search(r'name="form" value="([^"]+)"', asked.text)
        assert form
        self.form = form[1]
        began = self.client.post(
            f"{self.opened.address}/verify/begin",
            data={"form": self.form, "method": "wallet", "question": "0"},
        )
        found_ = re.search(r'href="(openid4vp:[^"]+)"', began.text)
        assert found_, began.text
        return found_[1].replace("&amp;", "&")

    def status(self) -> int:
        """Ask for the model with the same key."""
        return self.opened.served.ask(self.key).status_code


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """The letter in force, a portal that asks wallets, and people of whom nothing is known."""
    upstream = Upstream()
    address = f"http://127.0.0.1:{free_port()}"
    folder = tmp_path_factory.mktemp("wallets")
    deployment = found(folder, upstream.address, portal=address)
    lay_wallet(deployment)
    deployment.obey(CATALOGUE, LETTER)
    for name in ("alice", "bob", "mallory", "zoe"):
        deployment.writ("subject", "add", name, "--kind", "person")
    with deployment.served() as served, NodeWallet() as node:
        opened = Opened(deployment, served, address, node)
        yield opened
        for client in opened.clients:
            client.close()
    upstream.close()


def browser(opened: Opened, who: str) -> Browser:
    """Open a browser of somebody with a new key."""
    key = opened.deployment.writ("key", "create", who).strip()
    return Browser(opened, key, opened.client())


def sent_to(answered: dict[str, Any]) -> str:
    """Return where the wallet is told to send its browser."""
    assert 200 == answered["status"], answered
    address: str = json.loads(answered["body"])["redirect_uri"]
    return address


FIRST: dict[str, Any] = {"disclose": {"nationalities": {"0": True}}}


def test_a_credential_opens_the_model(opened: Opened) -> None:
    """Refusal, link, key, wallet, back in the same browser: the very next request is served."""
    here = browser(opened, "alice")
    before = here.status()
    answered = opened.node.present(here.begin(), opened.pid(ALICE, "US", "DE"), ALICE, **FIRST)
    waiting = here.status()
    done = here.client.get(sent_to(answered))
    assert (403, 403, 200) == (before, waiting, here.status())
    assert "Done" in done.text


def test_one_of_two_citizenships_leaves_the_rest_open(opened: Opened) -> None:
    """Who shows that she is French is no foreigner for that, and is still asked."""
    here = browser(opened, "zoe")
    holder = new_key(number=25)
    answered = opened.node.present(here.begin(), opened.pid(holder, "FR", "US"), holder, **FIRST)
    more = here.client.get(sent_to(answered))
    assert 403 == here.status()
    assert "Not enough yet" in more.text


def test_a_link_for_a_wallet_verifies_nobody_else(opened: Opened) -> None:
    """Mallory has Bob scan her square: Bob reads whose account it is; without his code, nothing."""
    hers, his = browser(opened, "mallory"), opened.client()
    answered = opened.node.present(hers.begin(), opened.pid(BOB, "US"), BOB, **FIRST)
    warned = his.get(sent_to(answered))
    guessed = hers.client.post(
        f"{opened.address}/verify/with/return", data={"form": hers.form, "code": "0000 0000"}
    )
    assert "Whose account is it?" in warned.text
    assert re.search(r"<strong>\d{4} \d{4}</strong>", warned.text)
    assert "that is not the code" in guessed.text
    assert 403 == hers.status()


def test_a_telephone_beside_the_screen_carries_a_code(opened: Opened) -> None:
    """Who scanned the square on her own screen types the code there, and is served."""
    here, telephone = browser(opened, "bob"), opened.client()
    link = here.begin()
    told = {"family_name": "Kowalczyk-Unforgettable", "nationality": "US"}
    issued = opened.node.issue_mdoc(DS, BOB, PHOTO, "org.iso.23220.1", **told)
    opened.shown.append(issued)
    elsewhere = telephone.get(sent_to(opened.node.present(link, issued, BOB, "photo_id")))
    code = re.search(r"<strong>(\d{4} \d{4})</strong>", elsewhere.text)
    assert code
    here.client.post(
        f"{opened.address}/verify/with/return", data={"form": here.form, "code": code[1]}
    )
    assert 200 == here.status()


def test_one_credential_backs_one_account(opened: Opened) -> None:
    """What Alice showed for herself opens no second account: people decide first."""
    here = browser(opened, "mallory")
    answered = opened.node.present(here.begin(), opened.pid(ALICE, "US"), ALICE, **FIRST)
    here.client.get(sent_to(answered))
    assert 403 == here.status()
    assert 1 == len(opened.deployment.json("review", "list")["reviews"])


def test_nothing_of_the_evidence_is_left(opened: Opened) -> None:
    """Whatever was shown, in whatever spelling, is in no file of the deployment and no log."""
    assert len(opened.shown) >= 4
    needles: set[bytes] = {b"Kowalczyk-Unforgettable", b"1987-03-14"}
    for holder in (ALICE, BOB):
        needles |= {spelt for part in ("x", "y") for spelt in spellings(_raw(jwk(holder)[part]))}
    for shown in opened.shown:
        for part in shown.replace("~", ".").split("."):
            needles |= {part[:40].encode(), part[-40:].encode()} if len(part) > 40 else set()
    files = [path for path in opened.deployment.folder.rglob("*") if path.is_file()]
    found_ = [
        (path.name, needle)
        for path in [*files, opened.served.log]
        for data in [path.read_bytes()]
        for needle in needles
        if needle in data
    ]
    assert [] == found_
    assert any(path.name.startswith("writ.sqlite") for path in files)


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def spellings(data: bytes) -> set[bytes]:
    """Write bytes in the ways in which they might have been kept."""
    return {data, data.hex().encode(), base64.b64encode(data), base64.urlsafe_b64encode(data)[:40]}
