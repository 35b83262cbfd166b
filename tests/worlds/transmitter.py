"""An identity provider that tells what happened: its keys, its SETs, and where it is asked for them."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc import jws as joserfc
from joserfc.jwk import RSAKey

from writ.clock import wall
from writ.errors import Failed
from writ.people.fetch import Answer, Outgoing
from writ.people.signals.transmitters import Transmitter, read_transmitters
from writ.signing.bearer import new_token

NOW = int(wall())
"""When it signs: a suite may take minutes from here to a test."""

ISSUER = "https://idp.example"
AUDIENCE = "https://verify.example.org/signals"
JWKS, POLL = "https://idp.example/jwks.json", "https://idp.example/poll"
CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
SSF = "https://schemas.openid.net/secevent/ssf/event-type/"
RSA = RSAKey.generate_key(2048, {"kid": "k1"})
REVOKED: dict[str, Any] = {"credential_type": "verifiable-credential", "change_type": "revoke"}
TOKEN, DIGEST = new_token("ws")


def alice(**more: str) -> dict[str, str]:
    """Alice, by her account at the provider."""
    return {"format": "iss_sub", "iss": ISSUER, "sub": "alice", **more}


def event(name: str = "credential-change", base: str = CAEP, **fields: Any) -> dict[str, Any]:
    """An event: a credential that was revoked, unless another is named."""
    return {base + name: fields or REVOKED}


def signed(
    claims: dict[str, Any] | None = None,
    header: dict[str, Any] | None = None,
    key: RSAKey = RSA,
    **changes: Any,
) -> str:
    """A SET of this provider, any part of which a test may change; None leaves a claim out."""
    whole = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": NOW,
        "jti": "j1",
        "sub_id": alice(),
        "events": event(),
    } | (claims or {})
    kept = {name: value for name, value in (whole | changes).items() if value is not None}
    head = {"typ": "secevent+jwt", "alg": "RS256", "kid": "k1"} | (header or {})
    said = json.dumps(kept).encode()
    return joserfc.serialize_compact(head, said, key, algorithms=[head["alg"]])


def key_set(*keys: RSAKey) -> str:
    """What it publishes."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys or (RSA,)]})


def registered(**changes: Any) -> str:
    """The provider as it stands in the file of [signals]; None leaves a key out."""
    row = {
        "name": "idp",
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "named": "id",
        "keys": key_set(),
        "sources": ["idv"],
    } | changes
    lines = [f"{key} = {_toml(value)}" for key, value in row.items() if value is not None]
    return "\n".join(["[[transmitter]]", *lines]) + "\n"


def transmitter(**changes: Any) -> Transmitter:
    """The provider as it is read from there."""
    [found] = read_transmitters(registered(**changes).encode(), Path("signals.toml")).values()
    return found


def _toml(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)


@dataclass
class Provider:
    """Publishes its keys, gives SETs away until they are acknowledged; counts what it is asked."""

    keys: str = field(default_factory=key_set)
    sets: dict[str, Any] = field(default_factory=dict)
    most: int = 100
    down: bool = False
    status: int = 200
    body: bytes | None = None
    asked: int = 0
    heard: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def get(self, uri: str, accept: str, limit: int) -> bytes:
        """Give the keys."""
        assert (JWKS, True) == (uri, "application/jwk-set+json" in accept)
        self.asked += 1
        if self.down:
            raise Failed("`idp.example` does not answer; try again later")
        return self.keys.encode()[:limit]

    async def send(self, outgoing: Outgoing, limit: int) -> Answer:
        """Take acknowledgements, and give what is left (RFC 8936)."""
        assert (POLL, "application/json", "POST") == (
            outgoing.uri, outgoing.content_type, outgoing.verb,
        )  # fmt: skip
        asked = json.loads(outgoing.body)
        self.heard.append(asked)
        self.headers.append(dict(outgoing.headers))
        if self.down:
            raise Failed("`idp.example` does not answer; try again later")
        for jti in (*asked["ack"], *asked["setErrs"]):
            self.sets.pop(jti, None)
        given = dict(list(self.sets.items())[: self.most])
        answer = {"sets": given, "moreAvailable": len(self.sets) > len(given)}
        body = json.dumps(answer).encode() if self.body is None else self.body
        return Answer(self.status, body[:limit])
