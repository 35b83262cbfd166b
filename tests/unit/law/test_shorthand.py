"""Facts as scenarios write them, with whom somebody is related to."""

import pytest

from writ.canonical import Plain
from writ.law.document import read_plain
from writ.law.reading import Reader
from writ.law.shorthand import read_shorthand
from writ.model.subject import Subject
from writ.model.vocabulary import Kind


def read(value: Plain, kind: Kind = "organisation") -> tuple[Subject, list[str]]:
    """Read a subject, and what is wrong with it."""
    reader = Reader()
    subject = read_shorthand(reader, read_plain(value), kind, 0, "somebody")
    return subject, [fault.message for fault in reader.faults]


def test_owners_are_found_by_their_ids() -> None:
    """The name in `related` is the id, unless `id` says otherwise."""
    subject, wrong = read(
        {
            "owners": [{"owner": "hold", "share": "50"}, {"owner": "p 1"}],
            "related": {"organisations": {"hold": {"headquarters": ["FR"]}}, "people": {"ann": {"id": "p 1"}}},
        }
    )  # fmt: skip
    assert ([], {"hold": "organisation", "p 1": "person"}) == (
        wrong,
        {name: other.kind for name, other in subject.related.items()},
    )
    assert {"hold", "p 1"} == subject.names()
    assert ["headquarters"] == [fact.attribute for fact in subject.related["hold"].facts]


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (
            {"related": {"organisations": {"a": {"related": {"people": {"b": {}}}}}}},
            "organisation",
            ["related.organisations.a: name everybody under the outer `related`"],
        ),
        (
            {"related": {"organisations": {"a": {}}, "people": {"b": {"id": "a"}}}},
            "organisation",
            ["related.organisations.a: `a` is named twice"],
        ),
        (
            {"related": {"services": {}}},
            "organisation",
            ["related: unknown key `services`"],
        ),
    ],
)
def test_what_nobody_can_be_related_by_is_a_fault(
    value: Plain, kind: Kind, said: list[str]
) -> None:
    """People rest on nobody; everybody is named once, in one place."""
    found = read(value, kind)[1]
    assert [True] * len(said) == [
        any(words.split(": ", 1)[1] in message for message in found) for words in said
    ]
    assert len(found) == len(said)
