import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.asn1 import bits, integer, octets, oid, sequence, set_of, tlv, utc
from writ.errors import Refused
from writ.signing.der import BITS, BMP, INTEGER, SEQUENCE, SET, UTF8, read_der


def test_values_are_read_as_they_were_written() -> None:
    """Numbers, identifiers, octets, bits, texts and times, each from another hand's bytes."""
    for number in (0, 1, 127, 128, 255, -1, -129, 2**64):
        assert number == read_der(integer(number), "it").integer()
    for dotted in ("1.2.840.113549.1.1.1", "2.23.136.1.1.1", "0.4.0.127.0.7.1.1.4.1.1"):
        assert dotted == read_der(oid(dotted), "it").oid()
    assert b"four" == read_der(octets(b"four"), "it").octets()
    assert b"\x80" == read_der(bits(b"\x80"), "it").bits()
    assert "Zoë" == read_der(tlv(UTF8, "Zoë".encode()), "it").text()
    assert "Zoë" == read_der(tlv(BMP, "Zoë".encode("utf-16-be")), "it").text()
    assert [946_684_800.0, 4_102_444_800.0] == [
        read_der(utc(instant), "it").instant() for instant in (946_684_800.0, 4_102_444_800.0)
    ]
    assert -631_152_000.0 == read_der(tlv(0x17, b"500101000000Z"), "it").instant()


def test_parts_are_taken_in_order() -> None:
    """What is not there is none, what is another thing is refused, what is left over too."""
    value = read_der(sequence(integer(1), octets(b"")), "it")
    fields = value.fields()
    assert None is fields.maybe(SET)
    assert 1 == fields.take(INTEGER).integer()
    with pytest.raises(Refused, match="it is not in its form"):
        fields.end()
    with pytest.raises(Refused, match="it is not in its form"):
        fields.take(INTEGER)
    assert 1 == len(fields.rest())
    with pytest.raises(Refused, match="it is not in its form"):
        fields.take()
    fields.end()
    for broken in (lambda: value.fields(SET), value.only, value.integer):
        with pytest.raises(Refused, match="it is not in its form"):
            broken()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x02",
        b"\x02\x01",
        b"\x02\x81\x01\x00",
        b"\x04\x82\x00\x80" + bytes(128),
        b"\x04\x85\x01\x00\x00\x00\x00",
        b"\x04\x81",
        b"\x30\x03\x02\x02\x00",
        b"\x1f",
        b"\x1f\x81\x01\x00",
        b"\x5f\x1e\x00",
        b"\x04\x80\x00\x00",
        b"\x30\x80\x02\x01\x01",
        b"\x30\x80\x02\x01\x01\x00",
    ],
)
def test_what_is_cut_off_or_written_otherwise_is_refused(data: bytes) -> None:
    """Lengths that are missing, too long, spelt with more bytes than it takes, or never end."""
    with pytest.raises(Refused, match="it is not DER"):
        read_der(data, "it")


def test_two_freedoms_of_ber_are_taken() -> None:
    """A value whose end is marked, and octets in pieces, as some states write them."""
    marked = b"\x30\x80" + integer(1) + b"\x24\x80" + octets(b"ab") + octets(b"cd") + b"\0\0\0\0"
    fields = read_der(marked, "it").fields()
    assert (1, b"abcd") == (fields.take().integer(), fields.take().octets())
    with pytest.raises(Refused, match="it is not in its form"):
        read_der(tlv(0x24, integer(1)), "it")


@pytest.mark.parametrize(
    "data",
    [tlv(0x06), tlv(0x06, b"\x2a\x86"), tlv(0x06, b"\x2a" + b"\xff" * 9000 + b"\1"), tlv(0x02), tlv(0x03), tlv(0x03, b"\x01\x80"),
     tlv(0x17, b"261301000000Z"), tlv(0x18, b"20260101000000+0100"), tlv(0x04, b"x")],
)  # fmt: skip
def test_a_broken_value_is_refused(data: bytes) -> None:
    """Empty ones, an identifier that does not end, bits that are no bytes, days that there are not."""
    value = read_der(data, "it")
    with pytest.raises(Refused, match="it is not in its form"):
        {0x06: value.oid, 0x02: value.integer, BITS: value.bits}.get(value.tag, value.instant)()


def test_budgets_hold() -> None:
    """Size, depth and number of values are told by the refusal."""
    deep = b""
    for _ in range(25):
        deep = sequence(deep)
    for data, message in (
        (octets(bytes(70_000)), "it is larger than 65536 bytes"),
        (deep, "nested too deep, or has too many values"),
        (sequence(*[integer(0)] * 2000), "nested too deep, or has too many values"),
        (b"\x30\x80" * 40, "nested too deep, or has too many values"),
        (integer(0) + b"\0", "it is followed by something else"),
    ):
        with pytest.raises(Refused, match=message):
            read_der(data, "it")
    assert SEQUENCE == read_der(sequence(*[integer(0)] * 1999), "it").tag


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    """Bytes of a stranger end in a value that is those bytes, or in a refusal."""
    try:
        value = read_der(data, "it")
    except Refused:
        return
    assert data == value.raw
    assert set_of() == read_der(set_of(), "it").raw
