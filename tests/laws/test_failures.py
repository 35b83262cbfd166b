"""Questions drawn at random survive being written down as orders and a case."""

from pathlib import Path
from random import Random

from tests.laws.agreement import Asked, literally, question, questions
from tests.laws.failures import both, keep, write_question
from tests.laws.shrink import shrunk
from tests.worlds.written import STRETCH, Unwritable
from writ.law.cases_run import run_case
from writ.law.cases_suite import read_suites
from writ.law.compiled.decide import decide
from writ.model.order import Lawbook
from writ.model.outcome import Outcome

SEEDS = 60


def test_what_is_kept_is_what_was_asked(tmp_path: Path) -> None:
    """Read back, both meanings say of each question what was said of it as drawn."""
    kept = lost = 0
    for seed in range(SEEDS):
        put = question(Random(seed))  # noqa: S311 - to be repeated, not to be secret
        for place, (asked, right) in enumerate(zip(questions(put), literally(put), strict=True)):
            if place % 5:  # one model of each chain, another each time
                continue
            try:
                file = write_question(tmp_path / f"{seed}-{place}", put.book, asked, right)
            except Unwritable:
                lost += 1
                continue
            kept += 1
            wanted = (*right[:4], right[4] * STRETCH)
            assert (file, (wanted, wanted)) == (file, both(file))
    assert kept * 2 > lost * 3 > 0


def test_a_wrong_expectation_fails(tmp_path: Path) -> None:
    """Where the answer differs from what is kept, the case says so."""
    put = question(Random(3))  # noqa: S311 - to be repeated, not to be secret
    asked, right = questions(put)[0], literally(put)[0]
    wrong = ("permit" if right[0] != "permit" else "deny", right[1], None, (), right[4])
    file = write_question(tmp_path / "x", put.book, asked, wrong)
    found = read_suites([file])
    (case,) = found.suites[0].cases
    book = found.books[tmp_path / "x"]
    result = run_case(case, lambda chain, model, at: decide(book, chain, model, at, asked[3]))
    assert result.wrong[0].startswith(f"expected {wrong[0]}, got {right[0]}")


def denied(book: Lawbook, asked: Asked) -> bool:
    """Hold of every question that is denied by a rule: something to make small."""
    decision = decide(book, *asked)
    return decision.outcome is Outcome.DENY and decision.reasons[0].verdict == "barred"


def test_what_is_kept_is_small(tmp_path: Path) -> None:
    """A denial needs one rule, and no fact that does not bar; what is kept denies still."""
    put, asked = next(
        (put, asked)
        for put in (question(Random(seed)) for seed in range(SEEDS))  # noqa: S311 - as above
        for asked in questions(put)
        if denied(put.book, asked) and len(put.book.versions) > 2
    )
    assert f"kept in {tmp_path}/x/x.cases.yaml, where both agree" == keep(
        tmp_path / "x", put.book, asked, denied
    )
    book, smallest = shrunk(put.book, asked, denied)
    assert (1, 1, True) == (
        len(book.versions),
        len(book.versions[0].rules),
        denied(book, smallest),
    )
    assert "deny" == both(tmp_path / "x" / "x.cases.yaml")[1][0]
