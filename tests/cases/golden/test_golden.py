"""People and instants that orders get wrong, as a folder of orders with its cases, by both meanings."""

from pathlib import Path

from writ.law.cases_run import run_case
from writ.law.cases_suite import read_suites
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled
from writ.law.literal.decide import decide as decide_literally

HERE = Path(__file__).parent


def test_every_golden_case_comes_out_by_both_meanings() -> None:
    """What is expected is what the tables say, and what counting out every case says."""
    found = read_suites([HERE / "golden.cases.yaml"])
    assert ([], 1) == (found.faults, len(found.suites))
    book = found.books[found.suites[0].orders]
    compiled = Compiled(book)
    cases = found.suites[0].cases
    assert len(cases) > 40
    for case in cases:
        by_table = run_case(case, lambda *put: decide_compiled(compiled, *put))
        literally = run_case(case, lambda *put: decide_literally(book, *put))
        assert ((), by_table.decision.outcome) == (by_table.wrong, literally.decision.outcome)
