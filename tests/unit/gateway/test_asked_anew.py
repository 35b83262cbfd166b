"""An answer under way that rests on a word, when what the word was judged by changes."""

import time

import pytest

from tests.unit.gateway.test_assessing import US_FACT, request, word
from tests.unit.gateway.test_flights import rest
from tests.worlds.control import citizen, company
from tests.worlds.gateway import ACME, CHAT, Wire, World, chat, post
from writ.gateway import assessing as module

AMERICANS = "{person: {citizen_of: [US]}, organisation: {incorporated_in: [US]}}"
BRITONS = "{person: {citizen_of: [GB]}, organisation: {incorporated_in: [US]}}"


def begin(world: World, sub: str = "u-1") -> Wire:
    """Open a stream by a word, and read its first two events."""
    wire = world.open()
    wire.send(request(word(world, US_FACT, sub=sub), script="held"))
    assert 200 == wire.head()[0]
    wire.chunk()
    wire.chunk()
    return wire


def test_who_may_still_is_not_cut(world: World) -> None:
    """By a new epoch, by the organisation's facts, by the person's: it is asked, and goes on."""
    world.enact()
    wire = begin(world)
    world.enact()
    world.control.await_asked(2)
    world.control.know(company("acme", "US"))
    world.control.await_asked(3)
    world.control.name("acme", "u-1", citizen("u-1", "US"))
    world.control.await_asked(4)
    world.upstream.go.set()
    assert b"data: [DONE]" == rest(wire)[-1]


def test_who_may_no_longer_is_cut(world: World) -> None:
    """By what the word comes to under the new rules, or beside what the books have now."""
    world.enact()
    wire = begin(world)
    world.enact(only=BRITONS)
    (event,) = rest(wire)
    assert b"for this end user" in event
    world.enact()
    wire = begin(world)
    world.control.name("acme", "u-1", citizen("u-1", "FR"))
    (event,) = rest(wire)
    assert b"for this end user" in event
    assert 2 == world.metric("writ_gateway_streams_cut_total")


def test_nothing_passes_until_it_is_known(world: World) -> None:
    """What comes meanwhile waits, the end too, and all of it follows."""
    world.enact()
    wire = begin(world)
    world.control.answering = False
    world.enact()
    world.control.await_asked(2)
    world.upstream.go.set()
    wire.socket.settimeout(0.15)
    with pytest.raises(TimeoutError):
        wire.socket.recv(1)
    wire.socket.settimeout(20)
    world.control.answer()
    found = b""
    while b"data: [DONE]" not in found:
        found += wire.socket.recv(65536)
    wire.close()


def test_what_comes_meanwhile_for_whoever_is_cut_is_let_go(world: World) -> None:
    """Not a byte of it leaves."""
    world.enact()
    wire = begin(world)
    world.control.answering = False
    world.enact(only=BRITONS)
    world.control.await_asked(2)
    world.upstream.go.set()
    time.sleep(0.05)
    world.control.answer()
    (event,) = rest(wire)
    assert b"for this end user" in event


def test_an_answer_that_has_not_begun_waits_too(world: World) -> None:
    """It comes out whole where it may, and as a refusal where it may not."""
    for only, status in ((AMERICANS, 200), (BRITONS, 403)):
        world.enact()
        fields = f"X-Writ-End-User: {word(world, US_FACT)}\r\n"
        wire = world.open()
        wire.send(post(CHAT, chat(), ACME, script="late", fields=fields))
        world.await_metric("writ_gateway_answers_under_way", 1)
        asked = world.control.asked
        world.enact(only=only)
        world.control.await_asked(asked + 1)
        world.upstream.go.set()
        assert status == wire.answer().status
        wire.close()
        world.upstream.go.clear()


def test_who_is_not_answered_in_time_is_cut(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is what the word says then."""
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    world.enact()
    wire = begin(world)
    world.control.answering = False
    world.enact()
    (event,) = rest(wire)
    assert b"for this end user" in event


def test_without_a_control_process_nobody_is_asked(world: World) -> None:
    """The answer goes on while the old board is obeyed, and is cut with what it rests on."""
    world.enact()
    wire = begin(world)
    world.control.answering = False
    world.enact()
    world.control.await_asked(2)
    world.control.hang_up()
    (event,) = rest(wire)
    assert b"for this end user" in event


def test_many_are_asked_about_in_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few at once; words for the same person are asked about once."""
    monkeypatch.setattr(module, "MOST_OPEN", 1)
    world.enact()
    wires = [begin(world, sub) for sub in ("u-1", "u-2", "u-3", "u-1")]
    world.enact()
    world.control.await_asked(6)
    world.upstream.go.set()
    assert [b"data: [DONE]"] * 4 == [rest(wire)[-1] for wire in wires]
    assert 6 == world.control.asked


def test_whose_time_is_up_in_the_queue_is_cut(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those before them were not answered either."""
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    monkeypatch.setattr(module, "MOST_OPEN", 1)
    world.enact()
    wires = [begin(world, sub) for sub in ("u-1", "u-2")]
    world.control.answering = False
    world.enact()
    assert [1, 1] == [len(rest(wire)) for wire in wires]


def test_what_fails_or_leaves_meanwhile_is_over(world: World) -> None:
    """An upstream that breaks off is told as ever; a caller who hung up is not waited for."""
    world.enact()
    failing, leaving = begin(world), begin(world, "u-2")
    world.control.answering = False
    world.enact()
    world.control.await_asked(4)
    leaving.close()
    world.await_metric("writ_gateway_answers_under_way", 1)
    world.upstream.drop()
    world.control.answer()
    assert b"model server" in rest(failing)[-1]
    assert 0 == world.metric("writ_gateway_answers_under_way")
