"""A small OpenID provider: what it publishes, whom it signs in, what it answers, without a network.

It does what a good one does; a test changes any one thing: the metadata, a claim (None: it is left
out), a header, the key it signs with, or the bytes of a whole answer.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from tests.worlds.issuers import b64, jwk, jws, new_key
from writ.errors import Failed
from writ.people.fetch import Answer, Outgoing
from writ.people.oidc.providers import Provider as Registered
from writ.people.oidc.providers import read_providers

ISSUER = "https://id.example"
NOW = 1_790_000_000.0
SECRET = "open sesame: 100%"
KEY = new_key(number=70)
ALICE: dict[str, Any] = {
    "sub": "pairwise-4711",
    "acr": "http://eidas.europa.eu/LoA/high",
    "verified_claims": {
        "verification": {
            "trust_framework": "eidas",
            "assurance_level": "high",
            "time": "2026-09-01T08:00:00Z",
        },
        "claims": {"nationalities": ["USA"]},
    },
}
"""Somebody whom it has verified."""


def registered(folder: Path, **changes: Any) -> Registered:
    """Return how an operator registers it; None leaves a key out."""
    (folder / "id.secret").write_text(f"{SECRET}\n")
    (folder / "id.secret").chmod(0o600)
    row: dict[str, Any] = {
        "id": "national",
        "name": "National ID",
        "issuer": ISSUER,
        "client": "writ:portal",
        "secret": "id.secret",
        "level": [{"framework": "eidas", "level": "high", "assurance": 3}],
        "acr": {"http://eidas.europa.eu/LoA/high": 3},
        **changes,
    }
    file = folder / "providers.toml"
    file.write_text(provider_file(row))
    [found] = read_providers(file.read_bytes(), file)
    return found


def provider_file(*rows: Mapping[str, Any]) -> str:
    """Write providers down."""
    lines: list[str] = []
    for row in rows:
        lines.append("[[provider]]")
        lines += [f"{key} = {_toml(item)}" for key, item in row.items() if item is not None]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    match value:
        case dict():
            return f"{{{', '.join(f'{json.dumps(k)} = {_toml(v)}' for k, v in value.items())}}}"
        case list():
            return f"[{', '.join(_toml(item) for item in value)}]"
        case _:
            return json.dumps(value)


@dataclass
class Changed:
    """What a test has it do otherwise."""

    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    key: ec.EllipticCurvePrivateKey = KEY
    keys: list[dict[str, Any]] | None = None
    token: Answer | None = None
    userinfo: dict[str, Any] = field(default_factory=dict)
    userinfo_status: int = 200


@dataclass
class _Code:
    asked: dict[str, str]
    claims: dict[str, Any]


class Provider:
    """Both ports of what is fetched; `heard` are the requests that came. `down`: nothing is answered."""

    def __init__(self, **changes: Any) -> None:
        self.changed = Changed(**changes)
        self.now = NOW
        self.down = False
        self.heard: list[str] = []
        self.shown: list[str] = []
        self._codes: dict[str, _Code] = {}

    async def get(self, uri: str, accept: str, limit: int) -> bytes:
        """Publish."""
        self.heard.append(urlsplit(uri).path)
        if self.down:
            raise Failed("`id.example` does not answer; try again later")
        if uri.endswith("/.well-known/openid-configuration"):
            return json.dumps(_kept(self._metadata() | self.changed.metadata)).encode()
        assert f"{ISSUER}/keys" == uri
        rows = [jwk(KEY) | {"kid": "k1", "use": "sig"}]
        return json.dumps({"keys": self.changed.keys or rows}).encode()

    async def send(self, outgoing: Outgoing, limit: int) -> Answer:
        """Exchange a code, or tell about whoever has an access token."""
        self.heard.append(urlsplit(outgoing.uri).path)
        if outgoing.uri == f"{ISSUER}/userinfo":
            sub = outgoing.headers["Authorization"].removeprefix("Bearer access-")
            told = {"sub": sub, "verified_claims": ALICE["verified_claims"]}
            body = json.dumps(told | self.changed.userinfo).encode()
            return Answer(self.changed.userinfo_status, body)
        assert f"{ISSUER}/token" == outgoing.uri
        if self.changed.token is not None:
            return self.changed.token
        sent = dict(parse_qsl(outgoing.body.decode(), strict_parsing=True))
        if not _is_client(sent, outgoing.headers):
            return Answer(401, b'{"error":"invalid_client"}')
        code = self._codes.pop(sent["code"], None)
        if code is None or not _fits(code.asked, sent):
            return Answer(400, b'{"error":"invalid_grant"}')
        return Answer(200, self._tokens(code))

    def sign_in(self, address: str, **claims: Any) -> dict[str, str]:
        """Sign somebody in who came by an address; return what the browser goes back with."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        code = b64(hashlib.sha256(address.encode()).digest())
        self._codes[code] = _Code(asked, ALICE | claims)
        self.shown += [code, asked["nonce"]]
        return {"code": code, "state": asked["state"], "iss": ISSUER}

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize?tenant=1",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def _tokens(self, code: _Code) -> bytes:
        access = f"access-{code.claims['sub']}"
        digest = hashlib.sha256(access.encode()).digest()
        claims = {
            "iss": ISSUER,
            "aud": code.asked["client_id"],
            "exp": self.now + 300,
            "iat": self.now,
            "auth_time": self.now - 5,
            "nonce": code.asked["nonce"],
            "at_hash": b64(digest[:16]),
            **code.claims,
            **self.changed.claims,
        }
        header = _kept({"alg": "ES256", "kid": "k1"} | self.changed.header)
        token = jws(header, _kept(claims), self.changed.key)
        self.shown += [token, access]
        answer = {"access_token": access, "token_type": "Bearer", "id_token": token}
        return json.dumps(_kept(answer | self.changed.answer)).encode()


def _is_client(sent: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    if "client_assertion" in sent:
        return sent["client_id"] == "writ:portal"
    if "client_secret" in sent:
        return (sent["client_id"], sent["client_secret"]) == ("writ:portal", SECRET)
    pair = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
    return [unquote(part) for part in pair.split(":")] == ["writ:portal", SECRET]


def _fits(asked: Mapping[str, str], sent: Mapping[str, str]) -> bool:
    challenge = b64(hashlib.sha256(sent["code_verifier"].encode()).digest())
    return (challenge, sent["redirect_uri"]) == (asked["code_challenge"], asked["redirect_uri"])


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
