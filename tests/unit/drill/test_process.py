import asyncio
from pathlib import Path

import pytest

from writ.drill.process import running
from writ.errors import Failed


def test_the_upstream_starts_and_stops(tmp_path: Path) -> None:
    """A program's ready line is handed on, and it is gone afterwards."""

    async def main() -> int:
        command = ["-m", "writ.drill.upstream"]
        async with running("the upstream", command, tmp_path / "log") as ready:
            port = ready["port"]
            assert isinstance(port, int)
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return port

    port = asyncio.run(main())
    with pytest.raises(ConnectionRefusedError):
        asyncio.run(asyncio.open_connection("127.0.0.1", port))


def test_one_that_does_not_start_is_told_with_its_log(tmp_path: Path) -> None:
    """A program that dies at once is a failure that names where it says why."""

    async def main() -> None:
        async with running("a program", ["-c", "raise SystemExit('no')"], tmp_path / "log"):
            pass

    with pytest.raises(Failed, match=r"a program did not start; see `.*log`"):
        asyncio.run(main())
    assert "no\n" == (tmp_path / "log").read_text()
