import pytest

from writ.errors import Refused
from writ.signing import form
from writ.signing.form import Form, as_form, from_base64, read_form, to_base64


class _Pair(Form, frozen=True):
    a: int
    b: str


def test_canonical_bytes_are_read() -> None:
    """Canonical JSON with exactly the fields is read."""
    assert _Pair(1, "x") == read_form(b'{"a":1,"b":"x"}', _Pair, "the pair")


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1,"b":"x"}',
        b'{"b":"x","a":1}',
        b'{"a":1,"a":1,"b":"x"}',
        b'{"a":1,"b":"\\u0078"}',
        b'{"a":1,"b":"x"}\n',
        b'{"a":1.0,"b":"x"}',
        b'{"a":NaN,"b":"x"}',
        b'{"a":1,"b":"\\ud800"}',
        b'{"a":1,"b":"\xff"}',
        '{"a":1,"b":"x"}'.encode("utf-16"),
        b"[" * 100_000,
        b"",
    ],
)
def test_other_bytes_for_a_value_are_refused(data: bytes) -> None:
    """Whatever a canonical writer would not write is refused, doubled keys among it."""
    with pytest.raises(Refused, match="not canonical JSON"):
        read_form(data, _Pair, "the pair")


@pytest.mark.parametrize(
    "data",
    [b'{"a":1}', b'{"a":1,"b":"x","c":2}', b'{"a":"1","b":"x"}', b"[1]", b'{"a":true,"b":"x"}'],
)
def test_other_fields_and_types_are_refused(data: bytes) -> None:
    """A field missing, over or of another type is refused."""
    with pytest.raises(Refused, match="the pair is not in its form"):
        read_form(data, _Pair, "the pair")


def test_a_budget_stands_before_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """More bytes than the budget are refused before they are looked at."""
    monkeypatch.setattr(form, "MAX_BYTES", 10)
    with pytest.raises(Refused, match="the pair is larger than 10 bytes"):
        read_form(b"x" * 11, _Pair, "the pair")


def test_plain_values_are_read() -> None:
    """Values that were read already take the same form."""
    assert _Pair(1, "x") == as_form({"a": 1, "b": "x"}, _Pair, "the pair")


def test_base64_round_trips() -> None:
    """What is written in base64 reads back."""
    assert b"\x00\xff" == from_base64(to_base64(b"\x00\xff"), "it")


@pytest.mark.parametrize("text", ["AP9=", "AP8", "A P8=", "AP8=\n", "_w==", "AP+/é", "AA=="[:3]])
def test_second_spellings_of_base64_are_refused(text: str) -> None:
    """Stray bits, spaces, other alphabets and missing padding are refused."""
    with pytest.raises(Refused, match="it is not base64"):
        from_base64(text, "it")
