"""Answers under way when something changes: who is cut, how, and who is not."""

import json
import os
import threading
import time

import pytest

from tests.worlds.control import START, Key, citizen, order
from tests.worlds.gateway import ACME, CHAT, FR, NOBODY, US, Wire, World, chat, post
from writ.clock import SECOND, format_instant, wall
from writ.signing.end_user import sign_end_user

RESPONSES, MESSAGES = "/v1/responses", "/v1/messages"
UNDER_WAY = "writ_gateway_answers_under_way"


def begin(
    world: World, key: Key, path: str = CHAT, model: str = "fable-5", fields: str = ""
) -> Wire:
    """Open a stream and read its first two events."""
    wire = world.open()
    wire.send(post(path, chat(model, stream=True), key, script="held", fields=fields))
    assert 200 == wire.head()[0]
    wire.chunk()
    wire.chunk()
    return wire


def rest(wire: Wire) -> list[bytes]:
    """Read the events left, and see that the chunks end properly."""
    body = b"".join(iter(wire.chunk, b""))
    wire.close()
    return [event for event in body.split(b"\n\n") if event]


def data(event: bytes) -> dict[str, object]:
    """Return the JSON of an event."""
    read: dict[str, object] = json.loads(event.partition(b"data: ")[2])
    return read


@pytest.mark.parametrize("path", [CHAT, RESPONSES, MESSAGES])
def test_people_no_longer_allowed_are_cut_with_the_dialects_error(world: World, path: str) -> None:
    """The half event never comes, the error does, the chunks end, the upstream is let go."""
    world.control.enact()
    wire = begin(world, FR, path)
    assert 1 == world.enact()
    (event,) = rest(wire)
    read = data(event)
    inner = read["error"]
    assert isinstance(inner, dict)
    assert "Not for this account." == inner["message"]
    assert (path == CHAT) is event.startswith(b"data: ")
    if path == RESPONSES:
        assert ("error", 2, "legal_order") == (
            read["type"],
            read["sequence_number"],
            read["code"],
        )
    assert True is world.upstream.seen[0].gone.wait(10)
    assert ("deny", "fable-5") == (
        world.await_receipt("cut")["outcome"],
        world.await_receipt("cut")["model"],
    )


def test_two_hundred_are_cut_and_the_others_go_on(world: World) -> None:
    """Everybody barred gets the error; every other stream ends as its upstream ends it."""
    world.control.enact()
    barred = [begin(world, (FR, NOBODY)[number % 2]) for number in range(200)]
    spared = [begin(world, US) for _ in range(50)]
    spared += [begin(world, FR, model=("opus-4-8", "tiny")[n % 2]) for n in range(50)]
    assert 200 == world.enact()
    ended = [rest(wire) for wire in barred]
    assert [1] * 200 == [len(events) for events in ended]
    assert {"legal_order", "verification_required"} == {
        data(events[0])["error"]["code"]  # type: ignore[index]  # an error event
        for events in ended
    }
    world.upstream.go.set()
    assert [b"data: [DONE]"] * 100 == [rest(wire)[-1] for wire in spared]
    assert 200 == world.metric("writ_gateway_streams_cut_total")
    world.await_metric(UNDER_WAY, 0)


def test_a_cut_is_on_record_once_there_is_room(world: World) -> None:
    """No answer waits to be cut until its receipt is written; and its caller finds it later."""
    world.control.enact()
    wire = begin(world, FR)
    descriptor = world.gateway.server.parts.receipts._file._descriptor
    kept, full = os.dup(descriptor), os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, descriptor)
    assert 1 == world.enact()
    (event,) = rest(wire)
    assert [] == [row for row in world.receipts() if row["kind"] == "cut"]
    os.dup2(kept, descriptor)
    os.close(kept)
    os.close(full)
    assert _decision(event) == world.await_receipt("cut")["id"]
    world.gateway.close()
    assert 1 == [row["kind"] for row in world.receipts()].count("cut")


def test_nothing_is_told_in_a_cut_under_silence(world: World) -> None:
    """The event of a silent order says no more than its refusal."""
    world.control.enact()
    wire = begin(world, FR)
    world.enact(disclosure="none")
    (event,) = rest(wire)
    for word in (b"us-test", b"only-us", b"legal", b"451"):
        assert word not in event.replace(str(_decision(event)).encode(), b"")


def _decision(event: bytes) -> object:
    inner = data(event)["error"]
    assert isinstance(inner, dict)
    return inner["problem"]["decision"]


def test_an_answer_not_yet_begun_becomes_the_refusal(world: World) -> None:
    """Whoever still waits when the order comes gets 451 at once, streaming or not."""
    world.control.enact()
    wires = []
    for stream in (False, True):
        wires.append(world.open())
        wires[-1].send(post(CHAT, chat(stream=stream), FR, script="late"))
    world.await_metric(UNDER_WAY, 2)
    assert 2 == world.enact()
    assert [451, 451] == [wire.answer().status for wire in wires]
    for wire in wires:
        wire.close()


def test_an_instant_that_comes_cuts_by_itself(world: World) -> None:
    """Nobody presses a button: legal time reaches the order's `effective`."""
    later = START + 3600 * SECOND
    assert 0 == world.enact(effective=format_instant(later))
    barred, spared = begin(world, FR), begin(world, US)
    waiting = world.open()
    waiting.send(post(CHAT, chat(), FR, script="late"))
    world.await_metric(UNDER_WAY, 3)
    world.control.clock.step(later - 1)
    time.sleep(0.2)
    assert 3 == world.metric(UNDER_WAY)
    world.control.clock.step(later)
    assert "legal_order" in str(data(rest(barred)[0]))
    assert 451 == waiting.answer().status
    world.upstream.go.set()
    assert b"data: [DONE]" == rest(spared)[-1]
    waiting.close()


def test_a_change_of_facts_cuts(world: World) -> None:
    """Somebody's citizenship turns out otherwise: their stream ends, nobody else's."""
    world.enact()
    ann = Key("wk_ann", "ann2")
    world.control.enrol(ann, citizen("ann2", "US"))
    cut, spared = begin(world, ann), begin(world, US)
    world.control.know(citizen("ann2", "FR"))
    assert 1 == len(rest(cut))
    world.upstream.go.set()
    assert b"data: [DONE]" == rest(spared)[-1]


def test_an_end_users_stream_is_cut_uniformly(world: World) -> None:
    """What the organisation hears tells nothing of the person."""
    world.enact()
    world.control.name("acme", "u", citizen("u1", "US"))
    token = sign_end_user("u", ACME.text, world.control.issuer, wall())
    wire = begin(world, ACME, fields=f"X-Writ-End-User: {token}\r\n")
    world.control.name("acme", "u", citizen("u1", "FR"))
    (event,) = rest(wire)
    assert b'"code":"not_available"' in event
    assert b"for this end user" in event


def test_a_revoked_key_cuts(world: World) -> None:
    """Also on a model that no order names."""
    world.enact()
    wires = [begin(world, US), begin(world, US, model="tiny")]
    world.control.revoke(US)
    assert [1, 1] == [len(rest(wire)) for wire in wires]


def test_a_lease_that_lapses_cuts_controlled_models(world: World) -> None:
    """Without leave to decide the answer ends with a technical error; exempt models go on."""
    world.control.leasing = False
    world.enact()
    world.control.renew(600)
    cut, spared = begin(world, US), begin(world, US, model="tiny")
    (event,) = rest(cut)
    assert b'"code":"undecided"' in event
    world.upstream.go.set()
    assert b"data: [DONE]" == rest(spared)[-1]


def test_a_drain_is_honoured(world: World) -> None:
    """What is under way may go on for a while, what is new may not; then it is cut."""
    world.control.enact()
    wire = begin(world, FR)
    assert 0 == world.enact(in_flight="{drain: 1s, clause: c1}")
    assert 451 == world.chat(FR).status
    assert 1 == world.metric(UNDER_WAY)
    assert 1 == len(rest(wire))
    assert 1 == world.metric("writ_gateway_streams_cut_total")


def test_what_ends_within_the_drain_ends_well(world: World) -> None:
    """A stream that finishes in time is whole."""
    world.control.enact()
    wire = begin(world, FR)
    assert 0 == world.enact(in_flight="{drain: 60s, clause: c1}")
    world.upstream.go.set()
    assert b"data: [DONE]" == rest(wire)[-1]


def test_the_shorter_rule_wins_over_a_drain(world: World) -> None:
    """Of two orders that bar, one drains and one cuts: cut."""
    world.control.enact()
    wire = begin(world, FR)
    drains = order(name="slow", in_flight="{drain: 60s, clause: c1}")
    assert 1 == world.control.enact(drains, order(name="fast")).cut
    assert 1 == len(rest(wire))


def test_a_drain_ends_with_the_key(world: World) -> None:
    """Whoever's key is revoked while their stream drains is cut at once."""
    world.control.enact()
    wire = begin(world, FR)
    assert 0 == world.enact(in_flight="{drain: 60s, clause: c1}")
    world.control.revoke(FR)
    assert 1 == len(rest(wire))


def test_a_rule_that_cuts_ends_a_drain(world: World) -> None:
    """An order that comes later and cuts is not put off by one that drains."""
    world.control.enact()
    wire = begin(world, FR)
    drains = order(name="slow", in_flight="{drain: 60s, clause: c1}")
    assert 0 == world.control.enact(drains).cut
    assert 1 == world.control.enact(drains, order(name="fast")).cut
    assert 1 == len(rest(wire))


def test_a_drain_ends_with_the_lease(world: World) -> None:
    """Who may not decide may not let drain either."""
    world.control.leasing = False
    world.control.enact()
    world.control.renew(1500)
    wire = begin(world, FR)
    assert 0 == world.enact(in_flight="{drain: 60s, clause: c1}")
    [event] = rest(wire)
    assert b'"code":"undecided"' in event


def test_withdrawal_restores(world: World) -> None:
    """Once the order is gone the same key is served."""
    world.enact()
    assert 451 == world.chat(FR).status
    assert 0 == world.control.enact().cut
    assert 200 == world.chat(FR).status


def test_a_stream_cut_while_the_caller_is_slow(world: World) -> None:
    """The error waits behind what the caller has not read, and comes."""
    world.control.enact()
    wire = world.open()
    wire.send(post(CHAT, chat(stream=True), FR, script="torrent"))
    assert 200 == wire.head()[0]
    time.sleep(0.3)
    assert 1 == world.enact()
    last = b""
    for piece in iter(wire.chunk, b""):
        last = piece
    assert b'"code":"legal_order"' in last
    wire.close()


def test_activation_under_load_serves_nobody_wrongly(world: World) -> None:
    """While orders come and go, each answer is one of the two that may be right."""
    world.control.enact()
    stop = threading.Event()
    statuses: set[tuple[str, int]] = set()

    def hammer(key: Key) -> None:
        while not stop.is_set():
            statuses.add((key.text, world.chat(key).status))

    threads = [threading.Thread(target=hammer, args=(key,)) for key in (US, FR, US, FR)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        world.enact()
        assert 451 == world.chat(FR).status
        world.control.enact()
        assert 200 == world.chat(FR).status
    stop.set()
    for thread in threads:
        thread.join()
    assert {(US.text, 200), (FR.text, 200), (FR.text, 451)} == statuses
