"""A whole world for the official clients."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds.gateway import World
from writ.gateway.limits import Limits


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A gateway that loses patience with its upstream soon, and an order in force."""
    built = World(
        tmp_path,
        Limits(first_byte_seconds=1.0, silence_seconds=2.0),
        '[record]\naddress = "https://example.org/record"',
    )
    built.enact()
    yield built
    built.close()


@pytest.fixture
def unleased(tmp_path: Path) -> Iterator[World]:
    """A gateway with an order in force and no leave to decide by it."""
    built = World(tmp_path)
    built.control.leasing = False
    built.enact()
    yield built
    built.close()
