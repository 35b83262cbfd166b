"""Results of cases as JUnit XML, which continuous integration shows beside other tests.

1. A suite is a file of cases; a test's class is that file, its line the case's line.
2. Whatever XML cannot hold is written as `quoted` writes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from writ.law.cases_run import Result
from writ.law.document import quoted


def junit(results: Mapping[str, Sequence[Result]]) -> str:
    """Write results by file."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Mapping[str, Sequence[Result]]) -> Iterator[str]:
    every = [result for part in results.values() for result in part]
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f"<testsuites{_counts(every)}>"
    for file, part in results.items():
        yield f'  <testsuite name="{_text(file)}"{_counts(part)}>'
        for result in part:
            yield from _case(file, result)
        yield "  </testsuite>"
    yield "</testsuites>"


def _counts(results: Sequence[Result]) -> str:
    failed = sum(bool(result.wrong) for result in results)
    return f' tests="{len(results)}" failures="{failed}" errors="0"'


def _case(file: str, result: Result) -> Iterator[str]:
    case = result.case
    head = (
        f'    <testcase classname="{_text(file)}" name="{_text(case.name)}"'
        f' file="{_text(file)}" line="{case.place.line}"'
    )
    if not result.wrong:
        yield f"{head}/>"
        return
    yield f"{head}>"
    message = _text("; ".join(result.wrong))
    yield f'      <failure message="{message}">{_text(str(result.fault))}</failure>'
    yield "    </testcase>"


def _text(text: str) -> str:
    """Rule 2; line by line nothing is lost, for no message has more than one."""
    return escape("".join(c if c.isprintable() else quoted(c)[1:-1] for c in text))
