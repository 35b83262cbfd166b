"""Sign-ins checked a second: `./dev bench oidc [--json] [--quick]`.

1. An ID token, by ES256 and by RS256, checked as a sign-in's, beside joserfc reading the same token
   and its `iss`, `aud`, `exp`, `nonce` and `sub`.
2. An attempt from its beginning to the finding, with a provider in this process: one signature
   made, two hashes for PKCE, one token checked. Beside 100,000 in an hour.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from tests.worlds.provider import ALICE, ISSUER, NOW, Provider, registered
from tests.worlds.wallet import Standing, session
from writ.people.methods import Arrival, Finding, Go
from writ.people.oidc.client import open_client
from writ.people.oidc.id_token import Expected, check_id_token
from writ.people.oidc.method import Oidc
from writ.people.oidc.published import Published
from writ.people.oidc.sign_in import SignIn

CLAIMS: dict[str, Any] = {
    "iss": ISSUER, "aud": "writ:portal", "nonce": "n", "exp": NOW + 300, "iat": NOW,
    "auth_time": NOW, **ALICE,
}  # fmt: skip
KEYS: dict[str, RSAKey | ECKey] = {
    "ES256": ECKey.generate_key("P-256", {"kid": "e"}),
    "RS256": RSAKey.generate_key(2048, {"kid": "r"}),
}
SURGE = 100_000 / 3600
"""Visitors a second."""


async def rate(work: Callable[[], Awaitable[object]], seconds: float) -> float:
    """Return how often a second some work is done, over at least so many seconds."""
    await work()
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        await work()
        count += 1
    return count / spent


async def measure(folder: Path, seconds: float) -> list[dict[str, object]]:
    """Take every measure once."""
    rows = [key.as_dict(private=False) for key in KEYS.values()]
    published = Published(registered(folder), Provider(keys=rows))
    theirs = KeySet(list(KEYS.values()))
    claims = jwt.JWTClaimsRegistry(
        now=lambda: int(NOW),
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": "writ:portal"},
        nonce={"essential": True, "value": "n"},
        sub={"essential": True},
    )
    found: list[dict[str, object]] = []
    for alg, key in KEYS.items():
        token = jwt.encode({"alg": alg, "kid": key.kid}, CLAIMS, key, algorithms=[alg])

        async def ours(token: str = token) -> None:
            await check_id_token(token, published, Expected("n", NOW), NOW)

        async def joserfc(token: str = token, alg: str = alg) -> None:
            claims.validate(jwt.decode(token, theirs, algorithms=[alg]).claims)

        mine, peer = await rate(ours, seconds), await rate(joserfc, seconds)
        found.append({"work": alg, "a_second": round(mine), "of_joserfc": round(mine / peer, 2)})
    return [*found, await attempts(folder, seconds)]


async def attempts(folder: Path, seconds: float) -> dict[str, object]:
    """Begin, sign in, come back."""
    provider, row = Provider(), registered(folder)
    there = SignIn(
        Published(row, provider), open_client(row), provider, "https://v.example/x", lambda: NOW
    )
    method = Oidc({"national": there}, Standing(), lambda: NOW)

    async def attempt() -> None:
        opened = session()
        went = await method.begin(opened, "en")
        assert isinstance(went, Go)
        fields = provider.sign_in(went.address)
        provider.shown.clear()
        came = await method.hear(opened, Arrival("national", browser=True, fields=fields))
        assert isinstance(came, Finding)

    done = await rate(attempt, seconds)
    return {"work": "attempt", "a_second": round(done), "of_a_surge": round(done / SURGE, 1)}


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(Path(folder), 0.2 if given.quick else 3.0))
    if given.json:
        print(json.dumps(found))
        return
    for row in found:
        print("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
