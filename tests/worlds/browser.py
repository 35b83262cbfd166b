"""Debian's Chromium, driven as a visitor would, with every page held against WCAG 2.2 AA by axe."""

import importlib.resources
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PHONE = {"width": 390, "height": 844}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def browser_page(
    *,
    dark: bool = False,
    language: str = "en",
    size: dict[str, int] = PHONE,
    trusting: bool = False,
) -> Iterator[Page]:
    """A page of a new browser, without JavaScript of the page's own; `trusting`: any certificate."""
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            context = chromium.new_context(
                viewport={"width": size["width"], "height": size["height"]},
                color_scheme="dark" if dark else "light",
                locale=language,
                ignore_https_errors=trusting,
            )
            page = context.new_page()
            page.set_default_timeout(15_000)
            yield page
        finally:
            chromium.close()


def wrongs(page: Page) -> list[str]:
    """What axe finds wrong with a page, one line each."""
    axe = importlib.resources.files("axe_playwright_python") / "axe.min.js"
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate(
        "tags => axe.run({runOnly: {type: 'tag', values: tags}})"
        ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' ')))",
        TAGS,
    )
    assert isinstance(found, list)
    return [str(item) for item in found]


def scrolls_sideways(page: Page) -> bool:
    """Whether a page is wider than what shows it (WCAG 1.4.10)."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def shot(page: Page, folder: Path, name: str) -> None:
    """Keep a picture of a whole page."""
    page.screenshot(path=folder / f"{name}.png", full_page=True)
