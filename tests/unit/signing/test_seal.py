import pytest

from writ.errors import Refused
from writ.signing.seal import seal, unseal

SECRET = b"s" * 32


def test_what_was_sealed_opens_for_its_purpose() -> None:
    """The same bytes come back, sealed differently each time, without a trace of them."""
    first, second = (seal(SECRET, "revocation", b"https://issuer/7") for _ in range(2))

    assert b"https://issuer/7" == unseal(SECRET, "revocation", first)
    assert first != second
    assert b"issuer" not in first


@pytest.mark.parametrize(
    ("secret", "purpose", "cut"),
    [(b"t" * 32, "revocation", 99), (SECRET, "papers", 99), (SECRET, "revocation", 5)],
)
def test_nothing_else_opens(secret: bytes, purpose: str, cut: int) -> None:
    """Another secret, another purpose, and what was cut short."""
    with pytest.raises(Refused, match="does not open"):
        unseal(secret, purpose, seal(SECRET, "revocation", b"x" * 20)[:cut])
