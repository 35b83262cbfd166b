import pytest
from hypothesis import given
from hypothesis import strategies as st

from writ.errors import Refused
from writ.ledger.tiles import (
    WIDTH,
    Tile,
    read_bundle,
    read_hashes,
    read_path,
    tiles_between,
    write_bundle,
)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 1_234_067), "tile/1/x001/x234/067"),
        (Tile(63, 999, 112), "tile/63/999.p/112"),
        (Tile("entries", 1000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_paths_are_as_specified(tile: Tile, path: str) -> None:
    """Levels, groups of three digits and widths are written and read as tlog-tiles says."""
    assert (path, tile) == (tile.path(), read_path(path))


@given(st.sampled_from(["entries", *range(64)]), st.integers(0, 2**40), st.integers(1, WIDTH))
def test_paths_are_read_as_written(level: object, index: int, width: int) -> None:
    """Every tile has one path."""
    assert isinstance(level, int) or level == "entries"
    tile = Tile(level if isinstance(level, int) else "entries", index, width)
    assert tile == read_path(tile.path())


@pytest.mark.parametrize(
    "path",
    [
        "tile/64/000", "tile/00/000", "tile/0/x000/000", "tile/0/0000", "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/01", "tile/entry/000", "/tile/0/000", "tile/0/../000",
    ],
)  # fmt: skip
def test_what_no_log_serves_is_refused(path: str) -> None:
    """A second spelling, or a way out of the folder, is no tile."""
    with pytest.raises(Refused, match="is no tile"):
        read_path(path)


def test_the_specifications_example_has_its_tiles() -> None:
    """A tree of 70,000 entries has the tiles that tlog-tiles counts; one of 256 a partial above."""
    tiles = list(tiles_between(0, 70_000))
    counted = {level: [tile.width for tile in tiles if tile.level == level] for level in (0, 1, 2)}
    assert {0: [256] * 273 + [112], 1: [256, 17], 2: [1]} == counted
    assert ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"] == [
        tile.path() for tile in tiles_between(0, 256)
    ]


@given(st.lists(st.binary(max_size=300), max_size=WIDTH))
def test_bundles_are_read_as_written(entries: list[bytes]) -> None:
    """Entries of any bytes come back; not as another number of them, nor cut off."""
    data = write_bundle(entries)
    assert entries == read_bundle(data, len(entries))
    with pytest.raises(Refused, match="entries, not"):
        read_bundle(data, len(entries) + 1)
    if data:
        with pytest.raises(Refused, match=r"cut off|entries, not"):
            read_bundle(data[:-1], len(entries))


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00"])
def test_a_bundle_that_is_cut_off_is_refused(data: bytes) -> None:
    """Within a length, within an entry, and within the length of the next."""
    with pytest.raises(Refused, match="a bundle of entries is cut off"):
        read_bundle(data, 1)
    with pytest.raises(Refused, match="a bundle has 1 entries, not 2"):
        read_bundle(write_bundle([b"a"]), 2)


def test_an_entry_that_is_too_long_is_a_mistake() -> None:
    """Two bytes of length hold no more."""
    with pytest.raises(ValueError, match="at most 65535 bytes, not 65536"):
        write_bundle([bytes(65_536)])


def test_a_tile_has_the_length_of_its_hashes() -> None:
    """Anything else is no tile."""
    assert [bytes(32), bytes(32)] == read_hashes(bytes(64), 2)
    with pytest.raises(Refused, match="a tile has 63 bytes, not 64"):
        read_hashes(bytes(63), 2)
