"""What is fetched from outside: one port, so that there is one place where addresses are judged."""

from typing import Protocol


class Fetch(Protocol):
    """Gets a document over https from a host that the caller allows."""

    async def get(self, uri: str, accept: str, limit: int) -> bytes:
        """Return at most `limit` bytes. Failed: the source is down, or sent something else."""
        ...
