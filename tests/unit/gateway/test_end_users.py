"""What is told to whoever asks about another person: nothing, in bytes and in time."""

import json
import re

import pytest

from tests.worlds.control import citizen, order, stranger
from tests.worlds.gateway import ACME, CHAT, US, World, chat, post
from writ.clock import elapsed, wall
from writ.gateway.refusal import UNIFORM_AFTER
from writ.signing.end_user import sign_end_user
from writ.signing.keys import KeyPair

MESSAGES = "/v1/messages"


def token(world: World, sub: str, *, key: str = ACME.text, age: float = 0) -> str:
    """Assert an end user of acme."""
    return sign_end_user(sub, key, world.control.issuer, wall() - age)


def asserted(world: World, token: str, *, path: str = CHAT, stream: bool = False) -> bytes:
    """Send a request for somebody; return every byte of the answer, less what is random."""
    fields = f"X-Writ-End-User: {token}\r\nConnection: close\r\n"
    return plain(world, post(path, chat(stream=stream), ACME, fields=fields))


def plain(world: World, data: bytes) -> bytes:
    """Send a request that closes its connection; return every byte, less date and decision."""
    wire = world.open()
    wire.send(data)
    answer = wire.rest()
    wire.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        answer = answer.replace(decision_in(body), b"DECISION")
    return re.sub(rb"(?i)\r\ndate: [^\r]*", b"", answer)


def decision_in(body: bytes) -> bytes:
    """Return the id of the decision in a refusal, in either envelope."""
    error = json.loads(body)["error"]
    found: str = error.get("details", error)["problem"]["decision"]
    return found.encode()


def words(world: World) -> list[str]:
    """Barred, unknown, unregistered; a broken, late, foreign, replayed or doubled word for somebody."""
    world.control.name("acme", "u-fr", citizen("eva", "FR"))
    world.control.name("acme", "u-new", stranger("new"))
    forged = sign_end_user("u-fr", ACME.text, KeyPair.generate(), wall())
    replayed = token(world, "u-us")
    asserted(world, replayed)
    world.upstream.seen.clear()
    return [
        replayed,
        token(world, "u-us", age=-60),
        token(world, "u-fr"),
        token(world, "u-new"),
        token(world, "u-unregistered"),
        token(world, "u-fr", age=400),
        token(world, "u-us", age=400),
        token(world, "u-fr", key=US.text),
        forged,
        "nonsense",
        token(world, "u-fr") + f"\r\nX-Writ-End-User: {token(world, 'u-us')}",
    ]


def test_end_users_decide_for_themselves(world: World) -> None:
    """With nobody named the organisation's key is asked to; a named citizen is served."""
    world.enact()
    world.control.name("acme", "u-us", citizen("ann", "US"))
    assert 403 == world.chat(ACME).status
    assert asserted(world, token(world, "u-us")).startswith(b"HTTP/1.1 200 ")
    assert [] == world.upstream.seen[0].field("x-writ-end-user")


@pytest.mark.parametrize("disclosure", ["none", "existence", "full"])
@pytest.mark.parametrize(("path", "stream"), [(CHAT, False), (CHAT, True), (MESSAGES, False)])
def test_refusals_for_another_person_are_the_same_bytes(
    world: World,
    disclosure: str,
    path: str,
    stream: bool,  # noqa: FBT001  a parameter of pytest's
) -> None:
    """Whoever it is and whatever is wrong with the word for them: head and body alike, no call made."""
    world.control.name("acme", "u-us", citizen("ann", "US"))
    world.enact(disclosure=disclosure)
    answers = {asserted(world, text, path=path, stream=stream) for text in words(world)}
    assert 1 == len(answers)
    [answer] = answers
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"\r\ncontent-length: " in answer.lower()
    assert [] == world.upstream.seen


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/models/fable-5", b"403"), ("/v1/models", b"200")]
)
def test_the_list_of_models_tells_nothing_of_another_person(
    world: World, path: str, status: bytes
) -> None:
    """An entry is refused in the same bytes; the list is the key's own, for whomever it asks."""
    world.control.name("acme", "u-us", citizen("ann", "US"))
    world.enact(disclosure="full")

    def asked(word: str) -> bytes:
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Api-Key: {ACME.text}\r\nConnection: close\r\n"
        return plain(world, f"{head}X-Writ-End-User: {word}\r\n\r\n".encode())

    answers = {asked(word) for word in words(world)}
    assert 1 == len(answers)
    assert next(iter(answers)).startswith(b"HTTP/1.1 " + status)
    assert (status == b"200") == (asked(token(world, "u-us")) in answers)


def test_a_refusal_for_another_person_waits_for_its_time(world: World) -> None:
    """Whatever was to be done for it; who hung up meanwhile is not answered, and nobody else waits."""
    world.enact()
    for word in words(world):
        since = elapsed()
        asserted(world, word)
        assert UNIFORM_AFTER <= elapsed() - since
    wire = world.open()
    wire.send(post(CHAT, chat(), ACME, fields="X-Writ-End-User: nonsense\r\n"))
    wire.close()
    assert 200 == world.chat(US).status


def test_what_stands_against_an_end_user_is_not_told(world: World) -> None:
    """Where the organisation itself is barred, its own rules are named, not the person's."""
    swap = "{person: {citizen_of: [US, GB]}, organisation: {incorporated_in: [GB]}}"
    only = "{person: {citizen_of: [GB]}, organisation: {incorporated_in: [US, GB, FR]}}"
    world.control.name("acme", "u-fr", citizen("eva", "FR"))
    world.control.enact(order(only=swap), order(name="personal", only=only))
    answer = asserted(world, token(world, "u-fr"))
    assert answer.startswith(b"HTTP/1.1 451 ")
    assert b"us-test-1" in answer
    assert b"personal" not in answer
