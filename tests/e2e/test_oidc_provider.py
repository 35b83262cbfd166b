"""People sign in at a certified provider that we did not write, with and without verified claims."""

import asyncio
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2
import pytest

from tests.worlds.node_provider import NodeProvider, node_provider
from tests.worlds.provider import SECRET, provider_file
from tests.worlds.wallet import Standing, session
from writ.errors import Failed, Refused
from writ.model.subject import Value
from writ.people.accounts import account_credential
from writ.people.methods import Arrival, Finding, Go, Grade
from writ.people.oidc.opened import open_oidc
from writ.signing.jose import to_base64url
from writ.signing.signer import Signer

PORTAL = "https://verify.example.org"
STRONG = "urn:example:strong"
VERIFICATION = {
    "trust_framework": "eidas",
    "assurance_level": "high",
    "time": "2026-11-20T08:00:00Z",
    "evidence": [{"document_number": "never asked for"}],
}
PEOPLE: dict[str, dict[str, Any]] = {
    name: {
        "email": f"{name}@example.org",
        "acr": acr,
        "verified": {
            "verification": VERIFICATION | {"assurance_level": level},
            "claims": {"nationalities": ["USA", "FR"], "family_name": "Unforgettable"},
        },
    }
    for name, acr, level in (
        ("ana", STRONG, "high"),
        ("low", STRONG, "low"),
        ("weak", "urn:example:weak", "high"),
    )
}


@dataclass(frozen=True)
class At:
    """The provider, and a folder in which it is registered."""

    provider: NodeProvider
    folder: Path

    def file(self, **changes: Any) -> Path:
        """Register it, as docs/oidc.md says."""
        row = {
            "id": "national",
            "name": "National ID",
            "issuer": self.provider.issuer,
            "client": "writ",
            "secret": "national.secret",
            "level": [{"framework": "eidas", "level": "high", "assurance": 3}],
            "acr": {STRONG: 3},
            "inside": True,
            "authorities": self.provider.authorities,
        }
        file = self.folder / "oidc.toml"
        file.write_text(provider_file(row | changes))
        return file

    def visit(self, address: str, login: str, deed: str = "go") -> dict[str, str]:
        """Sign in as a browser does; return what it brings back to the portal."""
        context = ssl.create_default_context(cadata=self.provider.authorities)
        with httpx2.Client(verify=context) as browser:
            answer = browser.get(address)
            while (where := urljoin(str(answer.url), answer.headers.get("location", ""))) and (
                not where.startswith(PORTAL)
            ):
                if answer.is_redirect:
                    answer = browser.get(where)
                else:
                    answer = browser.post(where, data={"login": login, "deed": deed})
        return dict(parse_qsl(urlsplit(where).query))


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[At]:
    """One provider for all of these; one client has a secret, the other a key."""
    folder = tmp_path_factory.mktemp("oidc")
    signer = Signer.generate()
    signer.save(folder / "national.key")
    (folder / "national.secret").write_text(SECRET)
    (folder / "national.secret").chmod(0o600)
    back = [f"{PORTAL}/verify/with/national"]
    kid = to_base64url(signer.public.thumbprint())
    public = {**signer.public.jwk(), "alg": "ES256", "kid": kid, "use": "sig"}
    clients: list[dict[str, Any]] = [
        {"client_id": "writ", "client_secret": SECRET, "redirect_uris": back},
        {
            "client_id": "keyed",
            "redirect_uris": back,
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [public]},
            "id_token_signed_response_alg": "PS256",
        },
    ]
    with node_provider(clients, PEOPLE) as provider:
        yield At(provider, folder)


def shown(at: At, login: str, deed: str = "go", **changes: Any) -> Finding:
    """Begin, sign in, come back."""
    method, opened = open_oidc(at.file(**changes), PORTAL, Standing()), session()

    async def begin() -> str:
        went = await method.begin(opened, "en")
        assert isinstance(went, Go)
        return went.address

    fields = at.visit(asyncio.run(begin()), login, deed)
    found = asyncio.run(method.hear(opened, Arrival("national", browser=True, fields=fields)))
    assert isinstance(found, Finding)
    return found


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"userinfo": True},
        {"client": "keyed", "auth": "key", "key": "national.key", "secret": None},
    ],
)
def test_what_a_real_provider_verified_is_proved(at: At, changes: dict[str, Any]) -> None:
    """By secret or key, RS256 or PS256, in the ID token or in UserInfo; nothing more is told."""
    found = shown(at, "ana", **changes)
    [proof] = found.proved

    assert (Value(("US", "")), Value(("FR", ""))) == proof.values
    assert Grade(3, 3, 3, 4, "eidas", "high") == replace(proof.grade, freshness=4)
    assert account_credential(at.provider.issuer, "ana") == found.credential


@pytest.mark.parametrize(
    ("login", "deed", "changes", "why"),
    [
        ("ana", "no", {}, "you declined, or the provider did not let you"),
        ("low", "go", {}, "verified you in a way that is not registered here"),
        ("weak", "go", {}, "you did not sign in .* in a way that counts here"),
    ],
)
def test_what_it_does_not_vouch_for_is_refused(
    at: At, login: str, deed: str, changes: dict[str, Any], why: str
) -> None:
    """Declined, at a level or by a sign-in that does not count."""
    with pytest.raises(Refused, match=why):
        shown(at, login, deed, **changes)


def test_a_code_is_good_once_and_for_who_has_its_verifier(at: At) -> None:
    """The provider itself refuses a code again, and one without what PKCE asks for."""
    method = open_oidc(at.file(), PORTAL, Standing())
    there = method._there["national"]

    async def twice() -> None:
        address, begun = await there.begin({}, "en")
        fields = await asyncio.to_thread(at.visit, address, "ana")
        assert "ana" == (await there.finish(begun, fields)).claims["sub"]
        with pytest.raises(Refused, match=r"does not take this code \(used, or too old\)"):
            await there.finish(begun, fields)
        address, begun = await there.begin({}, "en")
        fields = await asyncio.to_thread(at.visit, address, "ana")
        with pytest.raises(Refused, match="does not take this code"):
            await there.finish(replace(begun, verifier="x" * 43), fields)

    asyncio.run(twice())


def test_a_wrong_secret_is_for_the_operator(at: At) -> None:
    """The visitor is not told to try again with something of theirs."""
    (at.folder / "wrong.secret").write_text("wrong")
    (at.folder / "wrong.secret").chmod(0o600)
    with pytest.raises(Failed, match="does not take us for its client; tell the operator"):
        shown(at, "ana", secret="wrong.secret")


def test_a_provider_inside_is_reached_only_where_it_is_said(at: At) -> None:
    """A private address is refused by default, and so is a certificate that nobody vouches for."""
    method, opened = open_oidc(at.file(inside=False), PORTAL, Standing()), session()
    with pytest.raises(Refused, match="`localhost` is not at a public address"):
        asyncio.run(method.begin(opened, "en"))
    method = open_oidc(at.file(authorities=""), PORTAL, Standing())
    with pytest.raises(Failed, match="`localhost` does not answer"):
        asyncio.run(method.begin(opened, "en"))
    assert json.dumps(opened.state) == "{}"
