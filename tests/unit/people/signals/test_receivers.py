from pathlib import Path

import pytest

from writ.errors import Failed, InvalidInput
from writ.people.signals.receivers import Receiver, load_receivers
from writ.signing.bearer import new_token

ROW = """
[[receiver]]
name = "idp"
audience = "https://idp.example/ssf"
address = "https://idp.example/ssf/push"
named = "iss_sub"
issuer = "https://idp.example"
"""


POLLS = ROW.replace('address = "https://idp.example/ssf/push"', f'bears = "{new_token("wr")[1]}"')


def load(folder: Path, text: str = ROW) -> tuple[Receiver, ...]:
    """Read a file."""
    path = folder / "receivers.toml"
    path.write_text(text)
    return load_receivers(path)


def test_a_file_names_who_is_told(tmp_path: Path) -> None:
    """Everything of a receiver is read; the token is beside the file."""
    [found] = load(tmp_path, ROW + 'token = "idp.token"\norganisations = ["acme"]\n')
    (tmp_path / "idp.token").write_text("secret\n")
    assert ("idp", ["acme"], {"Authorization": "Bearer secret"}) == (
        found.name, sorted(found.organisations), found.headers(),
    )  # fmt: skip
    (tmp_path / "idp.token").write_bytes(b"\xff")
    assert {"Authorization": "Bearer \ufffd"} == found.headers()  # which is not sent
    (tmp_path / "idp.token").unlink()
    with pytest.raises(Failed, match=r"cannot read .*idp\.token"):
        found.headers()


@pytest.mark.parametrize(
    ("named", "issuer", "about"),
    [
        ("iss_sub", "i", {"format": "iss_sub", "iss": "i", "sub": "alice"}),
        ("opaque", "", {"format": "opaque", "id": "alice"}),
        ("email", "", {"format": "email", "email": "alice"}),
    ],
)
def test_people_are_named_as_a_receiver_knows_them(
    tmp_path: Path, named: str, issuer: str, about: dict[str, str]
) -> None:
    """In the format that is registered; without a token nothing is borne."""
    text = ROW.replace('"iss_sub"', f'"{named}"').replace('https://idp.example"\n', f'{issuer}"\n')
    [found] = load(tmp_path, text.replace('issuer = ""\n', ""))
    assert (about, {}) == (found.about("alice"), found.headers())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (ROW + ROW, "`idp` stands twice"),
        (ROW.replace('"idp"', '"I D P"'), "`I D P` is not a name"),
        (ROW.replace("https://idp.example/ssf/push", "http://idp.example"), "no https address"),
        (ROW.replace('issuer = "https://idp.example"\n', ""), "`issuer` is for"),
        (ROW.replace('"iss_sub"', '"opaque"'), "`issuer` is for"),
        (ROW + "colour = 1", "unknown field `colour`"),
        (ROW.replace('address = "https://idp.example/ssf/push"\n', ""), "say in `address`"),
        (ROW + 'bears = "guess"', "`bears` is a digest"),
        (POLLS + 'token = "idp.token"\n', "`token` is for `address`"),
        (POLLS + POLLS.replace('"idp"', '"two"'), "two receivers bear the same token"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, why: str) -> None:
    """Each fault says what to write."""
    with pytest.raises(InvalidInput, match=why):
        load(tmp_path, text)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The path stands in the error."""
    with pytest.raises(Failed, match=r"cannot read .*receivers\.toml"):
        load_receivers(tmp_path / "receivers.toml")
