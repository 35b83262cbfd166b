"""What is fetched from outside: one port, so that there is one place where addresses are judged.

1. Callers name hosts that their own allow-list holds; nothing is ever followed elsewhere.
2. `get` wants a document. `send` wants an answer, which may be a refusal: what a status of 4xx means
   stands in the other side's protocol, so it comes back to the caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias
from urllib.parse import urlencode

from writ.canonical import Plain, encode

Verb: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is sent; neither headers nor body are ever shown, for they hold secrets."""

    uri: str
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    accept: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    verb: Verb = "POST"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: 2xx, or 4xx and the other side's reason."""

    status: int
    body: bytes = field(repr=False)

    @property
    def done(self) -> bool:
        """Whether it was taken."""
        return self.status < 300  # noqa: PLR2004  RFC 9110 15: 2xx, for there is no 1xx or 3xx


class Fetch(Protocol):
    """Gets a document over https from a host that the caller allows."""

    async def get(self, uri: str, accept: str, limit: int) -> bytes:
        """Return at most `limit` bytes. Failed: the source is down, or sent something else."""
        ...


class Send(Protocol):
    """Sends something over https to a host that the caller allows."""

    async def send(self, outgoing: Outgoing, limit: int) -> Answer:
        """Return an answer of at most `limit` bytes. Failed: no answer, 3xx or 5xx."""
        ...


def form(uri: str, fields: Mapping[str, str], headers: Mapping[str, str] = NO_HEADERS) -> Outgoing:
    """Make a form to send (application/x-www-form-urlencoded)."""
    kind = "application/x-www-form-urlencoded"
    return Outgoing(uri, urlencode(fields).encode(), kind, headers=headers)


def json(uri: str, document: Plain, headers: Mapping[str, str] = NO_HEADERS) -> Outgoing:
    """Make a JSON document to send."""
    return Outgoing(uri, encode(document), "application/json", headers=headers)
