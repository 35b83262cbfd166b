"""Errors and lists as OpenAI's API writes them; its clients raise on each of these forms."""

from collections.abc import Iterable

import msgspec

from writ.canonical import Plain
from writ.gateway.refusal import Refusal

_TYPES = {401: "authentication_error", 403: "permission_error", 451: "permission_error"}
_SERVER = 500


def error(refusal: Refusal) -> bytes:
    """Return the body of an error answer."""
    return msgspec.json.encode({"error": _error(refusal)})


def chat_event(refusal: Refusal) -> bytes:
    """Return the event that ends a stream of chat completions."""
    return b"data: " + error(refusal) + b"\n\n"


def response_event(refusal: Refusal, number: int) -> bytes:
    """Return the event that ends a stream of responses; `number` is its place in the stream.

    Clients hand the documented flat form on as one more event. Only with `error` beside it do
    they raise; so both are here.
    """
    inner = _error(refusal)
    event = {
        "type": "error",
        "sequence_number": number,
        "code": inner["code"],
        "message": inner["message"],
        "param": None,
        "error": inner,
    }
    return b"event: error\ndata: " + msgspec.json.encode(event) + b"\n\n"


def model_list(names: Iterable[str]) -> bytes:
    """Return the list of models."""
    data = [_entry(name) for name in names]
    return msgspec.json.encode({"object": "list", "data": data})


def model(name: str) -> bytes:
    """Return one entry of the list."""
    return msgspec.json.encode(_entry(name))


def _entry(name: str) -> dict[str, Plain]:
    # The catalogue says neither when a model was made nor whose it is; clients' types want both.
    return {"id": name, "object": "model", "created": 0, "owned_by": "system"}


def _error(refusal: Refusal) -> dict[str, Plain]:
    kind = "server_error" if refusal.status >= _SERVER else "invalid_request_error"
    inner: dict[str, Plain] = {
        "message": refusal.message,
        "type": _TYPES.get(refusal.status, kind),
        "param": "model" if refusal.code == "model_not_found" else None,
        "code": refusal.code,
    }
    if refusal.problem:
        inner["problem"] = refusal.problem
    return inner
