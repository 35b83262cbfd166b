"""A table of expected outcomes as cases."""

import pytest

from writ.errors import InvalidInput
from writ.law.cases import Case, Wanted
from writ.law.cases_table import COLUMNS, read_table
from writ.law.document import Place
from writ.model.decision import Reason
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject

PEOPLE = {
    "ann": Subject("ann", "person"),
    "acme": Subject("acme", "organisation"),
    "key": Subject("key", "service", ("acme",)),
    "two": Subject("two", "service", ("acme", "other")),
}
HEAD = ",".join(COLUMNS) + "\n"


def read(rows: str) -> tuple[Case, ...]:
    """Read a table with these rows."""
    return read_table((HEAD + rows).encode(), "t.csv", PEOPLE)


def test_rows_become_cases() -> None:
    """Each row is a case at its line; the organisation is found as for any request."""
    cases = read(
        "one,ann,,,fable-5,1970-01-01T00:00:01Z,permit\n\n"
        "two,key,,stranger,nothing,1970-01-01T00:00:02Z,deny\n"
        "three,two,,,fable-5,1970-01-01T00:00:03Z,deny\n"
    )
    chain = Chain(PEOPLE["key"], PEOPLE["acme"], Subject("stranger", "person"))
    ambiguous, deny = Reason("ambiguous_organisation"), Wanted(Outcome.DENY)
    assert (
        Case("one", Place("t.csv", 2, 1), Chain(PEOPLE["ann"]), "fable-5", 1_000_000, Wanted(Outcome.PERMIT)),
        Case("two", Place("t.csv", 4, 1), chain, "nothing", 2_000_000, deny),
        Case("three", Place("t.csv", 5, 1), ambiguous, "fable-5", 3_000_000, deny),
    ) == cases  # fmt: skip


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", f"t.csv:1:1: the columns are {','.join(COLUMNS)}"),
        (b"\xff", "t.csv:1:1: not a CSV file: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (HEAD.encode(), "t.csv:1:1: has no rows"),
        (HEAD.encode() + b'"a"b\n', "t.csv:1:1: not a CSV file: ',' expected after '\"'"),
        (HEAD.encode() + b"a,b\nx,bob,,,m,1970-01-01T00:00:01Z,deny\nx,ann,,,m,1970,deny\nx,ann,,,m,1970-01-01T00:00:01Z,no",
         ("t.csv:2:1: has 2 cells, not 7\n"
         "t.csv:3:1: nobody in subjects.jsonl has the id `bob`\n"
         "t.csv:4:1: `1970` is not an instant; write 2026-06-12T17:21:00-04:00\n"
         "t.csv:5:1: `no` is none of `permit`, `substitute`, `verify`, `deny`")),
    ],
)  # fmt: skip
def test_faults_have_their_lines(data: bytes, said: str) -> None:
    """All that is wrong is said at once."""
    with pytest.raises(InvalidInput) as raised:
        read_table(data, "t.csv", PEOPLE)
    assert said == str(raised.value)
