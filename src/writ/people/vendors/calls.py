"""Calls of one vendor's API, all at the one address that was configured.

1. Nothing is called but what lies under that address; a link that the vendor sends visitors to is
   taken only if it is https and the vendor's own.
2. An answer that is not in its documented form has failed, and nothing of it is told on: it may
   hold evidence. The same goes for a refusal: it is about our key, and not the visitor's business.
3. Ids become parts of addresses and names of files, so they are letters, digits, `_` and `-`.
"""

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from writ.errors import Failed
from writ.people.fetch import Outgoing, Send, Verb

T = TypeVar("T")
MOST_BYTES = 1024 * 1024
GONE = (404, 410)
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


def read_json(data: bytes, form: type[T]) -> T:
    """Read JSON as `form`, whatever else is in it; anything else is a ValueError that tells nothing."""
    try:
        return msgspec.json.decode(data, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("not in its form") from None


class Calls:
    """Rules 1 to 3; `hosts` are the vendor's own, with all below them."""

    def __init__(self, send: Send, address: str, title: str, hosts: tuple[str, ...]) -> None:
        self._send = send
        self._address = address.rstrip("/")
        self._title = title
        self._hosts = (*hosts, urlsplit(address).hostname or "")

    async def ask(
        self,
        form: type[T],
        verb: Verb,
        path: str,
        headers: Mapping[str, str],
        body: object = None,
    ) -> T:
        """Call and return the answer as `form`."""
        status, data = await self._call(verb, path, headers, body)
        if status in GONE:
            raise Failed(f"{self._title} does not know this attempt any more; begin again")
        try:
            return read_json(data, form)
        except ValueError:
            raise self.odd() from None

    async def erase(self, path: str, headers: Mapping[str, str]) -> None:
        """Delete; what is not there is deleted."""
        await self._call("DELETE", path, headers, None)

    def odd(self) -> Failed:
        """Return what is raised where an answer is not as documented (rule 2)."""
        return Failed(
            f"{self._title} does not answer as it documents; try later, or take another way"
        )

    def id_(self, text: str) -> str:
        """Return an id of the vendor's (rule 3)."""
        if not _ID.fullmatch(text):
            raise self.odd()
        return text

    def link(self, text: str) -> str:
        """Return a link that visitors may be sent to (rule 1)."""
        try:
            split = urlsplit(text)
        except ValueError:
            raise self.odd() from None
        host = split.hostname or ""
        own = any(host == item or host.endswith(f".{item}") for item in self._hosts)
        if split.scheme != "https" or not own or split.username is not None:
            raise self.odd()
        return text

    async def _call(
        self, verb: Verb, path: str, headers: Mapping[str, str], body: object
    ) -> tuple[int, bytes]:
        data = b"" if body is None else msgspec.json.encode(body)
        kind = "application/json" if data else ""
        answer = await self._send.send(
            Outgoing(self._address + path, data, kind, headers=headers, verb=verb), MOST_BYTES
        )
        if not answer.done and answer.status not in GONE:
            raise Failed(
                f"{self._title} answers {answer.status} to us; try later, or take another way"
            )
        return answer.status, answer.body
