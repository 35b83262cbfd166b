"""What of a simulation is drawn."""

from pathlib import Path

import pytest

from writ.law.folder import read_folder
from writ.model.order import Lawbook
from writ.study import drawn
from writ.study.comparison import Comparison
from writ.study.engine import open_engine
from writ.study.simulation import simulate

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"


def test_pictures_have_the_models_that_change_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is more than can be looked at is left out, and said; else all of it is drawn."""
    book = read_folder(JUNE)
    with open_engine("duckdb://", threads=1) as engine:
        found = simulate(
            engine, Comparison(Lawbook(book.catalogue), book), str(JUNE / "subjects.jsonl")
        )
    assert (found, "") == drawn.drawn(found)

    monkeypatch.setattr(drawn, "MODELS", 1)
    monkeypatch.setattr(drawn, "PHASES", 2)
    few, said = drawn.drawn(found)
    assert [("saga-5",)] * 2 == [tuple(one.model for one in item.models) for item in few.phases]
    assert (
        "Drawn are the 1 of 3 models of whose subjects most change in the first 2 of 4 phases;"
        " report.json has all."
    ) == said
