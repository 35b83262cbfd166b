"""Questions drawn at random survive being written down as orders and a case."""

from pathlib import Path
from random import Random

from tests.laws.agreement import literally, question, questions
from tests.laws.failures import both, keep, write_question
from tests.worlds.written import STRETCH, Unwritable
from writ.law.cases_run import run_case
from writ.law.cases_suite import read_suites
from writ.law.compiled.decide import decide

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
    assert kept > lost * 2 > 0


def test_a_kept_case_fails_where_the_answer_differs(tmp_path: Path) -> None:
    """A difference of outcome, planted, is a failure of the case; and what is said tells so."""
    put = question(Random(3))  # noqa: S311 - to be repeated, not to be secret
    asked, right = questions(put)[0], literally(put)[0]
    wrong = ("permit" if right[0] != "permit" else "deny", right[1], None, (), right[4])
    assert f"kept in {tmp_path}/x/x.cases.yaml, where both agree" == keep(
        tmp_path / "x", put.book, asked, wrong
    )
    found = read_suites([tmp_path / "x" / "x.cases.yaml"])
    (case,) = found.suites[0].cases
    book = found.books[tmp_path / "x"]
    result = run_case(case, lambda chain, model, at: decide(book, chain, model, at))
    assert 1 <= len(result.wrong)
    assert result.wrong[0].startswith(f"expected {wrong[0]}, got {right[0]}")
