"""Raw sockets against the gateway: what is not HTTP as it should be, or too much of it."""

import pytest

from tests.worlds.control import Key
from tests.worlds.gateway import CHAT, FR, US, World, chat, post

HEAD = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {US.text}\r\n".encode()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        (HEAD + b"Transfer-Encoding: xchunked\r\n\r\nabc", 400),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Content-Length: +3\r\n\r\nabc", 400),
        (HEAD + b"X: a\r\n b\r\nContent-Length: 0\r\n\r\n", 400),
        (HEAD + b"X : a\r\n\r\n", 400),
        (HEAD + b"X: a\nContent-Length: 0\n\n", 400),
        (HEAD + b"Host: y\r\nContent-Length: 0\r\n\r\n", 400),
        (b"GET /v1/models HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/models HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 400),
        (HEAD + b"Upgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\n{}", 400),
        (HEAD + b"Expect: miracles\r\nContent-Length: 2\r\n\r\n{}", 417),
        (HEAD + b"Content-Length: 99999999\r\n\r\n", 413),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n20000\r\n" + b" " * 0x20000, 413),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (HEAD + b"".join(b"X-%d: y\r\n" % number for number in range(200)) + b"\r\n", 431),
        (HEAD + b"X: " + b"y" * 70_000, 431),
        (b"\r\n" * 40_000, 431),
    ],
)
def test_what_is_not_a_request_is_refused_once(hasty: World, data: bytes, status: int) -> None:
    """The answer is a 4xx in the envelope, the connection ends, and the upstream hears nothing."""
    wire = hasty.open()
    wire.send(data)
    answer = wire.answer()
    assert status == answer.status
    assert isinstance(answer.error["message"], str)
    assert b"" == wire.rest()
    assert [] == hasty.upstream.seen
    wire.close()


def test_pipelined_requests_are_answered_in_order(hasty: World) -> None:
    """A refusal, though ready at once, waits for the slow permit before it."""
    wire = hasty.open()
    slow = post(CHAT, chat(), US, script="late")
    wire.send(slow + post(CHAT, chat(), FR) + post(CHAT, chat(), US))
    hasty.upstream.go.set()
    assert [200, 451, 200] == [wire.answer().status for _ in range(3)]
    wire.close()


def test_too_many_pipelined_requests_end_the_connection(hasty: World) -> None:
    """Those within the limit are answered, then the connection closes."""
    wire = hasty.open()
    wire.send(post(CHAT, chat(), FR) * 10)
    answers = [wire.answer() for _ in range(4)]
    assert [451] * 4 == [answer.status for answer in answers]
    assert "close" == answers[-1].fields["connection"]
    assert b"" == wire.rest()
    wire.close()


def test_many_requests_one_after_the_other(hasty: World) -> None:
    """A kept connection answers as often as it is asked, and so does one upstream connection."""
    wire = hasty.open()
    for _ in range(300):
        wire.send(post(CHAT, chat(), US))
        assert 200 == wire.answer().status
    wire.close()
    assert (300, 1) == (len(hasty.upstream.seen), hasty.upstream.connections)


def test_a_smuggled_request_is_nobodys(hasty: World) -> None:
    """Bytes after a last request are not read as another."""
    wire = hasty.open()
    last = post(CHAT, chat(), FR, fields="Connection: close\r\n")
    wire.send(last + post(CHAT, chat(), US))
    assert 451 == wire.answer().status
    assert b"" == wire.rest()
    assert [] == hasty.upstream.seen
    wire.close()


def test_trailer_fields_say_nothing(hasty: World) -> None:
    """A credential in the trailer is no credential, and no second one."""
    body = b'{"model":"fable-5"}'
    chunks = b"%x\r\n%b\r\n0\r\nAuthorization: Bearer %b\r\n\r\n" % (
        len(body),
        body,
        FR.text.encode(),
    )
    assert 200 == hasty.ask(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks).status
    assert [] == hasty.upstream.seen[0].field("authorization")


def test_bytes_one_by_one_are_one_request(hasty: World) -> None:
    """However a request is torn, it is read the same."""
    wire = hasty.open()
    for byte in post(CHAT, chat(), US):
        wire.send(bytes([byte]))
    assert 200 == wire.answer().status
    wire.close()


@pytest.mark.parametrize("sent", [HEAD, HEAD + b"Content-Length: 5\r\n\r\n{"])
def test_slow_requests_are_timed_out(hasty: World, sent: bytes) -> None:
    """Neither a head nor a body may take for ever."""
    wire = hasty.open()
    wire.send(sent)
    assert 408 == wire.answer().status
    assert b"" == wire.rest()
    wire.close()


def test_idle_connections_are_closed(hasty: World) -> None:
    """Whoever asks nothing is let go without a word."""
    wire = hasty.open()
    wire.send(post(CHAT, chat(), FR))
    assert 451 == wire.answer().status
    assert b"" == wire.rest()
    wire.close()


def test_expectations_are_met_before_the_body(hasty: World) -> None:
    """`Expect: 100-continue` is answered, then the request."""
    wire = hasty.open()
    head, body = post(CHAT, chat(), US, fields="Expect: 100-continue\r\n").split(b"\r\n\r\n")
    wire.send(head + b"\r\n\r\n")
    assert 100 == wire.head()[0]
    wire.send(body)
    assert 200 == wire.answer().status
    assert [] == hasty.upstream.seen[0].field("expect")
    wire.close()


def test_too_large_a_body_is_refused_before_it_is_sent(hasty: World) -> None:
    """Whoever waits for leave to send hears that it is too large."""
    wire = hasty.open()
    wire.send(HEAD + b"Expect: 100-continue\r\nContent-Length: 9999999\r\n\r\n")
    assert 413 == wire.answer().status
    wire.close()


@pytest.mark.parametrize("key", [None, Key("wk_stranger", "ann")])
def test_a_large_body_of_a_stranger_is_refused_before_it_is_sent(
    world: World, key: Key | None
) -> None:
    """Nobody's memory is anybody's to fill: a valid key comes first."""
    credential = f"Authorization: Bearer {key.text}\r\n" if key else ""
    head = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\n{credential}"
    for framing in ("Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"):
        world.control.enact()
        answer = world.ask((head + framing).encode())
        assert (401, "invalid_api_key") == (answer.status, answer.code)
    long = {**chat(), "user": "x" * 100_000}
    assert 200 == world.ask(post(CHAT, long, US)).status


def test_a_half_closed_caller_is_answered_or_gone(hasty: World) -> None:
    """A refusal still reaches who has finished sending; an upstream works for nobody."""
    wire = hasty.open()
    wire.send(post(CHAT, chat(), FR))
    wire.socket.shutdown(1)
    assert 451 == wire.answer().status
    wire.close()
    wire = hasty.open()
    wire.send(post(CHAT, chat(stream=True), US, script="held"))
    assert 200 == wire.head()[0]
    wire.socket.shutdown(1)
    assert True is hasty.upstream.seen[0].gone.wait(10)
    wire.close()


def test_http_1_0_is_answered_until_the_end(hasty: World) -> None:
    """An old client gets no chunks, and the end of the connection."""
    body = b'{"model":"fable-5","stream":true}'
    head = f"POST {CHAT} HTTP/1.0\r\nX-API-Key: {US.text}\r\nContent-Length: {len(body)}\r\n\r\n"
    wire = hasty.open()
    wire.send(head.encode() + body)
    status, fields = wire.head()
    assert (200, None) == (status, fields.get("transfer-encoding"))
    assert wire.rest().endswith(b"data: [DONE]\n\n")
    wire.close()


def test_the_absolute_form_is_the_same_target(hasty: World) -> None:
    """RFC 9112 3.2.2 has every server take it."""
    data = post("http://elsewhere" + CHAT + "?beta=true", chat(), US)
    assert 200 == hasty.ask(data).status
    assert CHAT + "?beta=true" == hasty.upstream.seen[0].target
