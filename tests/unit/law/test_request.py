"""What read_request takes, and that whatever it is given it answers or says what is wrong."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writ.errors import InvalidInput
from writ.law.answer import decision_plain
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled
from writ.law.folder import read_folder
from writ.law.request import Request, model_asked, read_json, read_people, read_request, resolve
from writ.model.decision import Reason
from writ.model.subject import Chain, Subject

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"
ACME = Subject("acme", "organisation")
ANN = Subject("ann", "person", ("acme",))
PEOPLE = {"acme": ACME, "ann": ANN, "two": Subject("two", "person", ("acme", "other"))}
NOW = 1_781_300_000_000_000


def chain(**value: object) -> Chain | Reason:
    """The chain of a request about amber."""
    return resolve(read_request({"model": "amber", **value}, PEOPLE, NOW))


def test_a_chain_by_ids() -> None:
    """Ids are looked up; the only organisation comes along; nobody's end user has no facts."""
    assert Chain(ANN, ACME) == chain(subject="ann")
    assert Chain(ANN, ACME, Subject("ghost", "person")) == chain(subject="ann", end_user="ghost")
    assert Chain(PEOPLE["two"], ACME, ANN) == chain(
        subject="two", organisation="acme", end_user="ann"
    )
    assert Reason("ambiguous_organisation") == chain(subject="two")


def test_what_comes_along_is_found() -> None:
    """Inline subjects and their related stand before the folder's."""
    other = {"id": "other", "kind": "organisation"}
    subject = {"id": "ann", "kind": "person", "acts_for": ["other"], "related": [other]}
    assert Chain(Subject("ann", "person", ("other",)), Subject("other", "organisation")) == chain(
        subject=subject
    )
    assert Chain(ANN, Subject("other", "organisation"), ANN) == chain(
        subject="ann", organisation=other, end_user="ann"
    )


def test_one_id_means_one_subject() -> None:
    """Two different subjects of one id are bad input, however they come; the same twice is not."""
    one, other = {"id": "x", "kind": "person"}, {"id": "x", "kind": "person", "acts_for": ["acme"]}
    assert Chain(Subject("x", "person"), None, Subject("x", "person")) == chain(
        subject=one, end_user=one
    )
    with pytest.raises(InvalidInput, match="`x` is given twice, and not alike"):
        chain(subject=one, end_user=other)


def test_an_instant_left_out_is_now() -> None:
    """Now is whoever asks's."""
    assert NOW == read_request({"subject": "ann", "model": "amber"}, PEOPLE, NOW).at


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "a request is a JSON object"),
        ({"subject": "ann", "model": "amber", "modle": 1}, "`modle` is not a key of a request"),
        ({"subject": "ann"}, "a request names its `model` as text"),
        ({"subject": "ann", "model": "\ud800"}, "a request names its `model` as text"),
        ({"subject": "ann", "model": "amber", "at": 1}, "`at` is an instant as text"),
        (
            {"subject": "ann", "model": "amber", "deployment": 1},
            "`deployment` is the name of one as text",
        ),
        ({"model": "amber"}, "a request names its `subject`"),
        ({"subject": "who", "model": "amber"}, "nobody in subjects.jsonl has the id `who`"),
        (
            {"subject": "ann", "model": "amber", "organisation": "two"},
            "`two` is not an organisation",
        ),
        (
            {"subject": "ann", "model": "amber", "end_user": "acme"},
            "`acme` is not a person, so it cannot be the end user",
        ),
    ],
)
def test_what_is_no_request_is_said(value: object, said: str) -> None:
    """In one line that names the key."""
    with pytest.raises(InvalidInput) as raised:
        read_request(value, PEOPLE, NOW)
    assert said == str(raised.value)


@pytest.mark.parametrize(
    ("value", "model"),
    [
        ({"model": "amber", "at": 1}, "amber"),
        ({"model": 7}, ""),
        ({"model": "\ud800"}, ""),
        (7, ""),
    ],
)
def test_the_model_of_a_bad_request_is_told(value: object, model: str) -> None:
    """However bad the rest of it; what is no text, or cannot be written, is none."""
    assert model == model_asked(value)


def test_who_acts_for_somebody_unknown_has_no_chain() -> None:
    """Nor who acts for somebody that is no organisation."""
    asked = {"id": "x", "kind": "person"}
    for name in ("ghost", "ann"):
        assert Reason("unknown_organisation") == chain(subject={**asked, "acts_for": [name]})


def test_no_list_of_people_is_an_empty_one(tmp_path: Path) -> None:
    """A folder needs no `subjects.jsonl`; what is no file is bad input."""
    assert {} == read_people(tmp_path)
    (tmp_path / "subjects.jsonl").mkdir()
    with pytest.raises(InvalidInput, match="cannot read"):
        read_people(tmp_path)


def test_people_are_lines_and_nothing_else_ends_a_line(tmp_path: Path) -> None:
    """U+2028 within a text ends no line; the same subject may stand twice."""
    line = '{"id": "a", "kind": "person", "facts": [{"attribute": "licences", "value": ["x"],'
    line += ' "completeness": "at_least", "assurance": "A1", "method": "m", "issuer": "i",'
    line += ' "verified_at": "2026-06-01T00:00:00Z"}]}\n'
    path = tmp_path / "subjects.jsonl"
    path.write_text(line * 2 + "\n" + '{"id": "b", "kind": "person"}', encoding="utf-8")
    assert ["a", "b"] == list(read_people(tmp_path))


def test_every_bad_line_of_people_is_a_fault(tmp_path: Path) -> None:
    """All at once, each with its line."""
    path = tmp_path / "subjects.jsonl"
    path.write_bytes(b'{\n{"id": "a", "kind": "person"}\n\xff\n{"id": "a", "kind": "service"}\n7')
    with pytest.raises(InvalidInput) as caught:
        read_people(tmp_path)
    assert [1, 3, 4, 5] == [fault.line for fault in caught.value.faults]


@pytest.mark.parametrize("text", [b"{", b"", b"\xff", b'{"a":1,"a":1}', b"[" * 100_000])
def test_what_is_no_json_is_bad_input(text: bytes) -> None:
    """Doubled keys too."""
    with pytest.raises(InvalidInput):
        read_json(text)


BOOK = Compiled(read_folder(JUNE))
words = st.sampled_from(
    [
        "id", "kind", "person", "organisation", "service", "acts_for", "facts", "related", "model",
        "subject", "end_user", "at", "attribute", "citizenships", "employer", "value", "US", "A2",
        "completeness", "exhaustive", "assurance", "method", "issuer", "verified_at", "expires_at",
        "2026-06-13T00:00:00Z", "0001-01-01T00:00:00+09:00", "fable-5", "ann", "\ud800", "",
    ]
)  # fmt: skip
texts = words | st.text(max_size=6)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=8),
    max_leaves=20,
)
facts = st.fixed_dictionaries(
    {
        "attribute": st.sampled_from(["citizenships", "employer", "age_over"]) | json_values,
        "value": st.lists(st.sampled_from(["US", "FR"]), max_size=2) | json_values,
        "completeness": st.sampled_from(["at_least", "exhaustive"]) | json_values,
        "assurance": st.sampled_from(["A0", "A4"]) | json_values,
        "method": texts,
        "issuer": texts,
        "verified_at": st.sampled_from(["2026-06-01T00:00:00Z"]) | json_values,
    },
    optional={"expires_at": json_values},
)
subjects = st.fixed_dictionaries(
    {"id": texts, "kind": st.sampled_from(["person", "organisation", "service"])},
    optional={
        "acts_for": st.lists(texts, max_size=2) | json_values,
        "facts": st.lists(facts, max_size=2) | json_values,
        "related": json_values,
    },
)
requests = st.fixed_dictionaries(
    {"subject": subjects | json_values, "model": st.just("fable-5") | json_values},
    optional={
        "organisation": subjects | json_values,
        "end_user": subjects | json_values,
        "at": st.just("2026-06-13T00:00:00Z") | json_values,
        "other": json_values,
    },
)


@settings(max_examples=300)
@given(requests | json_values)
def test_whatever_is_asked_is_answered_or_bad_input(value: object) -> None:
    """Never anything else: what can be read is decided and written down."""
    try:
        request = read_request(value, PEOPLE, NOW)
    except InvalidInput:
        return
    assert isinstance(request, Request)
    found = resolve(request)
    if isinstance(found, Chain):
        plain = decision_plain(decide_compiled(BOOK, found, request.model, request.at))
        assert str(plain["outcome"]).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{\n", "not JSON: expecting property name enclosed in double quotes, line 2, column 1"),
        (b'"\xff"', "not JSON: not UTF-8"),
        (b"9" * 5000, "not JSON: a number has too many digits"),
        (b"[" * 100_000, "not JSON: nested too deep"),
    ],
)
def test_what_is_no_json_is_said_in_one_line(data: bytes, said: str) -> None:
    """Where it stops being JSON, in our words."""
    with pytest.raises(InvalidInput) as raised:
        read_json(data)
    assert said == str(raised.value)
