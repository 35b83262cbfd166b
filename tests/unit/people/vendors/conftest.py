"""The house that all these tests send people to."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.idv import House, house


@pytest.fixture(scope="package")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all of these."""
    with house(tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
def vendor(shared_house: House) -> House:
    """The house, with empty books and in a good mood."""
    fresh = replace(
        shared_house, sittings={}, asked=[], erased=[], sent=[], down=False, keeps=False, odd=None
    )
    for name in ("sittings", "asked", "erased", "sent", "down", "keeps", "odd"):
        setattr(shared_house, name, getattr(fresh, name))
    return shared_house


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where it is noted what has to be erased."""
    return tmp_path / "vendors"
