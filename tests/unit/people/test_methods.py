from dataclasses import replace

import msgspec
import pytest

from tests.unit.people.conftest import Deployment
from writ.errors import Refused
from writ.model.decision import Settlement
from writ.model.subject import Value
from writ.people.methods import Finding, Grade, Proof, Question, attested, check_finding, shown_by
from writ.people.registry import Registry

CITIZEN = Settlement("requester", "citizenships", (("US", ""),), "at_least", 2, ("passport",))
COMPLETE = Settlement("requester", "protection", (), "exhaustive", 2, ())
QUESTION = Question("alice", "person", "requester", "fable-5", (CITIZEN, COMPLETE))
GRADE = Grade(3, 2, 4, 3, "eidas", "high")
PROOF = Proof("citizenships", (Value(("US", "")),), "at_least", GRADE, "a state", 1_000_000)


def test_the_least_of_four_grades_counts(deployment: Deployment, registry: Registry) -> None:
    """A fact counts for its weakest side; the source's own words stand beside it, verbatim."""
    [envelope] = attested(QUESTION, Finding((PROOF,), None), "idv", deployment.idv)
    registry.facts.take_in(envelope.json(), None, skip_bad=False)
    [carried] = registry.facts.carried("alice")

    assert (2, "idv", "a state") == (
        carried.fact.assurance,
        carried.fact.method,
        carried.fact.issuer,
    )
    assert {
        "issuer": 3, "binding": 2, "transport": 4, "freshness": 3, "scheme": "eidas", "value": "high",
    } == carried.grade  # fmt: skip


def test_what_was_not_asked_is_forgotten(deployment: Deployment) -> None:
    """A wallet that shows more than it was asked leaves no trace of the rest."""
    more = replace(PROOF, attribute="residence", values=(Value(("FR", "FR-75")),))
    envelopes = attested(QUESTION, Finding((PROOF, more), None), "idv", deployment.idv)

    assert ["citizenships"] == [
        msgspec.json.decode(envelope.payload)["fact"]["attribute"] for envelope in envelopes
    ]


@pytest.mark.parametrize(
    ("finding", "why"),
    [
        (Finding((), None), "nothing was proved"),
        (Finding((replace(PROOF, grade=replace(GRADE, binding=5)),), None), "a grade is 0 to 4"),
        (Finding((replace(PROOF, expires_at=1_000_000),), None), "had expired"),
        (Finding((replace(PROOF, attribute="age_over"),), None), "not what is asked"),
    ],
)
def test_no_method_comes_to_such_a_finding(finding: Finding, why: str) -> None:
    """Nothing, no grade, an expired credential and another attribute settle nothing."""
    with pytest.raises(Refused, match=why):
        check_finding(QUESTION, finding)


def test_a_question_is_named_without_its_subject() -> None:
    """The digest is the same for everybody who is asked the same, and another for another model."""
    assert QUESTION.digest == replace(QUESTION, subject="bob").digest
    assert QUESTION.digest != replace(QUESTION, model="mythos-5").digest


def test_a_method_offers_what_it_can_show_and_no_complete_list() -> None:
    """Values at or below its level; a complete list is for whoever can vouch for one."""
    assert (0,) == shown_by(QUESTION, ["citizenships", "protection"], 2)
    assert () == shown_by(QUESTION, ["citizenships", "protection"], 1)
