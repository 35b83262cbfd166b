"""A compiler that goes wrong is found out, and shown by somebody who fares wrongly."""

from pathlib import Path

import pytest

from tests.worlds import later_mutants
from tests.worlds.later_mutants import SPOILT
from tests.worlds.mutants import OPERATORS, Mutant, mutants
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import outcome_of
from writ.law.folder import read_folder
from writ.law.literal.decide import decide as decide_literally
from writ.model.catalogue import Deployment
from writ.model.order import Lawbook
from writ.study.proof import people
from writ.study.proof.artefact import Cells
from writ.study.proof.by_model import does_what_is_ordered
from writ.study.proof.counted import count
from writ.study.proof.equal import Compared, Subject, links
from writ.study.proof.findings import Proof
from writ.study.proof.same import Same
from writ.study.proof.smt import Script
from writ.study.proof.solver import solve
from writ.study.proof.symbols import Symbols

BOOK = read_folder(Path(__file__).parents[3] / "orders" / "june-2026")
MODEL = "mythos-5"
MUTANTS = tuple(mutants(BOOK, MODEL, seed=2))


def test_every_operator_applies() -> None:
    """The June letters have something for each of sixteen operators to spoil; the others have laws."""
    assert list(OPERATORS) == [item.operator for item in MUTANTS]
    assert (16, 19) == (len(MUTANTS), len(SPOILT))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda item: item.operator)
def test_a_mutant_is_caught_with_somebody_who_fares_wrongly(mutant: Mutant) -> None:
    """The proof fails, and the tables decide wrongly about whoever is named."""
    subject = Subject.of(BOOK, mutant.compiled, MODEL)
    domain = subject.domain()
    script = Script("a mutant")
    compared = Compared(subject, links(script, domain, Symbols), script)
    whole, goals = script.text(compared.anything()), compared.goals()
    failed = [name for name, goal in goals.items() if solve(script.text(goal)).answer != "unsat"]
    assert ("sat", True) == (solve(whole).answer, bool(failed))
    asked = [people.differing(subject, domain, name) for name in failed]
    found = next(item.found for item in asked if item.found is not None)
    right = decide_literally(BOOK, found.chain, MODEL, found.at).outcome
    done, _ = outcome_of(mutant.compiled, found.chain, MODEL, found.at)
    assert right is not done


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda item: item.operator)
def test_no_mutant_passes_for_the_same_tables(mutant: Mutant) -> None:
    """Compared list by list, without a solver, it is seen too."""
    right, wrong = Cells(Compiled(BOOK)), Cells(mutant.compiled)
    assert (True, False) == (Same(right, right).of(MODEL), Same(right, wrong).of(MODEL))


@pytest.mark.parametrize("name", SPOILT)
def test_what_orders_say_besides_lists_is_not_mistaken(name: str, tmp_path: Path) -> None:
    """Owners, dates, licences, stays, places: right tables are proved, and spoilt ones show somebody."""
    spoilt = SPOILT[name]
    book = spoilt.book(tmp_path)
    place = spoilt.deployment(book)
    right, wrong = Compiled(book, place), Compiled(book, place)
    spoilt.spoil(wrong)
    assert [] == _found(book, right, place)
    assert _found(book, wrong, place)
    assert not Same(Cells(right), Cells(wrong)).of(later_mutants.MODEL)


def _found(book: Lawbook, tables: Compiled, place: Deployment | None) -> list[str]:
    """Return what either method says is done to somebody otherwise than is ordered."""
    subject = Subject.of(book, tables, later_mutants.MODEL, *([place] if place else []))
    proof = Proof()
    does_what_is_ordered(proof, subject)
    counted = count(subject, 100)
    told = [item.said for item in proof.findings if item.case is not None]
    told += [f"counted at {at}" for _, at in counted.differing]
    assert all(item.holds for item in proof.findings) or told, "somebody is shown"
    return told
