"""The file of providers, and what is opened from it."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.issuers import root
from tests.worlds.provider import SECRET, provider_file, registered
from tests.worlds.wallet import Standing, session
from writ.errors import Failed, InvalidInput, Refused
from writ.people.https import HttpsFetch
from writ.people.oidc.client import SecretClient, open_client
from writ.people.oidc.opened import (
    open_fetch,
    open_logins,
    open_oidc,
    open_providers,
    open_published,
)
from writ.people.oidc.providers import Login, read_providers

ROW: dict[str, Any] = {
    "id": "acme",
    "name": "Acme",
    "issuer": "https://login.acme.example/realms/staff",
    "client": "writ",
    "secret": "acme.secret",
    "scopes": ["email", "openid"],
    "hosts": ["keys.acme.example"],
    "login": {"claim": "email", "organisation": "acme"},
}


def test_a_provider_is_as_it_was_registered(tmp_path: Path) -> None:
    """Its own host is added, what is not said has the strict value, a login names its claim."""
    [found] = read_providers(provider_file(ROW).encode(), tmp_path / "p.toml")
    assert ("basic", tmp_path / "acme.secret", {}, 1, 0) == (
        found.auth, found.secret, found.levels, found.binding, found.level,
    )  # fmt: skip
    assert (300, ("openid", "email"), frozenset({"login.acme.example", "keys.acme.example"}), False, False) == (
        found.max_age, found.scopes, found.hosts, found.inside, found.complete,
    )  # fmt: skip
    assert Login("email", "acme") == found.login
    asked = [Login(claim, None).asked for claim in ("sub", "oid", "email")]
    both = {"email": None, "email_verified": None}
    assert [{}, {"id_token": {"oid": None}}, {"id_token": both}] == asked
    assert "acme.secret" not in repr(found)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"id": "A b"}, "`A b` is no id; write small letters, digits and hyphens"),
        ({"issuer": "http://a.example"}, "`http://a.example` is no issuer; write https://id.exam"),
        ({"issuer": "https://a.example?x"}, "is no issuer"),
        ({"issuer": "https://me@a.example"}, "is no issuer"),
        ({"secret": None}, "auth `basic` needs `secret`, the file that has it"),
        ({"auth": "key"}, "auth `key` needs `key`, the file that has it"),
        ({"key": "a.key"}, "auth `basic` has no `key`; leave it out"),
        ({"login": None}, "neither `level` nor `login`, and so would be good for nothing"),
        ({"hosts": ["https://a"]}, "`https://a` is no host; write keys.example.com"),
        ({"scopes": ["open id"]}, "`open id` is no scope; did you mean `openid`"),
        ({"acr": {"x": 4}}, "is not in its form"),
        ({"level": [{"framework": "a", "assurance": 4}]}, "is not in its form"),
        ({"level": [{"framework": "a", "assurance": 1}] * 2}, "with its level stands twice"),
        ({"colour": "red"}, "is not in its form"),
    ],
)
def test_a_row_that_is_wrong_is_told_with_its_line(
    tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    """One line each, saying what to write."""
    good = ROW | {"id": "good", "issuer": "https://good.example"}
    text = provider_file(good, ROW | change)
    line = text.rindex("[[provider]]")
    place = f"p.toml:{text[:line].count(chr(10)) + 1}:1: "
    with pytest.raises(InvalidInput, match=why) as wrong:
        read_providers(text.encode(), tmp_path / "p.toml")
    assert place in str(wrong.value)


def test_two_providers_have_two_ids(tmp_path: Path) -> None:
    """Else nobody could say whose answer it is; at one issuer people may sign in for two reasons."""
    text = provider_file(ROW, ROW | {"issuer": "https://other.example"}).encode()
    with pytest.raises(InvalidInput, match="two providers have the same `id`"):
        read_providers(text, tmp_path / "p.toml")
    assert 2 == len(read_providers(provider_file(ROW, ROW | {"id": "b"}).encode(), tmp_path))


def test_secrets_are_files_that_nobody_else_reads(tmp_path: Path) -> None:
    """One line of ASCII, mode 0600; anything else is refused by its path, never by what it holds."""
    provider = registered(tmp_path)
    file = tmp_path / "id.secret"
    assert isinstance(open_client(provider), SecretClient)
    for data in (b"", "é".encode(), b"a\nb", b"x" * 1025):
        file.write_bytes(data)
        with pytest.raises(Refused, match="is no client secret; it is one line of ASCII"):
            open_client(provider)
    file.write_text(SECRET)
    file.chmod(0o644)
    with pytest.raises(Refused, match="may be read by others; run `chmod 600` on it"):
        open_client(provider)
    file.unlink()
    with pytest.raises(Failed, match="cannot read"):
        open_client(provider)


def test_the_method_has_the_providers_that_verify(tmp_path: Path) -> None:
    """One that is for logging in alone is not offered."""
    registered(tmp_path)
    file = tmp_path / "providers.toml"
    assert open_oidc(file, "https://v.example", Standing()).offer(session().question)
    file.write_text(provider_file(ROW))
    assert None is open_oidc(file, "https://v.example", Standing()).offer(session().question)
    with pytest.raises(Failed, match="cannot read"):
        open_providers(tmp_path / "none.toml")


def test_people_sign_in_to_accounts_where_that_is_registered(tmp_path: Path) -> None:
    """The portal sends them there and back; the control process, with no secret, checks tokens."""
    (tmp_path / "acme.secret").write_text(SECRET)
    (tmp_path / "acme.secret").chmod(0o600)
    verifies = ROW | {"id": "id", "issuer": "https://id.example", "login": None}
    level = {"level": [{"framework": "eidas", "assurance": 1}]}
    file = tmp_path / "p.toml"
    file.write_text(provider_file(ROW, verifies | level))
    there = open_logins(file, "https://v.example")
    assert {"acme": "https://v.example/verify/sign-in/acme"} == {
        name: item.address for name, item in there.items()
    }
    (tmp_path / "acme.secret").unlink()
    assert ["acme"] == [item.provider.id for item in open_published(file)]


def test_a_host_inside_has_certificates_of_the_operators_own(tmp_path: Path) -> None:
    """Only where it is said, and only what can be read."""
    made = open_fetch(registered(tmp_path, inside=True, authorities=root().pem))
    assert isinstance(made, HttpsFetch)
    assert isinstance(made._context, ssl.SSLContext)
    assert 1 == made._context.cert_store_stats()["x509"]
    assert made._reachable("10.0.0.1")
    assert not open_fetch(registered(tmp_path))._reachable("10.0.0.1")
    with pytest.raises(Refused, match="`authorities` of `National ID` are no certificates in PEM"):
        open_fetch(registered(tmp_path, authorities="no"))
