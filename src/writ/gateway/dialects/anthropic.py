"""Errors and lists as Anthropic's API writes them; its clients raise on each of these forms."""

from collections.abc import Sequence

import msgspec

from writ.canonical import Plain
from writ.gateway.refusal import Refusal

_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    451: "permission_error",
    503: "overloaded_error",
    504: "timeout_error",
}
_SERVER = 500


def error(refusal: Refusal) -> bytes:
    """Return the body of an error answer."""
    kind = "api_error" if refusal.status >= _SERVER else "invalid_request_error"
    details: dict[str, Plain] = {"error_code": refusal.code}
    if refusal.problem:
        details["problem"] = refusal.problem
    inner: dict[str, Plain] = {
        "type": _TYPES.get(refusal.status, kind),
        "message": refusal.message,
        "details": details,
    }
    return msgspec.json.encode({"type": "error", "error": inner})


def event(refusal: Refusal) -> bytes:
    """Return the event that ends a stream of messages."""
    return b"event: error\ndata: " + error(refusal) + b"\n\n"


def model_list(names: Sequence[str]) -> bytes:
    """Return the list of models, whole: it has one page."""
    return msgspec.json.encode(
        {
            "data": [_entry(name) for name in names],
            "has_more": False,
            "first_id": names[0] if names else None,
            "last_id": names[-1] if names else None,
        }
    )


def model(name: str) -> bytes:
    """Return one entry of the list."""
    return msgspec.json.encode(_entry(name))


def _entry(name: str) -> dict[str, Plain]:
    # The API's reference has an epoch stand for a release date that is not known.
    return {
        "type": "model",
        "id": name,
        "display_name": name,
        "created_at": "1970-01-01T00:00:00Z",
    }
