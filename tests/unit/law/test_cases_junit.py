"""Results as JUnit XML."""

from xml.etree import ElementTree as ET

from writ.law.cases import Case, Wanted
from writ.law.cases_junit import junit
from writ.law.cases_run import Result
from writ.law.document import Place
from writ.model.decision import Decision
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject

CHAIN = Chain(Subject("<ann>", "person"))
GOT = Decision(Outcome.PERMIT, "m", "m", (), (), "", 0)


def result(name: str, *wrong: str) -> Result:
    """Return a result at line 3."""
    return Result(
        Case(name, Place("f.yaml", 3, 5), CHAIN, "m", 0, Wanted(Outcome.PERMIT)), GOT, wrong
    )


def test_a_suite_for_each_file_a_failure_for_each_case() -> None:
    """Counts, places and sentences survive whatever users put into names."""
    text = junit({"a.yaml": [result("well")], "b.yaml": [result('<"&\x01', "this", "that")]})
    root = ET.fromstring(text)  # noqa: S314  we wrote it ourselves
    suites = list(root)
    (case,) = suites[1]
    (failure,) = case
    assert (
        ("testsuites", "2", "1"),
        [("a.yaml", "1", "0"), ("b.yaml", "1", "1")],
        {"classname": "b.yaml", "name": '<"&\\u0001', "file": "b.yaml", "line": "3"},
        "this; that",
    ) == (
        (root.tag, root.get("tests"), root.get("failures")),
        [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in suites],
        case.attrib,
        failure.get("message"),
    )
    assert (failure.text or "").endswith("with a key of `<ann>`: this; that")
