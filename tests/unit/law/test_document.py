import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from writ.canonical import Plain
from writ.errors import Fault, InvalidInput
from writ.law.document import LARGEST, Place, quoted, read_plain, read_yaml


def faults(data: bytes) -> list[str]:
    """Return what reading says."""
    with pytest.raises(InvalidInput) as caught:
        read_yaml(data, "x.yaml")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("y", "y"),
        ("true", True),
        ("True", "True"),
        ("false", False),
        ("null", None),
        ("~", None),
        ("''", ""),
        ("'true'", "true"),
        ('"12"', "12"),
        ("12", 12),
        ("-3", -3),
        ("012", "012"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        ("0.5", "0.5"),
        ("12:30:45", "12:30:45"),
        ("2026-06-12", "2026-06-12"),
        ("1234567890123456", "1234567890123456"),
        ("<<", "<<"),
        ("=", "="),
    ],
)
def test_plain_scalars_are_text_unless_plainly_something_else(text: str, value: Plain) -> None:
    """The traps of YAML 1.1 are closed: Norway stays Norway."""
    assert {"a": value} == read_yaml(f"a: {text}".encode(), "x").plain()


def test_keys_are_text_as_written() -> None:
    """A key is never a number or a truth value."""
    data = b"NO: 1\non: 2\n1: 3\nnull: 4\ntrue: 5"
    assert {"NO": 1, "on": 2, "1": 3, "null": 4, "true": 5} == read_yaml(data, "x").plain()


def test_places_count_from_one() -> None:
    """Nodes and keys know where they stand."""
    node = read_yaml("a:\n  é: [x, y]\n".encode(), "x.yaml")
    inner = node.value["a"].node.value["é"]  # type: ignore[index, call-overload, union-attr]
    assert (Place("x.yaml", 2, 3), Place("x.yaml", 2, 10)) == (
        inner.key,  # type: ignore[union-attr]
        inner.node.value[1].place,  # type: ignore[union-attr, index]
    )


def test_a_large_file_is_refused() -> None:
    """The budget is counted in bytes, before anything is parsed."""
    assert [f"x.yaml:1:1: larger than {LARGEST} bytes"] == faults(b" " * (LARGEST + 1))


def test_a_comment_alone_is_empty() -> None:
    """A file that holds no document is refused."""
    assert ["x.yaml:1:1: is empty"] == faults(b"# nothing\n")


def test_a_parser_error_points_to_where_it_was_noticed() -> None:
    """What is not YAML is reported with the parser's own words."""
    assert ["x.yaml:1:7: not YAML: did not find expected hexdecimal number"] == faults(
        b'a: "\\xZZ"'
    )


def test_faults_before_a_parser_error_are_kept() -> None:
    """What was wrong before the file broke off is reported with it."""
    said = faults(b"a: 1\na: 2\nb: [\n")
    assert ["x.yaml:2:1: `a` stands twice", True] == [said[0], "not YAML" in said[1]]


def test_words_are_quoted_on_one_line() -> None:
    """A user's words cannot break out of a message."""
    assert "`a\\u000ab\\u001b[31m" + "x" * 52 + "…`" == quoted("a\nb\x1b[31m" + "x" * 60)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": [1, 0.5]}, "f: a[1]: `0.5` is not read; write it as text"),
        ({"a": {"b": "\ud800"}}, "f: a.b: half a surrogate pair is not text"),
        ({"a": {1: 2}}, "f: a: the key `1` is not text"),
        ({"\udc00": 2}, "f: the key `\\udc00` is not text"),
    ],
)
def test_json_that_cannot_be_kept_is_refused(value: object, said: str) -> None:
    """A fault names the path to it."""
    with pytest.raises(InvalidInput) as caught:
        read_plain(value, "f")
    assert said == str(caught.value)


def test_deep_json_is_refused() -> None:
    """The nesting budget holds for JSON too."""
    value: object = "x"
    for _ in range(40):
        value = [value]
    with pytest.raises(InvalidInput, match="deeper than 32 levels"):
        read_plain(value)


# Characters that YAML lets stand as they are.
TEXT = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=6)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(PLAIN)
def test_json_survives_reading(value: Plain) -> None:
    """A JSON value comes back as it was."""
    assert value == read_plain(value).plain()


@given(PLAIN)
def test_json_text_reads_alike_as_yaml(value: Plain) -> None:
    """JSON is YAML: the same text means the same to both readers."""
    text = json.dumps(value, ensure_ascii=False).encode()
    assert value == read_yaml(text, "x").plain()


@given(
    st.binary(max_size=200)
    | st.text(alphabet=" \n-:?[]{}&*!|>'\"#%@,a1~\t", max_size=80).map(str.encode)
)
@example(b"- - - - &a *a")
@example(b"\xef\xbb\xbfa: 1")
@example(b"%TAG ! tag:x,2000:\n--- !y")
def test_reading_never_breaks(data: bytes) -> None:
    """Whatever the bytes, there is a tree or a list of faults."""
    try:
        read_yaml(data, "x").plain()
    except InvalidInput as error:
        assert error.faults  # noqa: PT017  either way out is right, a fault without words is not


def test_what_can_be_read_in_spite_of_is_read() -> None:
    """Aliases of scalars, keys that are no text and second documents do not hide other faults."""
    found: list[Fault] = []
    data = b"a: &x 7\nb: *x\n[k]: 1\nc: {d: *x}\n---\nmore: 1\n"
    node = read_yaml(data, "x.yaml", found)
    assert {"a": 7, "b": 7, "c": {"d": 7}} == node.plain()
    assert [
        "x.yaml:1:4: an anchor; write everything out where it belongs",
        "x.yaml:2:4: an alias of `x`; write it out here",
        "x.yaml:3:1: a key must be text",
        "x.yaml:4:8: an alias of `x`; write it out here",
        "x.yaml:5:1: a second document; write one file for each",
    ] == [str(fault) for fault in sorted(found)]


def test_an_alias_of_a_list_is_not_put_in_place() -> None:
    """Lists in lists of lists would grow without end."""
    found: list[Fault] = []
    with pytest.raises(InvalidInput, match="an alias of `x`"):
        read_yaml(b"a: &x [1]\nb: *x\n", "x.yaml", found)
