"""A published log, and checkpoints, as a command is told of them: by files, or by an address."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from writ.errors import Failed, Refused

if TYPE_CHECKING:
    from httpx2 import Client

    from writ.ledger.policy import Policy, Seen
    from writ.ledger.published import Published

WhichPublished: TypeAlias = Annotated[
    str, typer.Argument(help="the published log: its folder, or the address it is served at")
]
_WEB = ("https://", "http://")
_PATIENCE = 10.0
_FOUND, _NOT_FOUND, _GONE = 200, 404, 410


def is_log(where: str) -> bool:
    """Whether a folder or an address is meant, and not a file."""
    return where.startswith(_WEB) or Path(where).is_dir()


@contextmanager
def published(where: str) -> "Iterator[Published]":
    """Give the log of a folder, or that is served at an address; a redirection is not followed."""
    from writ.ledger.folder import Folder
    from writ.ledger.published import Published

    if not where.startswith(_WEB):
        yield Folder(Path(where))
        return
    import httpx2

    with httpx2.Client(timeout=_PATIENCE) as client:
        yield Published(partial(_get, client, where.rstrip("/")))


def see_own(policy: "Policy", log: "Published", where: str) -> "Seen":
    """Return the checkpoint that a published log has, proved."""
    note = log.checkpoint()
    if note is None:
        raise Refused(f"`{where}` has no checkpoint")
    return policy.see(note)


def see(policy: "Policy", file: Path) -> "Seen":
    """Return a checkpoint in a file, proved; what is wrong with it is told with the file."""
    from writ.cli.lines import read_file
    from writ.signing.note import read_note

    data = read_file(file)
    try:
        return policy.see(read_note(data))
    except Refused as error:
        raise Refused(f"`{file}`: {error}") from None


def _get(client: "Client", base: str, name: str, budget: int) -> bytes | None:
    import httpx2

    url, data = f"{base}/{name}", bytearray()
    try:
        with client.stream("GET", url) as answer:
            if answer.status_code in {_NOT_FOUND, _GONE}:
                return None
            if answer.status_code != _FOUND:
                raise Failed(f"`{url}` answers {answer.status_code}")
            for part in answer.iter_bytes():
                data += part
                if len(data) > budget:
                    break
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Failed(f"`{url}` does not answer ({type(error).__name__})") from None
    return bytes(data)
