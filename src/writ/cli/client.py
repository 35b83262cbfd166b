"""Speaks to the control process: to the one that runs, or to the same one made here for one call.

1. A running one answers on the Unix socket in the data folder.
2. With none running, the data folder is locked and the same routes are asked in this process.
3. A problem that comes back is raised as the error it was there, with its places and exit code.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from writ.errors import CasesFailed, Failed, Fault, InvalidInput, Refused, WritError
from writ.model.config import Config, read_config

if TYPE_CHECKING:
    import httpx2

_PATIENCE = 600.0
"""Seconds to wait for an answer: a large import, or leases that have to lapse."""

_ERRORS: dict[int, type[WritError]] = {1: Failed, 2: Refused, 5: CasesFailed}


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `body` is sent as JSON, or as it is where it is bytes or a stream of them.

    `about` is the file whose lines the body was made of: faults without a file are in it.
    """

    method: str
    path: str
    body: object = None
    query: Mapping[str, str] | None = None
    about: Path | None = None


class _Fault(msgspec.Struct):
    file: str
    line: int
    column: int
    message: str
    clauses: tuple[str, ...] = ()


class _Problem(msgspec.Struct):
    detail: str
    exit_code: int
    faults: list[_Fault]


def ask(config_file: Path, call: Call) -> dict[str, object]:
    """Ask the control process of a deployment one thing and return its answer."""
    return asyncio.run(_ask(read_config(config_file), call))


def everybody(config_file: Path) -> Iterator[bytes]:
    """Yield the lines of `writ.people.census` at a deployment, as they come."""
    config = read_config(config_file)
    if asyncio.run(_runs(config)):
        yield from _streamed(config)
        return
    from writ.people.census import census
    from writ.serve.logs import start_logs
    from writ.serve.site import open_site

    start_logs()
    with open_site(config) as site, closing(census(site.registry)) as pages:
        for page in pages:
            yield from page.splitlines()


def _streamed(config: Config) -> Iterator[bytes]:
    import httpx2

    transport = httpx2.HTTPTransport(uds=str(config.control_socket))
    http = httpx2.Client(transport=transport, base_url="http://writ", timeout=_PATIENCE)
    try:
        with http, http.stream("GET", "/population") as response:
            if response.status_code >= 400:  # noqa: PLR2004  where errors begin (RFC 9110 15.5)
                raise _raised(response.read(), "")
            rest = b""
            for part in response.iter_raw():
                *whole, rest = (rest + part).split(b"\n")
                yield from whole
    except httpx2.HTTPError as error:
        raise Failed(f"the control process went away: {type(error).__name__}") from None


async def _ask(config: Config, call: Call) -> dict[str, object]:
    import httpx2

    body = call.body
    content = body if isinstance(body, bytes | AsyncIterator) else msgspec.json.encode(body)
    async with _connected(config) as http:
        try:
            response = await http.request(
                call.method,
                call.path,
                params=call.query,
                content=content if body is not None else None,
            )
        except httpx2.HTTPError as error:
            raise Failed(f"the control process went away: {type(error).__name__}") from None
    if response.status_code >= 400:  # noqa: PLR2004  where errors begin (RFC 9110 15.5)
        raise _raised(response.content, "" if call.about is None else str(call.about))
    if "writ-unapplied" in response.headers:
        print("stored, but not every gateway has applied it; see `writ status`", file=sys.stderr)
    answer: dict[str, object] = msgspec.json.decode(response.content)
    return answer


@asynccontextmanager
async def _connected(config: Config) -> "AsyncIterator[httpx2.AsyncClient]":
    """Find the one that runs (rule 1), or make one (rule 2)."""
    import httpx2

    if await _runs(config):
        transport = httpx2.AsyncHTTPTransport(uds=str(config.control_socket))
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://writ", timeout=_PATIENCE
        ) as http:
            yield http
        return
    from writ.serve.app import control_app
    from writ.serve.logs import start_logs
    from writ.serve.site import open_site

    start_logs()
    with open_site(config) as site:
        here = httpx2.ASGITransport(app=control_app(site), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=here, base_url="http://writ") as http:
            yield http


async def _runs(config: Config) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(str(config.control_socket))
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    except OSError as error:
        raise Failed(f"cannot use `{config.control_socket}`: {error.strerror}") from None
    writer.close()
    await writer.wait_closed()
    return True


def _raised(content: bytes, about: str) -> WritError:
    try:
        problem = msgspec.json.decode(content, type=_Problem)
    except msgspec.DecodeError:
        return Failed("the control process answered what this command cannot read; same version?")
    if problem.exit_code == InvalidInput.exit_code:
        return InvalidInput(
            Fault(item.file or about, item.line, item.column, item.message, item.clauses)
            for item in problem.faults
        )
    return _ERRORS.get(problem.exit_code, Failed)(problem.detail)
