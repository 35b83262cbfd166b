import pytest

from tests.unit.law.conftest import Write
from writ.law.check import Ask, Meaning, failed_scenarios
from writ.law.compiled.decide import outcomes
from writ.law.folder import check_sources
from writ.law.literal.decide import decide as decide_literally
from writ.model.catalogue import Deployment
from writ.model.order import Lawbook

SCENARIOS = b"""
scenarios:
  - {name: a US citizen in Paris, at: effective, model: fable, person: {citizenships: [US]}, expect: permit}
  - {name: somebody we know nothing about, at: effective, model: fable-5, person: {}, expect: permit}
"""


def literal(book: Lawbook, deployment: Deployment | None) -> Ask:
    """Ask the meaning that is written out."""
    return lambda chain, model, at: decide_literally(book, chain, model, at, deployment).outcome


@pytest.mark.parametrize("meaning", [literal, outcomes], ids=["literal", "compiled"])
def test_a_failure_reads_like_a_sentence(write: Write, catalogue: bytes, meaning: Meaning) -> None:
    """Who asks what, when, what was expected and what came."""
    checked = check_sources({"catalogue.yaml": catalogue, "x.yaml": write() + SCENARIOS})
    want = (
        "x.yaml:21:5: somebody we know nothing about asks fable-5 at 2026-06-12T21:21:00Z:"
        " expected permit, got verify"
    )
    assert [want] == [str(fault) for fault in failed_scenarios(checked, meaning)]


def test_a_scenario_is_judged_by_its_own_version(write: Write, catalogue: bytes) -> None:
    """Another order in force does not change what this one's scenarios say."""
    files = {
        "catalogue.yaml": catalogue,
        "x.yaml": write() + SCENARIOS.replace(b"{}, expect: permit", b"{}, expect: verify"),
        "y.yaml": write(order="other").replace(b"only: ear.us_person@1", b"bar: ear.us_person@1"),
    }
    assert [] == list(failed_scenarios(check_sources(files), outcomes))
