"""A pack of evidence, and the deployment that it is of, for every test here."""

from collections.abc import Iterator

import pytest

from tests.worlds.evidence import Evidence, evidence
from tests.worlds.signers import NOW
from writ.clock import SECOND


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """One deployment for all tests of packs; nothing happens in it any more."""
    with evidence(tmp_path_factory.mktemp("evidence")) as made:
        made.export()  # makes the seal, which is an event
        made.witness = made.cosign("example.net/w", NOW // SECOND)
        yield made


@pytest.fixture(scope="session")
def pack(world: Evidence) -> bytes:
    """Everything there is."""
    return world.export()
