from collections.abc import Callable

import pytest

from tests.worlds.june import BOOK, V1, V2, V3
from writ.canonical import decode, digest_bytes, encode
from writ.errors import Refused
from writ.law.snapshot import snapshot
from writ.point.view import read_view

BYTES = snapshot(BOOK, 7, None, 1)


def changed(change: Callable[[dict[str, object]], object]) -> bytes:
    """The snapshot with one thing changed."""
    value = decode(BYTES)
    assert isinstance(value, dict)
    change(value)
    return encode(value)


def segments(value: dict[str, object]) -> list[dict[str, object]]:
    """The segments of a snapshot."""
    found = value["segments"]
    assert isinstance(found, list)
    return found


def test_a_snapshot_is_read() -> None:
    """Names, instants, digests and what may be told, as the control side wrote them."""
    view = read_view(BYTES)
    assert (7, digest_bytes(BYTES)) == (view.epoch, view.digest)
    assert ("fable-5", "mythos-5", "opus-4-8") == view.order
    assert {"fable-5": 0, "mythos-5": 1, "opus-4-8": 2} == view.index
    assert {name: name for name in view.order} == view.names
    assert (V1, V2, V3) == view.boundaries
    assert [0, 1, 1, 2, 3] == [view.segment_at(at) for at in (V1 - 1, V1, V2 - 1, V2, V3)]
    named = frozenset({"fable-5", "mythos-5"})
    assert (frozenset(), named, named, frozenset()) == view.ruled


def test_aliases_name_their_model() -> None:
    """Every alias of the catalogue leads to the canonical name."""

    def alias(value: dict[str, object]) -> None:
        value["catalogue"]["models"]["fable-5"]["aliases"] = ["fable"]  # type: ignore[index]  # plain JSON

    assert "fable-5" == read_view(changed(alias)).names["fable"]


@pytest.mark.parametrize("odd", [b"", b"[]", b"{", b"\xff", b"{}", BYTES[:-1], BYTES + b"x"])
def test_odd_bytes_are_refused(odd: bytes) -> None:
    """What is no snapshot is Refused, whatever it is."""
    with pytest.raises(Refused, match="snapshot cannot be read"):
        read_view(odd)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda value: value.update(format="writ-snapshot-2"), "has format"),
        (lambda value: segments(value).clear(), "without a start than the first"),
        (lambda value: segments(value).pop(0), "without a start than the first"),
        (lambda value: segments(value).reverse(), "without a start than the first"),
        (lambda value: segments(value)[2].update({"from": None}), "without a start than the first"),
        (lambda value: segments(value).insert(1, segments(value).pop()), "out of order"),
        (lambda value: segments(value).append(segments(value)[-1]), "out of order"),
        (lambda value: value.update(epoch="7"), "cannot be read"),
        (lambda value: value.update(catalogue={}), "cannot be read"),
    ],
    ids=[
        "format",
        "none",
        "no-first",
        "reversed",
        "two-firsts",
        "moved",
        "doubled",
        "text",
        "bare",
    ],
)
def test_odd_snapshots_are_refused(change: Callable[[dict[str, object]], object], why: str) -> None:
    """Other formats, segments without their place and missing parts are Refused."""
    with pytest.raises(Refused, match=why):
        read_view(changed(change))
