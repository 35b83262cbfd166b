from collections.abc import Mapping

import pytest

from writ.canonical import Plain, encode
from writ.errors import Refused
from writ.signing.form import Form
from writ.signing.statement import read_statement, write_statement

DIGEST = "sha256:" + "ab" * 32
GOOD: Mapping[str, Plain] = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "it", "digest": {"sha256": "ab" * 32}}],
    "predicateType": "urn:test",
    "predicate": {"by": "ana"},
}


class _Said(Form, frozen=True):
    by: str


def test_a_statement_is_in_toto() -> None:
    """What is written has the fields of the in-toto Statement v1."""
    assert encode(GOOD) == write_statement("it", DIGEST, "urn:test", {"by": "ana"})


def test_a_statement_reads_back() -> None:
    """Reading returns the subject's digest and the predicate."""
    assert (DIGEST, _Said("ana")) == read_statement(encode(GOOD), "urn:test", _Said)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"_type": "https://in-toto.io/Statement/v0.1"}, "not the in-toto Statement v1"),
        ({"predicateType": "urn:other"}, "not a `urn:test`"),
        ({"subject": []}, "not about one subject"),
        ({"subject": [{"name": "it", "digest": {"sha512": "ab"}}]}, "not about one subject"),
        (
            {"subject": [{"name": "it", "digest": {"sha256": "ab" * 32, "md5": "a"}}]},
            "not about one subject",
        ),
        ({"subject": [{"name": "it", "digest": {"sha256": "ab" * 31}}]}, "not a sha256"),
        ({"subject": [{"name": "it", "digest": {"sha256": "AB" * 32}}]}, "not a sha256"),
        ({"predicate": {"by": "ana", "and": "ben"}}, "the predicate is not in its form"),
        ({"more": 1}, "the statement is not in its form"),
    ],
)
def test_other_statements_are_refused(change: Mapping[str, Plain], why: str) -> None:
    """A statement of another kind, about more, or saying more, is refused."""
    with pytest.raises(Refused, match=why):
        read_statement(encode({**GOOD, **change}), "urn:test", _Said)
