"""Somebody shows a green card to a vendor, in a real browser; the pages about it in every language."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from playwright.sync_api import Page

from tests.worlds.browser import CHROMIUM, browser_page, scrolls_sideways, shot, wrongs
from tests.worlds.deployment import CATALOGUE, LETTER, Deployment, Served
from tests.worlds.idv import GREEN_CARD, PERSONAL, SECRET, House, house
from tests.worlds.office import office
from tests.worlds.upstream import Upstream
from tests.worlds.vendor_door import lay_vendors, portal_over, vendors_at
from writ.clock import wall
from writ.model.config import read_config
from writ.model.subject import Subject
from writ.pages.words import LANGUAGES
from writ.people.vendors.vendor import Vendor
from writ.portal.counter import Counter
from writ.portal.door import Admission
from writ.portal.pages import Frame, page, sheet
from writ.portal.server import logins_of
from writ.portal.waiting import open_entrance

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium here")

LINK = "https://withpersona.com/verify?code=us1-a"
DATA: dict[str, dict[str, Any]] = {
    "persona-start": {"link": LINK},
    "persona-elsewhere": {"code": "1234 5678"},
    "veriff-wait": {"link": LINK},
}

ELSEWHERE = """
[gateway]
listen = "127.0.0.1:0"

[admin]
listen = "127.0.0.1:0"

[[upstream]]
name = "main"
address = "{upstream}"
"""


@dataclass
class Opened:
    """A deployment that is served, a house that checks documents, and a portal between them."""

    deployment: Deployment
    served: Served
    house: House
    vendors: dict[str, Vendor]
    address: str


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """The letter in force, and Zoe, of whom nothing is known."""
    folder, beside = (tmp_path_factory.mktemp(name) for name in ("vendors", "house"))
    made, upstream = office(folder, portal=True), Upstream()
    text = made.config.read_text().replace("[portal]", '[portal]\nlisten = "127.0.0.1:0"')
    made.config.write_text(text + ELSEWHERE.format(upstream=upstream.address))
    with house(beside) as checked:
        lay_vendors(folder, checked.address)
        made.obey(CATALOGUE, LETTER)
        made.enrol(Subject("zoe", "person"))
        deployment = Deployment(folder)
        with deployment.served() as served:
            vendors = vendors_at(read_config(made.config), checked)
            with _portal(made.config, vendors, beside) as address:
                yield Opened(deployment, served, checked, vendors, address)
    upstream.close()


@contextmanager
def _portal(toml: Path, vendors: dict[str, Vendor], folder: Path) -> Iterator[str]:
    """Serve a portal that may speak with the house, over the deployment's own socket."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = read_config(toml)
    assert config.portal is not None
    counter = Counter(config.portal_socket)
    entrance = open_entrance(config.portal, folder)
    admission = Admission(entrance, logins_of(config, counter))
    app = portal_over(config, vendors, counter, admission, address)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))

    async def serve() -> None:
        await server.serve(sockets=[listener])
        await counter.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join()
        entrance.line.close()


@pytest.fixture(scope="module")
def browser(opened: Opened) -> Iterator[Page]:
    """One browser for all of these, dark, since colours fail there first; it has a loop of its own."""
    with browser_page(dark=True, trusting=True) as page_:
        yield page_


def test_a_green_card_shown_to_a_vendor_opens_the_model(
    opened: Opened, browser: Page, tmp_path: Path
) -> None:
    """Refused, key, question, vendor, camera, back in the same browser, served with the same key."""
    key = opened.deployment.writ("key", "create", "zoe").strip()
    before = opened.served.ask(key).status_code
    browser.goto(f"{opened.address}/verify")
    browser.get_by_label("Your API key").fill(key)
    browser.keyboard.press("Enter")
    browser.get_by_role("link", name="fable-5").click()
    browser.get_by_role("button", name="Choose: Show a document to Persona").click()
    browser.get_by_role("link", name="Continue to Persona").click()
    browser.get_by_text("Camera").wait_for()
    sitting = opened.house.show("pending", GREEN_CARD)
    browser.get_by_role("link", name="Smile").click()
    browser.get_by_text("Persona has not decided yet").first.wait_for()
    assert ([], False) == (wrongs(browser), scrolls_sideways(browser))
    headers, body = opened.house.persona_event(opened.house.show("approved", GREEN_CARD), wall())
    notices = f"{opened.address}/verify/notices/persona"
    told = httpx2.post(notices, headers=headers, content=body).status_code
    waiting = opened.served.ask(key).status_code
    browser.get_by_role("link", name="Look again").click()
    browser.get_by_text("fable-5 is open to this account").wait_for()
    shot(browser, tmp_path, "done")
    assert (403, 204, 403, 200) == (before, told, waiting, opened.served.ask(key).status_code)
    with ThreadPoolExecutor() as beside:  # the browser's driver has this thread's loop
        failed = beside.submit(asyncio.run, opened.vendors["persona"].erase_due()).result()
    assert [] == failed
    assert [sitting.id] == opened.house.erased


def test_nothing_of_the_evidence_is_left(opened: Opened) -> None:
    """Names, dates, numbers and the vendor's links are in no file of the deployment and no log."""
    needles = {
        str(PERSONAL["name-last"]), str(PERSONAL["birthdate"]), "access-token", "2031-04-01",
        *opened.house.erased, SECRET.decode(),
    }  # fmt: skip
    keys = {"persona.key", "veriff.key", "vendors.secrets"}
    files = [path for path in opened.deployment.folder.rglob("*") if path.is_file()]
    found_ = [
        (path.name, needle)
        for path in [*files, opened.served.log]
        if path.name not in keys
        for needle in needles
        if needle.encode() in path.read_bytes()
    ]
    assert [] == found_
    assert any(path.name.startswith("writ.sqlite") for path in files)


@pytest.mark.parametrize("name", DATA)
def test_everybody_can_use_the_pages(browser: Page, name: str, tmp_path: Path) -> None:
    """Nothing is wrong by WCAG 2.2 AA, nothing scrolls sideways, nothing moves by itself."""
    style = bytes(sheet().body).decode()
    browser.goto("about:blank")
    for language in LANGUAGES:
        frame = Frame(language, "", "help@example.org", "form")
        text = bytes(page(name, frame, data=DATA[name], wrong="", again="").body).decode()
        link = '<link rel="stylesheet" href="/verify/style.css">'
        assert link in text
        assert "http-equiv" not in text
        browser.set_content(text.replace(link, f"<style>{style}</style>"))
        shot(browser, tmp_path, f"{name}-{language}")
        assert ([], False) == (wrongs(browser), scrolls_sideways(browser)), language
