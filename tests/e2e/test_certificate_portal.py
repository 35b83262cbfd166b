"""People prove themselves by client certificates over real TLS, and none of it is left."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.worlds.client_certificates import CLIENT, citizen, hand_on, issuers_file
from tests.worlds.door import Door, opened_door
from tests.worlds.issuers import DAY, Authority, root
from tests.worlds.tls_proxy import browser, files_of, proxying
from writ.clock import wall
from writ.model.subject import Subject, Value

SPAN: dict[str, Any] = {"since": wall() - DAY, "until": wall() + 100 * DAY}
NAVY = root(**SPAN)
ANA = NAVY.issue(
    "Kowalczyk Ana 1234567890", number=3, purposes=[CLIENT], more=citizen("US"), **SPAN
)
PLACE = "https://cert.verify.example.org"
SECTION = f'[certificates]\nlisten = "127.0.0.1:8083"\naddress = "{PLACE}"\n'


@dataclass
class Opened:
    """A portal with a proxy before its second listener, and what browsers need to reach that."""

    door: Door
    folder: Path
    address: str

    def begin(self, name: str) -> str:
        """Enter with a new key and choose the certificate; return the path at the proxy."""
        if name not in {"alice", "bob"}:
            self.door.site.registry.subjects.add([Subject(name, "person")])
        self.door.cookies.clear()
        self.door.enter(self.door.key(name))
        self.door.ask("GET", "/question?model=fable-5")
        page = self.door.post("/begin", method="certificate", question="0").text
        link = re.search(rf'href="{PLACE}([^"]+)"', page)
        assert link, page
        return link[1]

    def show(self, path: str, holder: Authority | None) -> httpx2.Response:
        """Open the proxy's address in another window, with a certificate or without."""
        own = None if holder is None else files_of(self.folder, "holder", holder)
        with browser(str(self.folder / "root.pem"), own) as window:
            return window.get(f"{self.address}{path}")


def behind(door: Door, port: int = 8083) -> Any:
    """Answer what the proxy hands on, at a listener of the portal's, without the visit's cookie."""

    def answer(path: str, headers: dict[str, str]) -> httpx2.Response:
        more = {"headers": headers}
        cookies, door.cookies = door.cookies, {}
        sent = door._send(door.app, "GET", f"{PLACE}:{port}{path}", more)
        answered: httpx2.Response = door.loop.run_until_complete(sent)
        door.cookies = cookies
        return answered

    return answer


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """A deployment that takes the navy's certificates."""
    folder, tls = (tmp_path_factory.mktemp(name) for name in ("certificates", "tls"))
    (folder / "certificate-issuers.toml").write_bytes(issuers_file(NAVY))
    (tls / "root.pem").write_text(NAVY.pem)
    host = NAVY.issue("localhost", number=7, dns=["localhost"], **SPAN)
    own = files_of(tls, "host", host)
    with (
        opened_door(folder, more={"certificate": 3}, section=SECTION) as door,
        proxying(own, str(tls / "root.pem"), behind(door)) as address,
    ):
        yield Opened(door, tls, address)


def test_a_certificate_opens_the_model(opened: Opened) -> None:
    """Key, certificate in another window, back in the first: done."""
    shown = opened.show(opened.begin("alice"), ANA)
    back = re.search(r'href="https://verify.example.org/verify([^"]+)"', shown.text)
    assert back, shown.text
    led = opened.door.ask("GET", back[1])
    done = opened.door.ask("GET", led.headers["location"].removeprefix("/verify")).text
    [fact] = [item.fact for item in opened.door.site.registry.facts.carried("alice")]
    assert "<h1>Done</h1>" in done
    assert ((Value(("US", "")),), "certificate", 2) == (fact.values, fact.method, fact.assurance)


def open_at(door: Door, path: str, more: dict[str, Any]) -> httpx2.Response:
    """Open the second listener with the visit's cookie."""
    sent = door._send(door.app, "GET", f"{PLACE}:8083{path}", more)
    answered: httpx2.Response = door.loop.run_until_complete(sent)
    return answered


def test_the_browser_that_has_the_visit_is_done_at_once(opened: Opened) -> None:
    """Where its cookie comes along, as on another port of one host, nothing has to be carried."""
    path = opened.begin("bob")
    headers = {"headers": hand_on(*NAVY.issue("Ben", number=9, more=citizen("US"), **SPAN).chain)}
    door = opened.door
    led = open_at(door, path, headers)
    answered = open_at(door, led.headers["location"], headers)
    assert "<h1>Done</h1>" in answered.text


def test_without_a_certificate_nothing_is_over(opened: Opened) -> None:
    """The page says what to do, and the same address takes the certificate then."""
    path = opened.begin("carla")
    none = opened.show(path, None)
    assert (422, True) == (none.status_code, "your browser sent no certificate" in none.text)
    assert 200 == opened.show(path, ANA).status_code


def test_only_the_proxy_on_its_own_listener_is_believed(opened: Opened) -> None:
    """A header that a visitor sends to the portal itself, or that came twice, proves nothing."""
    path, headers = opened.begin("dan"), hand_on(*ANA.chain)
    forged = behind(opened.door, 8082)(path, headers)
    assert "your browser sent no certificate" in forged.text
    door = opened.door
    twice = list(headers.items()) * 2
    for sent, message in (
        (twice, "hands on two certificates"),
        ([("client-cert", "cert")], "does not hand certificates on as RFC 9440 says"),
        ([("client-cert", ":c2:")], "the certificate is not base64"),
        ([("client-cert", f":{'A' * 33_000}:")], "that is too much at once"),
        ([("client-cert", ":AA==:"), ("client-cert-chain", ", ".join([":AA==:"] * 4))], "too much"),
    ):
        request = httpx2.Request("GET", f"{PLACE}:8083{path}", headers=sent)
        answered = door.loop.run_until_complete(_raw(door, request))
        assert message in answered.text


async def _raw(door: Door, request: httpx2.Request) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=door.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport) as http:
        return await http.send(request)


def test_a_stranger_s_certificate_opens_nothing(opened: Opened) -> None:
    """Whoever follows a link that somebody else began is warned, and that one has no code."""
    path = opened.begin("mallory")
    holder = NAVY.issue("Eve", number=11, more=citizen("US"), **SPAN)
    warned = opened.show(path, holder)
    assert "If somebody sent you the link, close this page" in warned.text
    guessed = opened.door.ask("GET", "/with/return?code=guess")
    assert "that is not the code" in guessed.text


def test_one_certificate_backs_one_account(opened: Opened) -> None:
    """Ana's opens nothing for Frank, whatever key it has now: people decide first."""
    renewed = NAVY.issue("Kowalczyk Ana 1234567890", number=13, more=citizen("US"), **SPAN)
    door = opened.door
    shown = opened.show(opened.begin("frank"), renewed)
    back = re.search(r'href="https://verify.example.org/verify([^"]+)"', shown.text)
    assert back
    led = door.ask("GET", back[1])
    page = door.ask("GET", led.headers["location"].removeprefix("/verify")).text
    assert "<h1>Done</h1>" not in page
    assert 1 == len(door.site.registry.reviews.all("frank"))


def test_nothing_of_a_certificate_is_left(opened: Opened) -> None:
    """Names, numbers, birthday, key and bytes are in no file of the deployment but the trusted root."""
    der = ANA.certificate.der
    needles = {b"Kowalczyk", b"1234567890", b"19830412", der[:40], der[-40:]}
    needles |= {der.hex()[:80].encode(), base64.b64encode(der)[:80], base64.b64encode(der)[-60:]}
    files = [file for file in Path(opened.door.office.folder).rglob("*") if file.is_file()]
    left = [(f.name, n) for f in files for data in [f.read_bytes()] for n in needles if n in data]
    assert [] == left
    assert any(file.name.startswith("writ.sqlite") for file in files)
