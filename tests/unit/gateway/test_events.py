import pytest
from hypothesis import given
from hypothesis import strategies as st

from writ.gateway.events import Events


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([b"data: 1\n\n"], [b"data: 1\n\n"]),
        ([b"data: 1\n", b"\ndata: 2"], [b"", b"data: 1\n\n"]),
        ([b"data: 1\r\n\r\n"], [b"data: 1\r\n\r\n"]),
        ([b"data: 1\r\n", b"\r\n"], [b"", b"data: 1\r\n\r\n"]),
        ([b"data: 1\r", b"\n", b"id: 2\r\n"], [b"", b"", b""]),
        ([b"data: 1\r\r"], [b"data: 1\r\r"]),
        ([b"a: 1\n\nb: 2\n\nc"], [b"a: 1\n\nb: 2\n\n"]),
        ([b"a: 1\n\r\n"], [b"a: 1\n\r\n"]),
    ],
)
def test_only_whole_events_leave(pieces: list[bytes], expected: list[bytes]) -> None:
    """What leaves ends with an empty line, whatever the line ends are."""
    events = Events()
    assert expected == [events.feed(piece) for piece in pieces]


_LINES = st.lists(
    st.tuples(
        st.sampled_from([b"data: x", b"event: y", b": z", b""]), st.sampled_from([b"\n", b"\r\n"])
    )
)


@given(_LINES, st.lists(st.integers(1, 7)))
def test_no_byte_is_lost_or_moved(lines: list[tuple[bytes, bytes]], sizes: list[int]) -> None:
    """However a stream is torn, its bytes leave in order, up to the end of an event."""
    whole = b"".join(text + end for text, end in lines)
    events, out, left = Events(), b"", whole
    for size in sizes:
        out += events.feed(left[:size])
        left = left[size:]
    out += events.feed(left)
    rest = events.rest()
    assert whole == out + rest
    assert out.endswith((b"", b"\n\n", b"\n\r", b"\r\n", b"\r\r")[bool(out) :])
    assert b"\n\n" not in rest
    assert b"\r\n\r\n" not in rest


def test_events_are_counted() -> None:
    """The count is the number of events that left."""
    events = Events()
    events.feed(b"a: 1\n\nb: 2\n")
    events.feed(b"\nc: 3")
    assert (2, 4) == (events.count, events.waiting)
