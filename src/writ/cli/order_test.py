"""`writ order test`: case files and tables of expected outcomes, asked of their orders."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.places import places
from writ.errors import CasesFailed, Failed, InvalidInput
from writ.law.answer import decision_plain
from writ.law.cases_junit import junit
from writ.law.cases_run import Decide, Result, run_case
from writ.law.cases_suite import Suite, Suites, read_suites
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled
from writ.law.compiled.places import Places

_Results = dict[str, list[Result]]


def run_cases(
    paths: Annotated[
        list[Path], typer.Argument(help="folders of orders, *.cases.yaml, expected.csv")
    ],
    junit_file: Annotated[
        Path | None, typer.Option("--junit", help="write the results there as JUnit XML")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> int:
    """Ask the cases that lawyers wrote, and say which do not come out.

    Example: writ order test orders/june-2026

    A folder stands for its case files and its expected.csv. Exit 0 all as expected, 3 bad input
    (nothing is run), 5 a case failed.
    """
    found = read_suites(paths)
    results = {} if found.faults else _run(found)
    if junit_file is not None and not found.faults:
        _write(junit_file, junit(results))
    if as_json:
        print(msgspec.json.encode(_plain(found, results)).decode())
    else:
        _say(found, results)
    if found.faults:
        return InvalidInput.exit_code
    failed = any(result.wrong for part in results.values() for result in part)
    return CasesFailed.exit_code if failed else 0


def _run(found: Suites) -> _Results:
    places = {path: Places(book) for path, book in found.books.items()}
    return {str(suite.file): _suite(suite, places[suite.orders]) for suite in found.suites}


def _suite(suite: Suite, places: Places) -> list[Result]:
    return [run_case(case, _decides(places.named(case.deployment))) for case in suite.cases]


def _decides(compiled: Compiled) -> Decide:
    return lambda chain, model, at: decide_compiled(compiled, chain, model, at)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failed(f"cannot write `{file}`: {error.strerror}") from None


def _say(found: Suites, results: _Results) -> None:
    for fault in sorted(set(found.faults)):
        print(fault, file=sys.stderr)
    for part in results.values():
        for result in part:
            if result.wrong:
                print(result.fault, file=sys.stderr)
    for file, part in results.items():
        print(f"{file}: {_count(part)}")
    if len(results) > 1:
        print(_count([result for part in results.values() for result in part]))


def _count(part: list[Result]) -> str:
    passed = sum(not result.wrong for result in part)
    return f"{passed} of {len(part)} case{'' if len(part) == 1 else 's'} as expected"


def _plain(found: Suites, results: _Results) -> dict[str, object]:
    return {
        "faults": places(found.faults),
        "passed": sum(not result.wrong for part in results.values() for result in part),
        "failed": sum(bool(result.wrong) for part in results.values() for result in part),
        "cases": [
            {
                "file": file,
                "line": result.case.place.line,
                "column": result.case.place.column,
                "case": result.case.name,
                "why": result.case.why,
                "expect": result.case.wanted.outcome.word,
                "wrong": list(result.wrong),
                "decision": decision_plain(result.decision),
            }
            for file, part in results.items()
            for result in part
        ],
    }
