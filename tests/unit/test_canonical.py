import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writ.canonical import Begun, Plain, decode, digest, digest_bytes, encode

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
plain = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


def test_keys_are_sorted_by_utf_16_code_units() -> None:
    """RFC 8785 §3.2.3: a character beyond the BMP stands before U+FB33."""
    unsorted: Plain = {"\ufb33": 7, "\U0001f600": 6, "ö": 5, "\r": 2, "1": 3, "a": [1, None]}
    expected = '{"\\r":2,"1":3,"a":[1,null],"ö":5,"\U0001f600":6,"\ufb33":7}'
    assert expected.encode() == encode(unsorted)


def test_strings_are_written_as_jcs_writes_them() -> None:
    """RFC 8785 §3.2.2.2: short escapes, lower-case hex, nothing else escaped."""
    assert rb'"\b\t\n\f\r\"\\\u0001/' + b'\x7f\xe2\x80\xa8"' == encode(
        '\b\t\n\f\r"\\\x01/\x7f\u2028'
    )


@pytest.mark.parametrize("odd", [1.0, 2**53 + 1, -(2**53) - 1, b"ab", {1: 2}, {"a": {1, 2}}, [0.5]])
def test_what_has_no_canonical_form_is_a_type_error(odd: Plain) -> None:
    """Floats, large integers, bytes, odd keys and other types are refused."""
    with pytest.raises(TypeError):
        encode(odd)


def test_numbers_of_the_largest_size_survive() -> None:
    """Integers up to 2**53 are written, and booleans are no integers."""
    assert b"[9007199254740992,-9007199254740992,true]" == encode((2**53, -(2**53), True))


@given(plain)
def test_reading_gives_back_what_was_written(value: Plain) -> None:
    """Whatever can be written is read back alike, or holds half a surrogate pair."""
    try:
        data = encode(value)
    except UnicodeEncodeError:
        return
    assert value == decode(data)
    assert json.loads(data) == value


@pytest.mark.parametrize(
    "odd",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b"1.0",
        b"1e2",
        b"-0",
        b" 1",
        b'"\\u0041"',
        b"NaN",
        b"9007199254740993",
        b'"\\ud800"',
        b"\xff",
        b"",
        b"[" * 100_000,
        b"1" * 5000,
    ],
)
def test_other_bytes_of_a_value_are_refused(odd: bytes) -> None:
    """Doubled keys, other orders, other spellings and what is no JSON are a ValueError."""
    with pytest.raises(ValueError, match=r"\S"):
        decode(odd)


def test_a_digest_is_that_of_the_canonical_bytes() -> None:
    """A digest names its function; the digest of a value is that of its canonical form."""
    known = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert known == digest({}) == digest_bytes(b"{}")


def test_bytes_in_parts_have_the_digest_of_the_whole() -> None:
    """What goes on from a beginning leaves it as it was, so several may."""
    begun = Begun(b"wr")
    assert digest_bytes(b"writ") == begun.also(b"it").digest()
    assert digest_bytes(b"wrong") == begun.also(b"o").also(b"ng").digest()
    assert digest_bytes(b"wr") == begun.digest()
