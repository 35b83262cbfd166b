"""Somebody shows a green card to a vendor, in a real browser; the pages about it in every language."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from playwright.sync_api import Page

from tests.worlds.browser import CHROMIUM, browser_page, scrolls_sideways, shot, wrongs
from tests.worlds.idv import GREEN_CARD
from tests.worlds.vendor_door import VendorDoor, vendor_door
from writ.clock import wall
from writ.portal.pages import Frame, page, sheet
from writ.portal.words import LANGUAGES

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium here")

LINK = "https://withpersona.com/verify?code=us1-a"
DATA: dict[str, dict[str, Any]] = {
    "persona-start": {"link": LINK},
    "persona-elsewhere": {"code": "1234 5678"},
    "veriff-wait": {"link": LINK},
}


@contextmanager
def served(at: VendorDoor) -> Iterator[str]:
    """Serve the portal on loopback; give its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(at.portal(address), log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[VendorDoor, str]]:
    """A deployment, a house that checks documents, and a portal between them, with its address."""
    with vendor_door(tmp_path_factory.mktemp("vendors")) as at, served(at) as address:
        yield at, address


@pytest.fixture(scope="module")
def browser(opened: tuple[VendorDoor, str]) -> Iterator[Page]:
    """One browser for all of these, dark, since colours fail there first; it has a loop of its own."""
    with browser_page(dark=True, trusting=True) as page_:
        yield page_


def test_a_green_card_shown_to_a_vendor_opens_the_model(
    opened: tuple[VendorDoor, str], browser: Page, tmp_path: Path
) -> None:
    """Key, question, vendor, camera, back in the same browser, done: every page can be used."""
    at, address = opened
    key = at.door.key("zoe")
    browser.goto(f"{address}/verify")
    browser.get_by_label("Your API key").fill(key)
    browser.keyboard.press("Enter")
    browser.get_by_role("link", name="fable-5").click()
    browser.get_by_role("button", name="Choose: Show a document to Persona").click()
    browser.get_by_role("link", name="Continue to Persona").click()
    browser.get_by_text("Camera").wait_for()
    sitting = at.house.show("pending", GREEN_CARD)
    browser.get_by_role("link", name="Smile").click()
    browser.get_by_text("Persona has not decided yet").first.wait_for()
    assert ([], False) == (wrongs(browser), scrolls_sideways(browser))
    headers, body = at.house.persona_event(at.house.show("approved", GREEN_CARD), wall())
    told = httpx2.post(f"{address}/verify/notices/persona", headers=headers, content=body)
    assert 204 == told.status_code
    browser.get_by_role("link", name="Look again").click()
    browser.get_by_text("fable-5 is open to this account").wait_for()
    shot(browser, tmp_path, "done")
    asked = {"authorization": f"Bearer {key}"}
    state = httpx2.get(f"{address}/verify/status?model=fable-5", headers=asked).json()
    assert "done" == state["state"]
    assert 1 == at.methods["persona"]._erasures.count().sessions
    assert sitting.id in at.house.sittings


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
