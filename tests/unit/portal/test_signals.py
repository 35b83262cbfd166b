"""Signals pushed to the portal, and fetched by it, over a real deployment."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
from starlette.applications import Starlette

from tests.worlds.door import Door, opened_door
from tests.worlds.transmitter import (
    CAEP,
    DIGEST,
    POLL,
    SSF,
    TOKEN,
    Provider,
    alice,
    event,
    registered,
    signed,
    transmitter,
)
from writ.clock import DAY, WallClock
from writ.errors import Failed
from writ.model.listeners import Address, Portal
from writ.model.subject import Fact, Value
from writ.people.signals.keysets import KeySets
from writ.people.statement import attest
from writ.portal.counter import Counter
from writ.portal.polls import MOST, Poll, start_polls
from writ.portal.signals import Hearing
from writ.portal.streams import stream_routes

BEARER = {"authorization": f"Bearer {TOKEN}"}
SET = {"content-type": "application/secevent+jwt"}
FILE = (
    registered(token=DIGEST)
    + registered(name="open", sources=["nobody"])
    + registered(name="far", keys=None, jwks_uri="https://idp.invalid/jwks.json")
)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A deployment to which `idp` may send signals, with a token, and others without."""
    with opened_door(tmp_path_factory.mktemp("signals"), FILE) as door:
        yield door


def prove(door: Door, name: str = "alice") -> None:
    """Have `idv` vouch that somebody is a citizen of the US."""
    now = WallClock().now() - DAY
    fact = Fact(
        "citizenships", (Value(("US", "")),), "at_least", 3, "idv", "idv", now, now + 9 * DAY
    )
    door.site.registry.facts.take_in(
        attest(name, fact, door.office.idv).json(), None, skip_bad=False
    )


def push(door: Door, token: str, to: str = "idp", **headers: str) -> httpx2.Response:
    """Push a SET as its transmitter does."""
    return door.send("POST", f"/signals/{to}", content=token, headers=SET | BEARER | headers)


def said(answer: httpx2.Response) -> tuple[int, str]:
    """Say how a push was answered."""
    return answer.status_code, answer.json()["err"] if answer.content else ""


def state(door: Door, key: str) -> str:
    """How an account stands."""
    headers = {"authorization": f"Bearer {key}"}
    found: str = door.ask("GET", "/status?model=fable-5", headers=headers).json()["state"]
    return found


def test_a_signal_asks_again_at_once(door: Door) -> None:
    """Who was served is asked again once the push is answered; it is 202 with nothing in it."""
    prove(door)
    key = door.key("alice")
    before = state(door, key)
    answer = push(door, signed(jti="once"))
    assert (202, b"", "en") == (
        answer.status_code, answer.content, answer.headers["content-language"],
    )  # fmt: skip
    assert ("done", "open") == (before, state(door, key))
    assert 202 == push(door, signed(jti="once")).status_code


def test_what_came_is_shown(door: Door) -> None:
    """It is counted by transmitter and event, and names nobody."""
    push(door, signed(jti="s1", events=event("stream-updated", SSF, status="paused")))
    heard = door.site.registry.signals
    [found] = [item for item in heard.heard() if item.event == "stream-updated"]
    assert ("idp", 1, 0) == (found.transmitter, found.times, found.fallen)
    assert {"idp": "paused"} == heard.streams()


def test_what_nobody_knows_is_counted_and_told(door: Door) -> None:
    """Of another family it is acknowledged; in a known one its sender hears that it took nothing back."""
    prove(door)
    foreign = event("revoked", "https://events.example/", a=1)
    with structlog.testing.capture_logs() as logged:
        answers = [
            said(push(door, signed(jti="u1", events=foreign))),
            said(push(door, signed(jti="u2", events=event("session-ended", a=1)))),
        ]
    names = ["unknown:https://events.example/revoked", f"unknown:{CAEP}session-ended"]
    counted = {item.event: item.times for item in door.site.registry.signals.heard()}
    assert [(202, ""), (400, "invalid_request")] == answers
    assert dict.fromkeys(names, 1).items() <= counted.items()
    assert names == [item["signal"] for item in logged if item["event"] == "signal not known"]
    assert "done" == state(door, door.key("alice"))


@pytest.mark.parametrize(
    ("token", "to", "headers", "answer"),
    [
        (signed(), "unknown", {}, (404, "")),
        (signed(), "idp", {"authorization": "Bearer guessed"}, (400, "authentication_failed")),
        (signed(), "idp", {"authorization": f"Basic {TOKEN}"}, (400, "authentication_failed")),
        (signed(), "idp", {"content-type": "application/jwt"}, (400, "invalid_request")),
        ("x" * 70_000, "idp", {}, (400, "invalid_request")),
        ("é", "idp", {}, (400, "invalid_request")),
        (signed(aud="another"), "idp", {}, (400, "invalid_audience")),
        (signed(header={"kid": "k9"}), "idp", {}, (400, "invalid_key")),
        (signed(), "open", {"authorization": ""}, (202, "")),
        (signed(), "far", {}, (503, "temporarily_unavailable")),
    ],
)  # fmt: skip
def test_a_push_is_answered_as_its_transmitter_understands(
    door: Door, token: str, to: str, headers: dict[str, str], answer: tuple[int, str]
) -> None:
    """Codes of RFC 8935; what is only down for now comes again."""
    assert answer == said(push(door, token, to, **headers))


def test_strangers_are_limited_and_transmitters_are_not(door: Door) -> None:
    """Whoever bears no token is told to wait; whoever bears it goes on."""
    stranger = {"authorization": "", "x-forwarded-for": "192.0.2.7"}
    found = [push(door, "x", **stranger) for _ in range(70)]
    assert ({400}, 429) == ({item.status_code for item in found[:60]}, found[-1].status_code)
    assert int(found[-1].headers["retry-after"]) > 0
    known = stranger | BEARER
    assert 202 == push(door, signed(), **known).status_code


def test_a_portal_that_is_broken_into_makes_nobody_fall(door: Door) -> None:
    """The control process proves what it is handed, whoever hands it on."""
    prove(door)
    forged = signed(iss="https://evil.example")
    for body in ({"transmitter": "idp", "set": forged}, {"transmitter": "evil", "set": forged}):
        assert 409 == door.at_the_counter("/signal", body).status_code
    assert "done" == state(door, door.key("alice"))


def test_without_transmitters_nothing_is_heard(tmp_path: Path) -> None:
    """A deployment without [signals] has no place for them."""
    with opened_door(tmp_path) as door:
        assert (404, 404) == (
            push(door, signed()).status_code,
            door.at_the_counter("/signal", {"transmitter": "idp", "set": "x"}).status_code,
        )


def poll(door: Door, provider: Provider, tmp_path: Path) -> Poll:
    """A poll of the provider, for the deployment."""
    (tmp_path / "idp.token").write_text("secret\n")
    sender = replace(transmitter(poll=POLL), poll_token=tmp_path / "idp.token")
    counter = Counter(Path("none"))
    counter._http = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=door.counter), base_url="http://writ"
    )
    return Poll(Hearing({"idp": sender}, KeySets(provider), counter), sender, provider)


def once(door: Door, asking: Poll) -> None:
    """Ask once."""
    door.loop.run_until_complete(asking.once())


def test_sets_are_fetched_carried_out_and_acknowledged(door: Door, tmp_path: Path) -> None:
    """Two at a time, each acknowledged or refused with its reason; the bearer token goes along."""
    prove(door)
    sets: dict[str, Any] = {
        "j1": signed(jti="p1"),
        "bad": signed(jti="bad", aud="another"),
        "odd": 5,
        "new": signed(jti="p3", events=event("session-ended", a=1)),
        "j2": signed(jti="p2"),
    }
    provider = Provider(sets=sets, most=2)
    once(door, poll(door, provider, tmp_path))
    assert {} == provider.sets
    assert "open" == state(door, door.key("alice"))
    told = [(item["ack"], sorted(item["setErrs"])) for item in provider.heard]
    assert [([], []), (["j1"], ["bad"]), ([], ["new", "odd"]), (["j2"], [])] == told
    assert ("invalid_audience", "invalid_request", True) == (
        provider.heard[1]["setErrs"]["bad"]["err"],
        provider.heard[2]["setErrs"]["new"]["err"],
        provider.heard[0]["returnImmediately"],
    )
    assert "Bearer secret" == provider.headers[0]["Authorization"]


def test_what_is_down_for_now_is_not_acknowledged(door: Door, tmp_path: Path) -> None:
    """A SET that could not be carried out stays with its transmitter; nobody asks on and on."""
    provider = Provider(sets={"j1": signed()}, most=1)
    asking = poll(door, provider, tmp_path)
    asking.hearing.counter._http = httpx2.AsyncClient(
        transport=httpx2.AsyncHTTPTransport(uds=str(tmp_path / "nobody")), base_url="http://writ"
    )
    provider.sets["j2"] = signed(jti="j2")
    with structlog.testing.capture_logs() as logged:
        once(door, asking)
    assert (1, ["j1", "j2"], ["signal waits"]) == (
        len(provider.heard), list(provider.sets), [item["event"] for item in logged],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": 403}, "`idp` answers 403 to a poll"),
        ({"body": b"[]"}, "is not a JSON object"),
        ({"body": b"{}"}, "has no `sets` of 100 at most"),
        ({"body": json.dumps({"sets": dict.fromkeys(map(str, range(MOST + 1)))}).encode()}, "has no `sets`"),
        ({"down": True}, "does not answer"),
    ],
)  # fmt: skip
def test_a_transmitter_that_answers_otherwise_is_logged_and_asked_again(
    door: Door, tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    """What went wrong stands in the log; the next time may do better."""
    provider = Provider(**changes)
    asking = poll(door, provider, tmp_path)

    async def twice() -> None:
        task = asyncio.create_task(asking.keep())
        async with asyncio.timeout(20):
            while not logged:  # noqa: ASYNC110 - a log
                await asyncio.sleep(0)
        task.cancel()

    with structlog.testing.capture_logs() as logged:
        door.loop.run_until_complete(twice())
    assert ("signals not fetched", True) == (logged[0]["event"], why in logged[0]["why"])


def test_a_token_that_is_not_there_is_told(door: Door, tmp_path: Path) -> None:
    """Nothing is asked without it."""
    provider = Provider()
    asking = poll(door, provider, tmp_path)
    (tmp_path / "idp.token").unlink()
    with pytest.raises(Failed, match=r"cannot read .*idp\.token"):
        once(door, asking)
    assert [] == provider.heard


def test_only_who_is_to_be_asked_is_asked(door: Door, tmp_path: Path) -> None:
    """Whoever pushes is not asked; whoever is asked without a token bears none."""
    provider = Provider()
    first = poll(door, provider, tmp_path)
    asked = transmitter(poll=POLL)
    hearing = Hearing(
        {"idp": transmitter(), "asked": asked}, first.hearing.keys, first.hearing.counter
    )

    async def started() -> int:
        tasks = start_polls(hearing, provider)
        async with asyncio.timeout(20):
            while not provider.heard:  # noqa: ASYNC110 - a list of the world's
                await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        return len(tasks)

    assert (1, {}) == (door.loop.run_until_complete(started()), provider.headers[0])


def test_a_key_that_was_not_made_yet_is_not_there(tmp_path: Path) -> None:
    """Whoever asks for our keys before is told that there are none."""
    portal = Portal(Address("127.0.0.1", 0), "https://v.example/here", frozenset(), "")
    app = Starlette(routes=stream_routes(portal, Counter(tmp_path), tmp_path / "signals.jwks"))

    async def ask() -> list[int]:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="https://v.example") as http:
            paths = ("/.well-known/ssf-configuration/here", "/here/signals/jwks.json")
            return [(await http.get(path)).status_code for path in paths]

    assert [200, 404] == asyncio.run(ask())
    (tmp_path / "signals.jwks").write_text("{}")
    assert [200, 200] == asyncio.run(ask())


def test_nothing_of_a_signal_is_left(door: Door) -> None:
    """Its token, signature, jti and whom it names are in no file but the one that registers its sender."""
    prove(door)
    token = signed(jti="unforgotten-jti", sub_id={**alice(), "sub": "unforgotten"})
    fell = signed(jti="unforgotten-too")
    assert [202, 202] == [push(door, item).status_code for item in (token, fell)]
    needles = {
        b"unforgotten",
        *(part[-40:].encode() for item in (token, fell) for part in item.split(".")),
    }
    files = [path for path in door.office.folder.rglob("*") if path.is_file()]
    left = [(path.name, item) for path in files for item in needles if item in path.read_bytes()]
    assert [] == left
    assert any(path.name.startswith("writ.sqlite") for path in files)
