"""The page that people see who stand in line, in a browser, in every language, by keyboard."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds.browser import CHROMIUM, browser_page, scrolls_sideways, shot, wrongs
from tests.worlds.door import Door, opened_door
from writ.pages.words import LANGUAGES

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium here")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Somebody stands in line behind others."""
    with opened_door(tmp_path_factory.mktemp("line"), portal="per_second = 1\n") as door:
        key = door.key("alice")
        for _ in range(9):
            door.cookies.clear()
            door.enter(key)
        yield door


def test_the_page_keeps_the_rules_in_every_language(
    door: Door, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nothing is wrong with it by WCAG, nothing is cut on a telephone, the keyboard reaches all."""
    pictures = tmp_path_factory.mktemp("pictures")
    style = door.ask("GET", "/style.css").text
    written = {code: door.ask("GET", f"/waiting?lang={code}").text for code in LANGUAGES}
    reached = []
    with browser_page(dark=True) as page:
        for code, text in written.items():
            html = re.sub(r"<meta http-equiv[^>]*>", "", text)
            page.set_content(html.replace("</head>", f"<style>{style}</style></head>"))
            shot(page, pictures, f"waiting-{code}")
            assert ([], False) == (wrongs(page), scrolls_sideways(page))
            for _ in range(len(LANGUAGES) + 1):
                page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
    assert ["/verify/waiting"] * len(LANGUAGES) == reached
