"""A receiver of signals asks about its stream and polls it, over a real deployment."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
from joserfc import jws
from joserfc.jwk import KeySet

from tests.worlds.door import ADDRESS, Door, opened_door
from writ.clock import DAY, WallClock
from writ.model.subject import Fact, Value
from writ.people.signals.receivers import load_receivers
from writ.people.statement import attest
from writ.portal import streams
from writ.serve.streams import open_writer
from writ.serve.telling import Teller
from writ.signing.bearer import new_token
from writ.store.signal_tables import stream, telling
from writ.store.tellings import count_tellings

TOKEN, DIGEST = new_token("wr")
PUSHED, PUSHED_DIGEST = new_token("wr")
FILE = f"""
[[receiver]]
name = "idp"
audience = "https://idp.example"
named = "opaque"
bears = "{DIGEST}"

[[receiver]]
name = "pushed"
audience = "https://other.example"
address = "https://other.example/push"
named = "opaque"
bears = "{PUSHED_DIGEST}"

[[receiver]]
name = "silent"
audience = "https://third.example"
address = "https://third.example/push"
named = "opaque"
"""
ACK: dict[str, Any] = {"returnImmediately": True}


@dataclass
class Asking:
    """A receiver with a token, and who judges for it."""

    door: Door
    teller: Teller
    token: str = TOKEN
    now: float = 0.0

    def ask(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        """Ask at an address of the API."""
        headers = {"authorization": f"Bearer {self.token}"}
        sent = {} if body is None else {"json": body}
        return self.door.send(method, f"/ssf/{path}", headers=headers, **sent)

    def poll(self, **said: Any) -> dict[str, Any]:
        """Poll; return what came, each SET proved by the keys that are published."""
        answer = self.ask("POST", "poll", ACK | said)
        assert 200 == answer.status_code, answer.text
        found: dict[str, Any] = answer.json()
        keys = KeySet.import_key_set(self.door.send("GET", "/signals/jwks.json").json())
        for jti, token in found["sets"].items():
            read = jws.deserialize_compact(token, keys, algorithms=["RS256"])
            assert "secevent+jwt" == read.headers()["typ"]
            found["sets"][jti] = json.loads(read.payload)
            assert (jti, ADDRESS) == (found["sets"][jti]["jti"], found["sets"][jti]["iss"])
        return found

    def judge(self) -> None:
        """Have everybody judged again."""
        self.now += 1000.0
        self.door.loop.run_until_complete(self.teller.once())

    def counts(self) -> dict[str, int]:
        """How much waits, was sent, was refused, of the one who polls."""
        with self.door.site.store.view() as connection:
            counted = count_tellings(connection)
        return {state: count for (name, state), count in counted.items() if name == "idp"}


class Nobody:
    """Takes nothing that is pushed."""

    async def send(self, outgoing: Any, limit: int) -> Any:
        """Never be there."""
        raise AssertionError("nothing is pushed to who polls")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A deployment with an order that may be told of: it closes saga-5 to Alice and Bob."""
    folder = tmp_path_factory.mktemp("streams")
    (folder / "receivers.toml").write_text(FILE)
    with opened_door(folder, section="[receivers]\n") as door:
        yield door


@pytest.fixture
def asking(door: Door) -> Asking:
    """A receiver that was never told anything."""
    with door.site.store.unit() as connection:
        connection.execute(telling.delete())
        connection.execute(stream.delete())
    polls = [item for item in load_receivers(door.config.receivers or Path()) if not item.address]
    made = Asking(door, None)  # type: ignore[arg-type]
    made.teller = Teller(door.site, polls, open_writer(door.site), Nobody(), lambda: made.now)
    made.judge()
    return made


def told(found: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """Whom a poll told of, and what."""
    return [
        (said["sub_id"]["id"], event["claims"]["writ_models"])
        for said in found["sets"].values()
        for event in said["events"].values()
    ]


CLOSED = [("alice", {"saga-5": "closed"}), ("bob", {"saga-5": "closed"})]


def test_what_waits_is_given_until_it_is_acknowledged(asking: Asking) -> None:
    """In order, so many at a time; what is refused is logged and not given again."""
    first = asking.poll(maxEvents=1)
    again = asking.poll(maxEvents=1)
    [jti] = first["sets"]
    second = asking.poll(ack=[jti, "made-up"])
    [other] = second["sets"]
    with structlog.testing.capture_logs() as logged:
        errors = {other: {"err": "invalid_key", "description": "which?"}}
        last = asking.ask("POST", "poll", {"maxEvents": 0, "setErrs": errors}).json()

    assert (CLOSED[:1], True, first) == (told(first), first["moreAvailable"], again)
    assert (CLOSED[1:], False) == (told(second), second["moreAvailable"])
    assert {"sets": {}, "moreAvailable": False} == last
    assert {"sent": 1, "refused": 1} == asking.counts()
    assert ["invalid_key: which?"] == [item["why"] for item in logged]


def test_access_that_returns_is_told_to_who_polls(asking: Asking) -> None:
    """As to who is pushed to; and no attribute leaves."""
    asking.poll(ack=list(asking.poll()["sets"]))
    now = WallClock().now() - DAY
    fact = Fact("residence", (Value(("FR", "")),), "at_least", 2, "idv", "idv", now, now + 9 * DAY)
    line = attest("alice", fact, asking.door.office.idv).json()
    asking.door.site.registry.facts.take_in(line, None, skip_bad=False)
    asking.judge()
    found = asking.poll()
    for item in asking.door.site.registry.facts.carried("alice"):
        asking.door.site.registry.facts.revoke(item.id)
    assert [("alice", {"saga-5": "open"})] == told(found)
    assert "residence" not in json.dumps(found)


def test_a_poll_waits_for_something(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it need not return at once; and not for ever."""
    monkeypatch.setattr(streams, "EVERY", 0.01)
    taken = list(asking.poll()["sets"])

    async def wait() -> tuple[Any, Any]:
        headers = {"authorization": f"Bearer {TOKEN}"}
        more = {"headers": headers, "json": {"ack": taken}}
        nothing = await asking.door._send(asking.door.app, "POST", "/ssf/poll", more)
        waiting = asyncio.create_task(asking.door._send(asking.door.app, "POST", "/ssf/poll", more))
        await asyncio.sleep(0.03)
        more = {"headers": headers, "json": {"stream_id": "idp"}}
        await asking.door._send(asking.door.app, "POST", "/ssf/verify", more)
        return nothing.json(), (await waiting).json()

    nothing, something = asking.door.loop.run_until_complete(wait())
    assert ({}, 1) == (nothing["sets"], len(something["sets"]))


def test_what_there_is_can_be_found_and_not_made(asking: Asking) -> None:
    """The metadata names every address; the stream is the operator's."""
    published = asking.door.send("GET", "/.well-known/ssf-configuration").json()
    [own] = asking.ask("GET", "streams").json()
    refused = [
        asking.ask(verb, "streams").status_code for verb in ("POST", "PUT", "PATCH", "DELETE")
    ]
    asking.token = PUSHED
    [pushed] = asking.ask("GET", "streams").json()

    assert ["urn:ietf:rfc:8935", "urn:ietf:rfc:8936"] == published["delivery_methods_supported"]
    assert [f"{ADDRESS}/ssf/{name}" for name in ("streams", "status", "verify")] == [
        published[f"{name}_endpoint"] for name in ("configuration", "status", "verification")
    ]
    assert ("idp", ADDRESS, "https://idp.example") == (
        own["stream_id"], own["iss"], own["aud"],
    )  # fmt: skip
    assert {"method": "urn:ietf:rfc:8936", "endpoint_url": f"{ADDRESS}/ssf/poll"} == own["delivery"]
    assert {"method": "urn:ietf:rfc:8935", "endpoint_url": "https://other.example/push"} == (
        pushed["delivery"]
    )
    assert own["events_delivered"] == own["events_supported"]
    assert [403] * 4 == refused
    assert 200 == asking.ask("GET", "streams?stream_id=pushed").status_code


def test_a_stream_is_paused_disabled_and_enabled_by_its_receiver(asking: Asking) -> None:
    """Paused, all of it waits; disabled, nothing does; enabled again, it learns what is so."""
    before = asking.ask("GET", "status?stream_id=idp").json()
    paused = asking.ask(
        "POST", "status", {"stream_id": "idp", "status": "paused", "reason": "night"}
    )
    nothing, waits = asking.poll(), asking.counts()
    unverified = asking.ask("POST", "verify", {"stream_id": "idp"})
    asking.ask("POST", "status", {"stream_id": "idp", "status": "disabled"})
    asking.judge()
    gone = asking.counts()
    asking.ask("POST", "status", {"stream_id": "idp", "status": "enabled"})
    asking.judge()

    assert {"stream_id": "idp", "status": "enabled"} == before
    assert {"stream_id": "idp", "status": "paused", "reason": "night"} == paused.json()
    assert ({}, {"waiting": 2}, 400, {}) == (nothing["sets"], waits, unverified.status_code, gone)
    assert CLOSED == told(asking.poll())


def test_a_stream_is_verified_once_a_minute(asking: Asking) -> None:
    """The event comes first, carries back the state, is about the stream, and goes once it is acknowledged."""
    asked = asking.ask("POST", "verify", {"stream_id": "idp", "state": "s-1"})
    soon = asking.ask("POST", "verify", {"stream_id": "idp"})
    empty = asking.ask("POST", "poll", ACK | {"maxEvents": 0}).json()
    found = asking.poll(maxEvents=1)
    [(jti, said)] = found["sets"].items()
    after = asking.poll(ack=[jti])

    assert (204, b"", 429) == (asked.status_code, asked.content, soon.status_code)
    assert ({}, True, True) == (empty["sets"], empty["moreAvailable"], found["moreAvailable"])
    event = "https://schemas.openid.net/secevent/ssf/event-type/verification"
    assert ({"format": "opaque", "id": "idp"}, {event: {"state": "s-1"}}) == (
        said["sub_id"], said["events"],
    )  # fmt: skip
    assert CLOSED == told(after)


@pytest.mark.parametrize(
    ("token", "method", "path", "answer"),
    [
        ("", "GET", "streams", (None, 401)),
        (DIGEST, "GET", "streams", (None, 401)),
        ("wr_guessed", "POST", "poll", ({}, 401)),
        (PUSHED, "POST", "poll", ({}, 403)),
        (TOKEN, "GET", "status", (None, 404)),
        (TOKEN, "GET", "streams?stream_id=pushed", (None, 404)),
        (TOKEN, "POST", "status", ({"stream_id": "pushed", "status": "paused"}, 404)),
        (TOKEN, "POST", "verify", ({"stream_id": "pushed"}, 404)),
        (TOKEN, "POST", "status", ({"stream_id": "idp", "status": "off"}, 400)),
        (TOKEN, "POST", "verify", ({"stream_id": "idp", "state": "s" * 1001}, 400)),
        (TOKEN, "POST", "poll", ({"maxEvents": -1}, 400)),
        (TOKEN, "POST", "poll", ({"ack": "all"}, 400)),
        (TOKEN, "POST", "poll", ({"ack": ["x" * 300_000]}, 400)),
        (TOKEN, "POST", "poll", ([], 400)),
    ],
    ids=count(),  # a token is another in each process
)
def test_others_and_what_is_wrong_are_refused(
    asking: Asking, token: str, method: str, path: str, answer: tuple[Any, int]
) -> None:
    """Nobody asks about another's stream, the digest in the file opens nothing, and nothing is guessed."""
    asking.token = token
    body, status = answer
    assert status == asking.ask(method, path, body).status_code


@pytest.mark.parametrize("body", [b'{"ack": ["\xff"]}', b'{"ack": ' + b"[" * 5000])
def test_what_no_reader_of_json_reads_is_refused(asking: Asking, body: bytes) -> None:
    """Bytes that are no text, and lists nested without end, are no request, and no fault of ours."""
    headers = {"authorization": f"Bearer {asking.token}"}
    answer = asking.door.send("POST", "/ssf/poll", headers=headers, content=body)

    assert (400, True) == (answer.status_code, "not in its form" in answer.text)
