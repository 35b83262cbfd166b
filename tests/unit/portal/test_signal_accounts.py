"""A provider takes back what somebody showed by signing in there, by the account alone."""

from pathlib import Path

import httpx2
import pytest

from tests.worlds.door import Door, opened_door
from tests.worlds.provider import ISSUER, Provider
from tests.worlds.provider import registered as provider_row
from tests.worlds.transmitter import DIGEST, TOKEN, event, registered, signed
from writ.clock import wall

PAIRWISE = "pairwise-4711"
SIGNALS = registered(issuer=ISSUER, named="account", sources=None, token=DIGEST)


def push(door: Door, jti: str, sub: str) -> int:
    """Push that somebody's nationality changed."""
    changed = event("token-claims-change", claims={"nationalities": ["FR"]})
    about = {"format": "iss_sub", "iss": ISSUER, "sub": sub}
    headers = {
        "authorization": f"Bearer {TOKEN}", "content-type": "application/secevent+jwt",
    }  # fmt: skip
    token = signed(iss=ISSUER, jti=jti, iat=int(wall()), sub_id=about, events=changed)
    answer: httpx2.Response = door.send("POST", "/signals/idp", content=token, headers=headers)
    return answer.status_code


def test_what_was_shown_by_signing_in_is_known_by_the_account(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The operator keeps no table of a provider's names; another account's signal does nothing."""
    folders: list[Path] = [tmp_path_factory.mktemp(name) for name in ("door", "own")]
    own = Provider()
    row = provider_row(folders[1], login={"claim": "sub"})
    with opened_door(folders[0], SIGNALS, more={"oidc": 3}, providers=[(row, own)]) as door:
        door.enter(door.key("alice"))
        door.ask("GET", "/question?model=fable-5")
        went = door.post("/begin", method="oidc", question="0").text
        address = went.split('rel="noreferrer"')[0].rpartition('href="')[2].partition('"')[0]
        door.ask("GET", "/with/national", params=own.sign_in(address.replace("&amp;", "&")))
        standing = []
        for sub in ("alice", PAIRWISE):
            assert 202 == push(door, sub, sub)
            standing.append(len(door.site.registry.those(["alice"])["alice"].subject.facts))
    assert [1, 0] == standing
