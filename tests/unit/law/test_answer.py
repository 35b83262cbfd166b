from writ.clock import parse_instant
from writ.law.answer import decision_plain
from writ.model.decision import Decision, Reason, Settlement
from writ.model.outcome import Outcome

AT = "2026-06-13T00:00:00Z"


def test_a_decision_is_written_with_every_key() -> None:
    """Values are written as facts write them; `together` and `subject` only where they say more."""
    decision = Decision(
        Outcome.VERIFY,
        "fable-5",
        None,
        (Reason("undetermined", "o1", 2, "r1", ("c1",), "requester"), Reason("held")),
        (
            Settlement(
                "requester", "citizenships", (("US", ""), ("GB", "national")), "at_least", 2, ("p",)
            ),
            Settlement("end_user", "protection", (("refugee", "US"),), "exhaustive", 0, (), 1),
            Settlement(
                "organisation", "headquarters", (("SG", ""),), "at_least", 2, (), None, "top-co"
            ),
        ),
        "sha256:x",
        parse_instant(AT),
    )
    assert {
        "outcome": "verify",
        "model": "fable-5",
        "served_by": None,
        "reasons": [
            {
                "order": "o1",
                "version": 2,
                "rule": "r1",
                "clauses": ["c1"],
                "link": "requester",
                "verdict": "undetermined",
            },
            {
                "order": None,
                "version": None,
                "rule": None,
                "clauses": [],
                "link": None,
                "verdict": "held",
            },
        ],
        "would_settle": [
            {
                "link": "requester",
                "attribute": "citizenships",
                "value": ["US", {"country": "GB", "class": "national"}],
                "completeness": "at_least",
                "assurance": "A2",
                "methods": ["p"],
            },
            {
                "link": "end_user",
                "attribute": "protection",
                "value": [{"status": "refugee", "granted_by": "US"}],
                "completeness": "exhaustive",
                "assurance": "A0",
                "methods": [],
                "together": 1,
            },
            {
                "link": "organisation",
                "attribute": "headquarters",
                "value": ["SG"],
                "completeness": "at_least",
                "assurance": "A2",
                "methods": [],
                "subject": "top-co",
            },
        ],
        "rules_digest": "sha256:x",
        "at": AT,
    } == decision_plain(decision)
