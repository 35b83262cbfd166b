"""Where a visitor comes from, as a proxy says it."""

import pytest
from starlette.requests import Request

from writ.model.listeners import Address, Portal
from writ.portal.arrivals import address_of

PORTAL = Portal(
    Address("127.0.0.1", 0),
    "https://verify.example.org",
    frozenset({"10.0.0.1"}),
    "help@example.org",
)


def asked(peer: str, *forwarded: str) -> Request:
    """A request with such headers, one after the other."""
    headers = [(b"x-forwarded-for", text.encode()) for text in forwarded]
    return Request({"type": "http", "headers": headers, "client": (peer, 1)})


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("192.0.2.7",), "192.0.2.7"),
        ("10.0.0.1", ("203.0.113.1, 192.0.2.7",), "192.0.2.7"),
        ("10.0.0.1", ("203.0.113.1", "192.0.2.7"), "192.0.2.7"),
        ("192.0.2.9", ("203.0.113.1",), "192.0.2.9"),
    ],
)
def test_the_address_is_what_the_proxy_added(
    peer: str, forwarded: tuple[str, ...], address: str
) -> None:
    """It adds to the visitor's header, or one of its own after it; nobody else is believed."""
    assert address == address_of(asked(peer, *forwarded), PORTAL)
