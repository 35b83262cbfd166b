from pathlib import Path

import pytest

from writ.clock import parse_instant
from writ.drill.expected import Names
from writ.drill.folder import read_case_folder
from writ.drill.outward import (
    allowed,
    answer_of_refusal,
    answer_of_service,
    disclosures_at,
)
from writ.model.catalogue import Catalogue, Model
from writ.model.order import Disclosure
from writ.model.outcome import Outcome

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"
ALONE, NAMING = Names("p"), Names("s", "o", "u")


@pytest.mark.parametrize(
    ("outcome", "names", "disclosure", "answers"),
    [
        (Outcome.PERMIT, ALONE, "none", {"permit"}),
        (Outcome.PERMIT, NAMING, "full", {"permit"}),
        (Outcome.SUBSTITUTE, ALONE, "none", {"substitute"}),
        (Outcome.VERIFY, ALONE, "none", {"verify"}),
        (Outcome.VERIFY, ALONE, "full", {"verify"}),
        (Outcome.VERIFY, NAMING, "none", {"verify", "refused"}),
        (Outcome.DENY, ALONE, "none", {"refused"}),
        (Outcome.DENY, ALONE, "existence", {"deny"}),
        (Outcome.DENY, NAMING, "none", {"refused"}),
        (Outcome.DENY, NAMING, "full", {"deny", "refused"}),
    ],
)
def test_answers_allowed(
    outcome: Outcome, names: Names, disclosure: Disclosure, answers: set[str]
) -> None:
    """Deny hides behind the uniform refusal only where it must; verify only for end users."""
    assert answers == allowed(outcome, names, {disclosure})


def test_refusals_are_named_by_status_and_code() -> None:
    """A status alone is not enough: a 403 of another kind is an error."""
    assert "deny" == answer_of_refusal(451, "legal_order")
    assert "verify" == answer_of_refusal(403, "verification_required")
    assert "refused" == answer_of_refusal(403, "not_available")
    assert "error" == answer_of_refusal(403, "forbidden")
    assert "error" == answer_of_refusal(503, "undecided")
    assert "error" == answer_of_refusal(451, None)


def test_service_is_named_by_the_model_that_answers() -> None:
    """Any name of the model asked for is a permit, any other model's is a substitute."""
    catalogue = Catalogue("p", {"m": Model("m", frozenset({"mm"})), "n": Model("n")})
    assert "permit" == answer_of_service(catalogue, "m", "mm")
    assert "substitute" == answer_of_service(catalogue, "m", "n")
    assert "error" == answer_of_service(catalogue, "m", "gpt")


def test_disclosure_is_that_of_the_orders_that_name_the_model() -> None:
    """The first letter keeps silent, the second one does not, and neither speaks of Saga 5."""
    book = read_case_folder(JUNE).book
    first = parse_instant("2026-06-14T00:00:00Z")
    second = parse_instant("2026-06-28T00:00:00Z")
    assert {"none"} == disclosures_at(book, "fable-5", first)
    assert {"existence"} == disclosures_at(book, "fable-5", second)
    assert {"full"} == disclosures_at(book, "saga-5", second)
    assert set() == disclosures_at(book, "opus-4-8", second)
