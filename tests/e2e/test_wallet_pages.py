"""The pages of each way, and what else a visitor may see, in a real browser, every language, on a phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.worlds.browser import browser_page, scrolls_sideways, shot, wrongs
from writ.pages.words import LANGUAGES
from writ.people.devices.qr import qr_outline
from writ.portal.counter import Account
from writ.portal.forms import Choice
from writ.portal.pages import Frame, page, sheet

LINK = f"openid4vp://?client_id=x509_hash%3A{'a' * 43}&request_uri=https%3A%2F%2Fv.example%2Fverify"
WIDTH, OUTLINE = qr_outline(LINK)
DATA: dict[str, dict[str, Any]] = {
    "wallet-link": {"links": [LINK, "haip-vp://?"], "width": WIDTH, "outline": OUTLINE},
    "wallet-elsewhere": {"code": "1234 5678"},
    "passport-link": {"link": "writ-passport://read?at=x", "width": WIDTH, "outline": OUTLINE},
    "certificate-form": {"address": "https://cert.verify.example/verify/from/x/certificate"},
    "certificate-back": {"address": "https://verify.example/verify/with/return?code=x"},
    "declaration-form": {},
    "oidc-form": {"providers": [{"id": "a", "name": "One"}, {"id": "b", "name": "Other"}]},
    "choose": {},
    "error": {},
}
ENDS = "2026-06-12T00:00:00Z"
ACCOUNT = Account("ada", "person", "acme", "3f", ENDS, None, None, ["a"], {"b": ENDS})
MORE: dict[str, Any] = {
    "choices": [Choice("0.0", "Citizenship: France", country=True)],
    "account": ACCOUNT,
    "told": "That did not work.",
    "text": "this visit has ended; begin again",
    "back": "",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    """One browser for all pages, dark, since colours fail there first."""
    with browser_page(dark=True) as opened:
        yield opened


@pytest.mark.parametrize("name", DATA)
def test_everybody_can_use_them(browser: Page, name: str, tmp_path: Path) -> None:
    """Nothing is wrong by WCAG 2.2 AA, nothing scrolls sideways, nothing moves by itself."""
    style = bytes(sheet().body).decode()
    for language in LANGUAGES:
        frame = Frame(language, "", "help@example.org", "form")
        text = bytes(page(name, frame, data=DATA[name], wrong="", again="", **MORE).body).decode()
        link = '<link rel="stylesheet" href="/verify/style.css">'
        assert link in text
        assert "http-equiv" not in text
        browser.set_content(text.replace(link, f"<style>{style}</style>"))
        shot(browser, tmp_path, f"{name}-{language}")
        assert ([], False) == (wrongs(browser), scrolls_sideways(browser)), language
