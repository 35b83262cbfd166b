"""Whom an order affects is whom the literal meaning does not let pass."""

from dataclasses import replace
from pathlib import Path

import pytest

from writ.clock import parse_instant
from writ.desk.affected import People
from writ.law.compiled.book import Compiled
from writ.law.folder import read_folder
from writ.law.literal.decide import decide
from writ.law.request import read_subjects
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject
from writ.people.attestations import Known

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"
ORDER = "us-bis-2026-06-12"
WHOLE = read_folder(JUNE)
BOOK = replace(WHOLE, versions=tuple(item for item in WHOLE.versions if item.order == ORDER))
BOOKS = read_subjects(JUNE / "subjects.jsonl")


@pytest.mark.parametrize(
    ("instant", "count"),
    [("2026-06-12T20:00:00Z", 0), ("2026-06-13T00:00:00Z", 104), ("2026-06-27T00:00:00Z", 91)],
)
def test_both_meanings_agree_on_whom_an_order_affects(instant: str, count: int) -> None:
    """Before it, under the letter and under its amendment: everybody on the books of June."""
    at = parse_instant(instant)
    people = People(Compiled(BOOK), {name: Known(item) for name, item in BOOKS.items()})
    found = {(item.subject.id, item.model): item.outcome for item in people.affected(ORDER, at)}

    wanted = {
        (name, model): outcome
        for name, subject in BOOKS.items()
        if subject.kind != "service"
        for model in ("fable-5", "mythos-5")
        if (outcome := fares(subject, model, at)) is not Outcome.PERMIT
    }
    assert (wanted, count) == (found, len(found))


def fares(subject: Subject, model: str, at: int) -> Outcome:
    """Return the strictest that somebody gets, asking for each organisation they act for."""
    chains = [Chain(subject, BOOKS[name]) for name in subject.acts_for] or [Chain(subject)]
    return max(decide(BOOK, chain, model, at).outcome for chain in chains)
