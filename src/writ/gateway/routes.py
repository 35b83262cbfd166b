"""The closed table of what the gateway serves; every other method and path is refused.

1. Paths are compared byte for byte: no decoding, no doubled or trailing slashes, no other case.
2. So are parameters in the query: some servers take a model from there, over the body's.
3. A route says whose envelope its errors wear, and where its model is.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias
from urllib.parse import unquote_to_bytes

from writ.gateway.request import Malformed, Request

Dialect: TypeAlias = Literal["openai", "anthropic"]


class Kind(Enum):
    """What a route does."""

    CHAT = "chat"  # OpenAI chat completions
    RESPONSES = "responses"  # OpenAI responses
    MESSAGES = "messages"  # Anthropic messages
    COUNT = "count"  # Anthropic token counting: no completion, but the model reads the prompt
    MODELS = "models"  # either list
    MODEL = "model"  # one entry of it


@dataclass(frozen=True, slots=True)
class Route:
    """One row; `model` is the name in the path, where there is one."""

    kind: Kind
    dialect: Dialect
    model: str | None = None


_POSTS: dict[bytes, Route] = {
    b"/v1/chat/completions": Route(Kind.CHAT, "openai"),
    b"/v1/responses": Route(Kind.RESPONSES, "openai"),
    b"/v1/messages": Route(Kind.MESSAGES, "anthropic"),
    b"/v1/messages/count_tokens": Route(Kind.COUNT, "anthropic"),
}
_MODELS = b"/v1/models"
_QUERY = re.compile(rb"\?(?:(?:beta|api-version)=[A-Za-z0-9._-]{0,64}(?:&(?!$)|$))*")
"""What official clients add to a target."""


def dialect_of(request: Request) -> Dialect:
    """Return whose envelope an answer to `request` wears, whatever it asks for."""
    if request.path.startswith(b"/v1/messages") or request.values(b"anthropic-version"):
        return "anthropic"
    return "openai"


def find(request: Request) -> Route:
    """Return the route; anything that is not in the table is Malformed with 404 or 405."""
    path = request.path
    route = _POSTS.get(path)
    if route is not None:
        if request.method == "POST":
            if request.query and not _QUERY.fullmatch(request.query):
                raise Malformed(400, "unknown_parameter", "this route takes no such query")
            return route
        raise Malformed(405, "method_not_allowed", "this route takes POST", "POST")
    if path == _MODELS or path.startswith(_MODELS + b"/"):
        if request.method != "GET":
            raise Malformed(405, "method_not_allowed", "this route takes GET", "GET")
        return _listing(request, path)
    raise Malformed(404, "unknown_route", "this gateway does not serve this route")


def _listing(request: Request, path: bytes) -> Route:
    dialect = dialect_of(request)
    if path == _MODELS:
        return Route(Kind.MODELS, dialect)
    try:
        name = unquote_to_bytes(path[len(_MODELS) + 1 :]).decode()
    except UnicodeDecodeError:
        raise Malformed(400, "bad_request", "the model's name is not UTF-8") from None
    return Route(Kind.MODEL, dialect, name)
