import pytest

from writ.canonical import Plain
from writ.law.document import read_yaml
from writ.law.flow import flow


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("fable-5", "fable-5"),
        ("a US citizen", "a US citizen"),
        ("true", '"true"'),
        ("yes: no", '"yes: no"'),
        ("5", '"5"'),
        ("", '""'),
        (" a", '" a"'),
        ("a # b", '"a # b"'),
        ("2026-06-12T21:21:00Z", "2026-06-12T21:21:00Z"),
        ("a\nb\x7f\x85\u2028é", '"a\\nb\\u007f\\u0085\\u2028é"'),
        ("\U000e0001", '"\\U000e0001"'),
        (7, "7"),
        (None, "null"),
        (True, "true"),
        (["a", {"b c": [1]}], "[a, {b c: [1]}]"),
        ({}, "{}"),
    ],
)
def test_what_is_written_is_read_back(value: Plain, written: str) -> None:
    """Each value has one short form, which means that value again."""
    assert (written, value) == (flow(value), read_yaml(flow(value).encode(), "x").plain())
