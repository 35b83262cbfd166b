"""The small folder that the tests of this room change to see what is said of it."""

from collections.abc import Callable

import pytest

CATALOGUE = b"""
provider: acme-ai
models:
  fable-5: {aliases: [fable]}
  mythos-5: {}
  opus-4-8:
  saga-5:
"""

ORDER = """
order: ORDER
version: VERSION
kind: restriction
title: A sample
authority: {name: A ministry, jurisdiction: US}
effective: EFFECTIVE
until: UNTIL
clauses: {c1: Nobody may use it.}
rules:
  - id: only-us
    clauses: [c1]
    models: [fable-5]
    only: ear.us_person@1
    standing: natural_person
    evidence: {to_serve: A2, to_bar: A1}
    barred: BARRED
"""

Write = Callable[..., bytes]


@pytest.fixture
def catalogue() -> bytes:
    """The bytes of a catalogue file."""
    return CATALOGUE


@pytest.fixture
def write() -> Write:
    """Return the writer of sample orders."""

    def sample(**words: object) -> bytes:
        known = {
            "order": "sample",
            "version": 1,
            "effective": "2026-06-12T17:21:00-04:00",
            "until": "null",
            "barred": "deny",
        } | words
        text = ORDER
        for key, value in known.items():
            text = text.replace(key.upper(), str(value))
        return text.encode()

    return sample
