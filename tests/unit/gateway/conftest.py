"""The gateway's world, with waits short enough to be waited for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds.gateway import World
from writ.gateway.limits import Limits

SHORT = Limits(
    head_seconds=1.0,
    body_seconds=1.0,
    idle_seconds=1.0,
    connect_seconds=1.0,
    first_byte_seconds=1.0,
    silence_seconds=1.0,
    body_bytes=64 * 1024,
    pipelined=4,
    answer_bytes=1024 * 1024,
    event_bytes=1024 * 1024,
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A gateway before its first snapshot."""
    built = World(tmp_path, extra='[record]\naddress = "https://example.org/record"')
    yield built
    built.close()


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[World]:
    """A gateway with short limits, and an order in force."""
    built = World(tmp_path, SHORT)
    built.enact()
    yield built
    built.close()
