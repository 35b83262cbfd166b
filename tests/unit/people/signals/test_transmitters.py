from pathlib import Path

import pytest

from tests.worlds.transmitter import DIGEST, JWKS, POLL, key_set, registered, transmitter
from writ.errors import Failed, InvalidInput
from writ.people.signals.transmitters import load_transmitters, read_transmitters


def faults(text: str) -> list[tuple[int, str]]:
    """Say what is wrong with a file, and where."""
    with pytest.raises(InvalidInput) as error:
        read_transmitters(text.encode(), Path("signals.toml"))
    return [(fault.line, fault.message) for fault in error.value.faults]


def test_a_file_names_whose_signals_are_believed(tmp_path: Path) -> None:
    """Everything of a transmitter is read; paths are beside the file."""
    file = tmp_path / "signals.toml"
    more = {"token": DIGEST, "poll": POLL, "poll_token": "idp.token", "every": 5}
    file.write_text(
        registered(keys=None, jwks_uri=JWKS, organisations=["acme"], **more)
        + registered(name="other")
    )
    found = load_transmitters(file)
    idp = found["idp"]
    assert ["idp", "other"] == list(found)
    assert (JWKS, None, DIGEST, POLL, tmp_path / "idp.token", 5) == (
        idp.jwks_uri, idp.keys, idp.token, idp.poll, idp.poll_token, idp.every,
    )  # fmt: skip
    assert [["idv"], ["acme"]] == [sorted(idp.sources), sorted(idp.organisations)]


def test_an_account_needs_no_sources() -> None:
    """Whoever names accounts speaks of what was shown with them."""
    assert frozenset() == transmitter(named="account", sources=None).sources


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The path stands in the error."""
    with pytest.raises(Failed, match=r"cannot read .*signals\.toml"):
        load_transmitters(tmp_path / "signals.toml")


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("transmitter = ", 1, "not TOML"),
        ("", 1, "write 1 to 1000 transmitters"),
        ("transmitter = 1", 1, "write 1 to 1000 transmitters"),
        ("\n" + registered(colour="red"), 2, "unknown field `colour`"),
        (registered(named="phone"), 1, "invalid enum value 'phone'"),
        (registered(name="I D P"), 1, "`I D P` is not a name"),
        (registered() + registered(), 8, "`idp` stands twice"),
        (registered(keys=None), 1, "give either `keys` or `jwks_uri`"),
        (registered(jwks_uri=JWKS), 1, "give either `keys` or `jwks_uri`"),
        (registered(keys="{}"), 1, "the key set of `idp` is no key set"),
        (registered(keys=None, jwks_uri="http://a.example"), 1, "`jwks_uri` is no https address"),
        (registered(poll="ftp://a.example"), 1, "`poll` is no https address"),
        (registered(token="secret"), 1, "`token` is a digest; `writ signals token` makes"),
        (registered(poll_token="x"), 1, "`poll_token` is for `poll`, which is not there"),
        (registered(sources=None), 1, "say in `sources` on whose facts its signals bear"),
        (registered(every=0), 1, "expected `int` >= 1"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_at_its_line(text: str, line: int, why: str) -> None:
    """Each fault says what to write."""
    [(at, said)] = faults(text)
    assert (line, True) == (at, why in said)


def test_everything_wrong_is_told_at_once() -> None:
    """A key that is not known and two transmitters with faults: three lines."""
    text = "colour = 1\n" + registered(token="x", poll_token="y") + registered(name="o", keys="[")
    assert [1, 2, 2, 11] == [line for line, _ in faults(text)]
    assert [(1, "unknown key `colour`; write [[transmitter]]")] == faults("colour = 1")[:1]
    assert key_set() in registered()
