"""Speaks to the control process over the Unix socket in its data folder."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2
import msgspec

from writ.errors import Failed

TIMEOUT = 120.0
_ERROR = 400


class Control:
    """One connection to the control process of a drill."""

    def __init__(self, socket: Path) -> None:
        transport = httpx2.AsyncHTTPTransport(uds=str(socket))
        self._http = httpx2.AsyncClient(
            transport=transport, base_url="http://writ", timeout=TIMEOUT
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def get(self, path: str) -> Mapping[str, object]:
        """Ask for something."""
        return await self._call("GET", path, None)

    async def post(self, path: str, body: object = None) -> Mapping[str, object]:
        """Have something done; bytes are sent as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return await self._call("POST", path, content)

    async def _call(self, method: str, path: str, content: bytes | None) -> Mapping[str, object]:
        try:
            response = await self._http.request(method, path, content=content)
        except httpx2.HTTPError as error:
            raise Failed(f"the control process does not answer: {type(error).__name__}") from None
        answer: Mapping[str, object] = msgspec.json.decode(response.content)
        if response.status_code >= _ERROR:
            raise Failed(f"the control process refused {method} {path}: {answer.get('detail')}")
        return answer
