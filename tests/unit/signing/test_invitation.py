import base64
import uuid

import pytest

from writ.errors import Refused
from writ.signing.invitation import Invitation, question_named, read_invitation

SECRET = b"s" * 32
GOOD = Invitation(b"a" * 16, question_named("fable-5", "sha256:0"), uuid.UUID(int=7), 1000)
TOKEN = GOOD.sealed(SECRET)


def altered(place: int) -> str:
    """The token with one bit of its bytes turned over."""
    data = bytearray(base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4)))
    data[place] ^= 1
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_an_invitation_says_what_it_was_minted_for() -> None:
    """Account, question, decision and end come back as they were, until the end."""
    assert GOOD == read_invitation(TOKEN, SECRET, 999.9)
    assert 98 == len(TOKEN)


@pytest.mark.parametrize(
    ("token", "secret", "now"),
    [
        (TOKEN, SECRET, 1000.0),
        (TOKEN, b"t" * 32, 0.0),
        *((altered(place), SECRET, 0.0) for place in range(73)),
        (TOKEN[:-1], SECRET, 0.0),
        (TOKEN + "=", SECRET, 0.0),
        (TOKEN + "AAAA", SECRET, 0.0),
        ("", SECRET, 0.0),
        ("\u2603", SECRET, 0.0),
    ],
)
def test_anything_else_is_refused(token: str, secret: bytes, now: float) -> None:
    """Too old, another's, altered anywhere, cut, lengthened, spelt otherwise: the same words."""
    with pytest.raises(Refused, match="this link is not good any more"):
        read_invitation(token, secret, now)


def test_a_question_is_a_model_under_rules() -> None:
    """Another model, or the same under other rules, is another question."""
    assert question_named("a", "r") == question_named("a", "r")
    assert 3 == len({question_named("a", "r"), question_named("b", "r"), question_named("a", "s")})
