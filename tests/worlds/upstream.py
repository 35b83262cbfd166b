"""A model server that does as it is told: right answers in three dialects, and every fault.

The caller chooses with the header `x-script`; without it the answer is right. Threads and plain
sockets, so that it can misbehave below HTTP.
"""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

WORD = "word "


@dataclass
class Seen:
    """One request as it arrived."""

    target: str
    fields: list[tuple[str, str]]
    body: bytes
    connection: int
    gone: threading.Event = field(default_factory=threading.Event)

    def field(self, name: str) -> list[str]:
        """Return the values of a field."""
        return [value for key, value in self.fields if key == name]

    @property
    def json(self) -> dict[str, object]:
        """The body as JSON."""
        read: dict[str, object] = json.loads(self.body)
        return read


class Upstream:
    """Listens on a free port; `seen` and `connections` tell what reached it.

    A scripted `held` stream sends two events, then one more for each `release`.
    """

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.connections = 0
        self.go = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # inherited
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening and drop every connection."""
        self.go.set()
        _hang_up(self._listener)  # else the thread that accepts keeps it alive
        self._listener.close()
        for connection in list(self._open):
            _hang_up(connection)

    def drop(self) -> None:
        """Drop every connection, go on listening."""
        for connection in list(self._open):
            _hang_up(connection)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            threading.Thread(
                target=self._serve, args=(connection, self.connections), daemon=True
            ).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        seen: Seen | None = None
        try:
            with connection, connection.makefile("rb") as reader:
                while True:
                    target = reader.readline().decode().split(" ")
                    if len(target) < 3:
                        return
                    fields = []
                    while (line := reader.readline().decode().strip()) != "":
                        name, _, value = line.partition(": ")
                        fields.append((name, value))
                    length = int(dict(fields).get("content-length", 0))
                    seen = Seen(target[1], fields, reader.read(length), number)
                    self.seen.append(seen)
                    script = (seen.field("x-script") or ["right"])[0]
                    _SCRIPTS[script](_Talk(self, connection, seen))
        except OSError:
            if seen is not None:
                seen.gone.set()
        finally:
            self._open.discard(connection)


@dataclass
class _Talk:
    """One answer being given."""

    upstream: Upstream
    connection: socket.socket
    seen: Seen

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def head(self, *fields: str, status: str = "200 OK") -> None:
        lines = "".join(f"{item}\r\n" for item in fields)
        self.send(f"HTTP/1.1 {status}\r\nX-Writ-Forged: 1\r\n{lines}\r\n".encode())

    def chunk(self, data: bytes) -> None:
        self.send(b"%x\r\n%b\r\n" % (len(data), data))

    def hang_up(self) -> None:
        _hang_up(self.connection)
        raise OSError

    def watch(self) -> None:
        """Wait for the other side to hang up."""
        self.connection.recv(1)
        raise OSError

    def answer(self) -> bytes:
        """The right answer in the request's dialect."""
        model = str(self.seen.json.get("model", ""))
        path = self.seen.target.partition("?")[0]
        return json.dumps(_ANSWERS[path](model)).encode()

    def events(self) -> list[bytes]:
        """The right stream in the request's dialect, event by event."""
        model = str(self.seen.json.get("model", ""))
        path = self.seen.target.partition("?")[0]
        return _STREAMS[path](model)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        connection.close()


# -- dialects --------------------------------------------------------------------------------


def _chat(model: str) -> dict[str, object]:
    return {
        "id": "chat-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": WORD},
                "finish_reason": "stop",
            }
        ],
    }


def _response(model: str) -> dict[str, object]:
    return {
        "id": "resp-1",
        "object": "response",
        "created_at": 1,
        "model": model,
        "status": "completed",
        "output": [
            {
                "type": "message",
                "id": "msg-1",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": WORD, "annotations": []}],
            }
        ],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }


def _message(model: str) -> dict[str, object]:
    return {
        "id": "msg-1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": WORD}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


_ANSWERS: dict[str, Callable[[str], dict[str, object]]] = {
    "/v1/chat/completions": _chat,
    "/v1/responses": _response,
    "/v1/messages": _message,
    "/v1/messages/count_tokens": lambda _: {"input_tokens": 7},
}


def _data(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def _named(value: dict[str, object]) -> bytes:
    return b"event: " + str(value["type"]).encode() + b"\n" + _data(value)


def _chat_stream(model: str) -> list[bytes]:
    def piece(delta: dict[str, str], finish: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        frame = {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": model}
        return _data({**frame, "choices": [choice]})

    words = [piece({"content": WORD}, None) for _ in range(4)]
    return [*words, piece({}, "stop"), b"data: [DONE]\n\n"]


def _response_stream(model: str) -> list[bytes]:
    whole = _response(model)
    begun = {**whole, "status": "in_progress", "output": []}
    events: list[dict[str, object]] = [{"type": "response.created", "response": begun}]
    events += [
        {
            "type": "response.output_text.delta",
            "item_id": "msg-1",
            "output_index": 0,
            "content_index": 0,
            "delta": WORD,
            "logprobs": [],
        }
        for _ in range(4)
    ]
    events += [{"type": "response.completed", "response": whole}]
    return [_named({**event, "sequence_number": place}) for place, event in enumerate(events)]


def _message_stream(model: str) -> list[bytes]:
    whole = _message(model)
    begun = {**whole, "content": [], "stop_reason": None}
    word = {"type": "text_delta", "text": WORD}
    return [
        _named({"type": "message_start", "message": begun}),
        _named(
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "text", "text": ""},
            }
        ),
        *(_named({"type": "content_block_delta", "index": 0, "delta": word}) for _ in range(4)),
        _named({"type": "content_block_stop", "index": 0}),
        _named(
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                "usage": {"output_tokens": 4},
            }
        ),
        _named({"type": "message_stop"}),
    ]


_STREAMS: dict[str, Callable[[str], list[bytes]]] = {
    "/v1/chat/completions": _chat_stream,
    "/v1/responses": _response_stream,
    "/v1/messages": _message_stream,
}

# -- scripts ---------------------------------------------------------------------------------

_SSE = ("Content-Type: text/event-stream", "Transfer-Encoding: chunked")
_JSON = "Content-Type: application/json"


def _right(talk: _Talk) -> None:
    if talk.seen.json.get("stream"):
        talk.head(*_SSE)
        for event in talk.events():
            talk.chunk(event)
        talk.send(b"0\r\n\r\n")
        return
    body = talk.answer()
    talk.head(_JSON, f"Content-Length: {len(body)}")
    talk.send(body)


def _held(talk: _Talk) -> None:
    """Two events and half of a third; the rest, with the end, once told to go."""
    events = talk.events()
    talk.head(*_SSE)
    talk.chunk(events[0])
    talk.chunk(events[1] + events[2][:10])
    talk.connection.settimeout(0.02)
    while not talk.upstream.go.is_set():
        try:
            if talk.connection.recv(1) == b"":
                talk.hang_up()
        except TimeoutError:
            continue
    talk.connection.settimeout(None)
    talk.chunk(events[2][10:] + b"".join(events[3:]))
    talk.send(b"0\r\n\r\n")


def _late(talk: _Talk) -> None:
    """Nothing until told to go."""
    talk.upstream.go.wait()
    _right(talk)


def _chunked(talk: _Talk) -> None:
    body = talk.answer()
    talk.head(_JSON, "Transfer-Encoding: chunked", "Trailer: x-late")
    for place in range(0, len(body), 7):
        talk.chunk(body[place : place + 7])
    talk.send(b"0\r\nX-Late: 1\r\n\r\n")


def _closing(talk: _Talk) -> None:
    """A body that ends with the connection."""
    talk.head(_JSON, "Connection: close")
    talk.send(talk.answer())
    talk.hang_up()


def _short(talk: _Talk) -> None:
    """Fewer bytes than promised."""
    body = talk.answer()
    talk.head(_JSON, f"Content-Length: {len(body) + 10}")
    talk.send(body)
    talk.hang_up()


def _long(talk: _Talk) -> None:
    """More bytes than promised."""
    body = talk.answer()
    head = f"HTTP/1.1 200 OK\r\n{_JSON}\r\nContent-Length: {len(body) - 5}\r\n\r\n"
    talk.send(head.encode() + body)


def _two(talk: _Talk) -> None:
    """Two answers to one request."""
    body = talk.answer()
    one = f"HTTP/1.1 200 OK\r\n{_JSON}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    talk.send(one + one)


def _dropped(talk: _Talk) -> None:
    talk.hang_up()


def _half(talk: _Talk) -> None:
    """A stream that breaks off inside an event."""
    events = talk.events()
    talk.head(*_SSE)
    talk.chunk(events[0])
    talk.chunk(events[1][:10])
    talk.hang_up()


def _garbage(talk: _Talk) -> None:
    talk.send(b"SSH-2.0-OpenSSH_9.9\r\n")
    talk.watch()


def _silent(talk: _Talk) -> None:
    talk.watch()


def _huge(talk: _Talk) -> None:
    """More than a gateway holds."""
    talk.head(_JSON, f"Content-Length: {20 * 2**20}")
    for _ in range(20):
        talk.send(b"x" * 2**20)


def _endless(talk: _Talk) -> None:
    """One event without end."""
    talk.head(*_SSE)
    while True:
        talk.chunk(b"data: " + b"x" * 2**20)


def _torrent(talk: _Talk) -> None:
    """Events without end, as fast as they are taken."""
    talk.head(*_SSE)
    event = b"data: " + b"x" * 65536 + b"\n\n"
    while True:
        talk.chunk(event)


def _zipped(talk: _Talk) -> None:
    talk.head(*_SSE, "Content-Encoding: gzip")
    talk.chunk(b"\x1f\x8b")


def _packed(talk: _Talk) -> None:
    talk.head("Content-Type: text/event-stream", "Transfer-Encoding: gzip, chunked")
    talk.chunk(b"\x1f\x8b")


def _elsewhere(talk: _Talk) -> None:
    talk.head("Location: http://127.0.0.1:9/", "Content-Length: 0", status="307 Elsewhere")


def _failing(talk: _Talk) -> None:
    body = b'{"error":{"message":"out of order","type":"server_error","param":null,"code":"x"}}'
    talk.head(_JSON, f"Content-Length: {len(body)}", status="500 Internal Server Error")
    talk.send(body)


def _interim(talk: _Talk) -> None:
    talk.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    _right(talk)


_SCRIPTS: dict[str, Callable[[_Talk], None]] = {
    "right": _right,
    "held": _held,
    "late": _late,
    "chunked": _chunked,
    "closing": _closing,
    "short": _short,
    "long": _long,
    "two": _two,
    "dropped": _dropped,
    "half": _half,
    "garbage": _garbage,
    "silent": _silent,
    "huge": _huge,
    "endless": _endless,
    "torrent": _torrent,
    "zipped": _zipped,
    "packed": _packed,
    "elsewhere": _elsewhere,
    "failing": _failing,
    "interim": _interim,
}
