import msgspec
import pytest

from writ.point import seam

DOWN: list[seam.Down] = [
    seam.Snapshot(3, b"{}"),
    seam.Row(3, 1, 0, b"\0\x7f", seam.packed({1: [(0, True, False)]})),
    seam.Subject(3, bytes(16), [(2**62, 1, 0)], [b"e" * 32]),
    seam.Key(bytes(32), "k", bytes(16), "person", None),
    seam.Issuer(bytes(16), "kid", bytes(32), revoked=True),
    seam.Activate(3),
    seam.Sync(7),
    seam.Lease(b"{}", bytes(64)),
    seam.Assessed(1, 0),
    seam.Assessed(
        2,
        3,
        [seam.Subject(3, bytes(16), [(2**62, -2, -3)])],
        [seam.Row(3, -2, -3, b"\0", seam.packed({}))],
    ),
]
UP: list[seam.Up] = [
    seam.Hello("gateway-1", 0),
    seam.Applied(0, 3, 2),
    seam.Declined(3, "why"),
    seam.Asserted(1, "k", "a.b.c", 1.5),
]


@pytest.mark.parametrize("message", DOWN)
def test_messages_down_survive_the_wire(message: seam.Down) -> None:
    """A frame is a length and the message."""
    frame = seam.frame(message)
    assert len(frame) - 4 == int.from_bytes(frame[:4], "big")
    assert message == seam.down_decoder.decode(frame[4:])


@pytest.mark.parametrize("message", UP)
def test_messages_up_survive_the_wire(message: seam.Up) -> None:
    """What goes up is read as what went up."""
    assert message == seam.up_decoder.decode(seam.frame(message)[4:])


@pytest.mark.parametrize("message", UP)
def test_what_goes_up_never_comes_down(message: seam.Up) -> None:
    """Each side reads only what the other may say."""
    with pytest.raises(msgspec.ValidationError):
        seam.down_decoder.decode(seam.frame(message)[4:])


def test_too_large_a_message_is_not_written() -> None:
    """A frame has a budget."""
    with pytest.raises(ValueError, match="too large"):
        seam.frame(seam.Snapshot(1, bytes(seam.MAX_FRAME)))


def test_an_end_users_name_is_its_organisations() -> None:
    """The same word of two organisations is two names, and neither tells the word."""
    one, other = bytes(16), b"\1" * 16
    names = {seam.end_user_name(org, sub) for org in (one, other) for sub in ("ann", "bob")}
    assert {16} == {len(name) for name in names}
    assert 4 == len(names)
    assert seam.end_user_name(one, "ann") in names


def test_whom_a_key_acts_for() -> None:
    """An organisation with a key of its own acts for itself, nobody else without being told."""

    def key(kind: str, organisation: bytes | None) -> seam.Key:
        return seam.Key(bytes(32), "k", b"me", kind, organisation)

    told = [key("organisation", None), key("organisation", b"it"), key("person", None)]
    assert [b"me", b"it", None] == [item.acts_for for item in told]
