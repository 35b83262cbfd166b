"""What is fetched from outside, over https, from hosts that the caller has allowed.

1. The name is resolved once, an address that is not public is refused, and the connection goes to
   that very address: nobody can point a name that is allowed at a machine inside.
2. The certificate is the name's. No redirect is followed, no proxy is asked, no cookie is kept.
3. Ten seconds and the caller's number of bytes; what is more, or slower, has failed.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx2

from writ.errors import Failed, Refused

WITHIN = 10.0
_HTTPS = 443
_OK = 200


def public(address: str) -> bool:
    """Whether an address is one that everybody can reach."""
    return ipaddress.ip_address(address).is_global


class HttpsFetch:
    """Fetches documents; `reachable` says of which addresses (tests allow this machine)."""

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        reachable: Callable[[str], bool] = public,
    ) -> None:
        self._context = context or ssl.create_default_context()
        self._reachable = reachable

    async def get(self, uri: str, accept: str, limit: int) -> bytes:
        """Return a document of at most `limit` bytes."""
        split = urlsplit(uri)
        host = split.hostname or ""
        if split.scheme != "https" or not host or split.username is not None:
            raise Refused("only plain https addresses are fetched")
        address = await self._resolve(host, split.port or _HTTPS)
        shown = f"[{address}]" if ":" in address else address
        where = split._replace(netloc=f"{shown}:{split.port or _HTTPS}", fragment="").geturl()
        headers = {"Host": split.netloc, "Accept": accept, "Accept-Encoding": "identity"}
        try:
            async with asyncio.timeout(WITHIN):
                return await self._read(where, headers, host, limit)
        except (httpx2.HTTPError, TimeoutError, OSError):
            raise Failed(f"`{host}` does not answer; try again later") from None

    async def _read(self, where: str, headers: dict[str, str], host: str, limit: int) -> bytes:
        extensions = {"sni_hostname": host}
        async with (
            httpx2.AsyncClient(verify=self._context, trust_env=False) as client,
            client.stream("GET", where, headers=headers, extensions=extensions) as response,
        ):
            if response.status_code != _OK:
                raise Failed(f"`{host}` answers {response.status_code}; try again later")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > limit:
                    raise Failed(f"`{host}` answers with more than {limit} bytes")
            return bytes(body)

    async def _resolve(self, host: str, port: int) -> str:
        """Return the address to connect to (rule 1)."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise Failed(f"`{host}` is not found; try again later") from None
        first = min(found, key=lambda item: item[0] != socket.AF_INET)
        address = str(first[4][0])
        if not self._reachable(address):
            raise Refused(f"`{host}` is not at a public address, and so is not asked")
        return address
