"""The style of all pages of ours, and after it what some of them have of their own."""

import importlib.resources


def sheet(package: str) -> bytes:
    """Return the style sheet of a package's pages."""
    own = importlib.resources.files(package) / "pages" / "style.css"
    return (importlib.resources.files("writ.pages") / "base.css").read_bytes() + own.read_bytes()
