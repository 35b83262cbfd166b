"""A provider takes back what somebody showed by signing in there, by the account alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.worlds.door import Door, opened_door
from tests.worlds.provider import ISSUER, Provider
from tests.worlds.provider import registered as provider_row
from tests.worlds.transmitter import DIGEST, TOKEN, event, registered, signed
from writ.clock import wall
from writ.portal.guard import VISIT

PAIRWISE = "pairwise-4711"
SIGNALS = registered(issuer=ISSUER, named="account", sources=None, token=DIGEST)


CHANGED = event("token-claims-change", claims={"nationalities": ["FR"]})


def push(door: Door, jti: str, sub: str, events: dict[str, Any] = CHANGED) -> int:
    """Push that somebody's nationality changed, or something else."""
    about = {"format": "iss_sub", "iss": ISSUER, "sub": sub}
    headers = {
        "authorization": f"Bearer {TOKEN}", "content-type": "application/secevent+jwt",
    }  # fmt: skip
    token = signed(iss=ISSUER, jti=jti, iat=int(wall()), sub_id=about, events=events)
    answer: httpx2.Response = door.send("POST", "/signals/idp", content=token, headers=headers)
    return answer.status_code


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Door, Provider]]:
    """A deployment where people sign in, and the provider's signals are heard."""
    folders: list[Path] = [tmp_path_factory.mktemp(name) for name in ("door", "own")]
    own = Provider()
    row = provider_row(folders[1], login={"claim": "sub"})
    with opened_door(folders[0], SIGNALS, more={"oidc": 3}, providers=[(row, own)]) as door:
        yield door, own


def sign_in(door: Door, own: Provider, sub: str) -> httpx2.Response:
    """Sign in to an account, and come back."""
    gone = door.ask("GET", "/sign-in?provider=national").headers["location"]
    return door.ask("GET", "/sign-in/national", params=own.sign_in(gone, sub=sub))


def test_what_was_shown_by_signing_in_is_known_by_the_account(
    shared: tuple[Door, Provider],
) -> None:
    """The operator keeps no table of a provider's names; another account's signal does nothing."""
    door, own = shared
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


def test_a_revoked_session_ends_the_visit_and_signing_in_again_goes_on_with_it(
    shared: tuple[Door, Provider],
) -> None:
    """The page leads to the start; whoever signs in to the same account has what was under way."""
    door, own = shared
    door.cookies.clear()
    sign_in(door, own, "bob")
    door.ask("GET", "/question?model=fable-5")
    door.post("/begin", method="review", question="0")
    begun = door.ask("GET", "/question?model=fable-5").status_code
    visit, revoked = door.cookies[VISIT], event("session-revoked", initiating_entity="admin")
    assert 202 == push(door, "over", "bob", revoked)
    ended = door.ask("GET", "/question?model=fable-5")
    assert (200, 403) == (begun, ended.status_code)
    assert "this sign-in has ended; sign in again" in ended.text
    assert 'href="/verify?new=1"' in ended.text

    assert "/verify/question" == sign_in(door, own, "bob").headers["location"]
    went_on = door.ask("GET", "/with/look")
    assert (visit, 200) == (door.cookies[VISIT], door.ask("GET", "/question").status_code)
    assert went_on.status_code != 403
    sign_in(door, own, "alice")
    assert visit != door.cookies[VISIT]
    assert 403 == sign_in(door, own, "nobody").status_code
