import pytest

from writ.signing.bearer import bears, new_token


@pytest.mark.parametrize(
    ("header", "borne"),
    [
        ("Bearer {}", True),
        ("bearer  {} ", True),
        ("Basic {}", False),
        ("Bearer {}x", False),
        ("Bearer", False),
        ("{}", False),
        ("", False),
    ],
)
def test_a_token_is_known_by_its_digest(header: str, borne: bool) -> None:  # noqa: FBT001
    """As a bearer token and whole; its digest is not itself one."""
    token, known = new_token("wr")
    assert borne == bears(header.format(token), known)
    assert not bears(header.format(known), known)
