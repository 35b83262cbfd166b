"""What the record's files are called, and what its pages may load: for whoever writes and serves them.

An order may be called as the page of another is: its editions lie in a folder that no order is called.
"""

INDEX, LOG = "index.html", "log"
ENGLISH = "en"
"""The language whose pages stand at the top, and of whatever is said in no other."""
SECURITY = ".well-known/security.txt"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
CHECKING = POLICY + "; script-src 'self'; connect-src 'self'"
_PAGE = ".html"


def page_of(order: str) -> str:
    """Return where the page of an order is."""
    return f"orders/{order}{_PAGE}"


def folder_of(order: str) -> str:
    """Return where the editions of an order are."""
    return f"orders/{order}~" if order.endswith(_PAGE) else f"orders/{order}"


def place_in(language: str, place: str) -> str:
    """Return where a page is in a language: English ones at the top, others in a folder of theirs."""
    return place if language == ENGLISH else f"{language}/{place}"
