"""What is fetched from outside, over https, from hosts that the caller has allowed.

1. The name is resolved once, an address that is not public is refused, and the connection goes to
   that very address: nobody can point a name that is allowed at a machine inside, nor at one that
   a translator makes of an IPv6 address (NAT64, 6to4, Teredo and their like). Where the
   operator says that a host is inside, private addresses will do; those of this link never
   (169.254.169.254 would hand out a cloud's keys).
2. The certificate is the name's. No redirect is followed, no proxy is asked, no cookie is kept.
3. Ten seconds and the caller's number of bytes; what is more, or slower, has failed.
4. Headers are the caller's (Authorization), of printable ASCII, and never those that say to whom
   or how we speak.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

import httpx2

from writ.errors import Failed, Refused
from writ.people.fetch import Answer, Outgoing

WITHIN = 10.0
_HTTPS = 443
_OK = 200
_NAT64_HERE = ipaddress.ip_network("64:ff9b:1::/48")
"""Networks translate these as they like (RFC 8215): what is in one, nobody can say, and none is asked."""

_LAST_FOUR = (
    ipaddress.ip_network("64:ff9b::/96"),  # NAT64 (RFC 6052)
    ipaddress.ip_network("::/96"),  # IPv4-compatible (RFC 4291 2.5.5.1), and `::` and `::1`
)
_ISATAP = (bytes.fromhex("00005efe"), bytes.fromhex("02005efe"))
"""What the last half of an ISATAP address begins with (RFC 5214 6.1)."""

_OURS = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
    }
)


def public(address: str) -> bool:
    """Whether an address, and each that it leads to, is one that everybody can reach."""
    return inside(address) and all(item.is_global for item in _meant(address))


def inside(address: str) -> bool:
    """Whether an address may be that of a host which the operator says is inside (rule 1)."""
    return not any(
        item.is_link_local or item.is_multicast or item.is_unspecified or item in _NAT64_HERE
        for item in _meant(address)
    )


def _meant(address: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """Return an address, and every IPv4 address that something on the way may make of it."""
    read = ipaddress.ip_address(address)
    if isinstance(read, ipaddress.IPv4Address):
        return [read]
    if read.ipv4_mapped is not None:  # RFC 4291 2.5.5.2: it is that very address
        return [read.ipv4_mapped]
    parts, data = [read.sixtofour, *(read.teredo or ())], read.packed  # RFC 3056, RFC 4380
    if any(read in prefix for prefix in _LAST_FOUR) or data[8:12] in _ISATAP:
        parts.append(ipaddress.IPv4Address(data[12:]))
    return [read, *(item for item in parts if item is not None)]


class HttpsFetch:
    """Asks; `reachable` says which addresses: `public`, or `inside`."""

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        reachable: Callable[[str], bool] = public,
    ) -> None:
        self._context = context or ssl.create_default_context()
        self._reachable = reachable

    async def get(self, uri: str, accept: str, limit: int) -> bytes:
        """Return a document of at most `limit` bytes."""
        answer = await self._ask(Outgoing(uri, accept=accept, verb="GET"), limit)
        if answer.status != _OK:
            raise Failed(f"`{urlsplit(uri).hostname}` answers {answer.status}; try again later")
        return answer.body

    async def send(self, outgoing: Outgoing, limit: int) -> Answer:
        """Send something; return the answer, of at most `limit` bytes."""
        answer = await self._ask(outgoing, limit)
        if not (answer.done or 400 <= answer.status < 500):  # noqa: PLR2004  RFC 9110 15.5
            host = urlsplit(outgoing.uri).hostname
            raise Failed(f"`{host}` answers {answer.status}; try again later")
        return answer

    async def _ask(self, outgoing: Outgoing, limit: int) -> Answer:
        split, host, port = _place(outgoing.uri)
        headers = _headers(outgoing) | {"Host": split.netloc}
        address = await self._resolve(host, port)
        shown = f"[{address}]" if ":" in address else address
        where = split._replace(netloc=f"{shown}:{port}", fragment="").geturl()
        try:
            async with asyncio.timeout(WITHIN):
                return await self._read(outgoing, where, headers, host, limit)
        except (httpx2.HTTPError, TimeoutError, OSError):
            raise Failed(f"`{host}` does not answer; try again later") from None

    async def _read(
        self, outgoing: Outgoing, where: str, headers: dict[str, str], host: str, limit: int
    ) -> Answer:
        extensions = {"sni_hostname": host}
        async with (
            httpx2.AsyncClient(verify=self._context, trust_env=False) as client,
            client.stream(
                outgoing.verb,
                where,
                headers=headers,
                content=outgoing.body or None,
                extensions=extensions,
            ) as response,
        ):
            answered = bytearray()
            async for chunk in response.aiter_raw():
                answered += chunk
                if len(answered) > limit:
                    much = f"with more than {limit} bytes"
                    told = much if response.is_success else str(response.status_code)
                    raise Failed(f"`{host}` answers {told}; try again later")
            return Answer(response.status_code, bytes(answered))

    async def _resolve(self, host: str, port: int) -> str:
        """Return the address to connect to (rule 1)."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):  # a name that DNS cannot have
            raise Failed(f"`{host}` is not found; try again later") from None
        first = min(found, key=lambda item: item[0] != socket.AF_INET)
        address = str(first[4][0])
        if not self._reachable(address):
            raise Refused(f"`{host}` is not at a public address, and so is not asked")
        return address


def _place(uri: str) -> tuple[SplitResult, str, int]:
    """Take an address apart: all of it, its host and its port; one that is not plain https is Refused."""
    wrong = Refused("only plain https addresses are fetched")
    try:
        split = urlsplit(uri)
        host, port = split.hostname, split.port or _HTTPS
    except ValueError:
        raise wrong from None
    if not host or split.scheme != "https" or split.username is not None or not uri.isprintable():
        raise wrong
    return split, host, port


def _headers(outgoing: Outgoing) -> dict[str, str]:
    """Return what is said beside the host (rule 4)."""
    for name, value in outgoing.headers.items():
        if name.lower() in _OURS or not (value.isascii() and value.isprintable()):
            raise Refused(f"the header `{name}` cannot be sent")
    headers = {**outgoing.headers, "Accept": outgoing.accept, "Accept-Encoding": "identity"}
    return headers | ({"Content-Type": outgoing.content_type} if outgoing.content_type else {})
