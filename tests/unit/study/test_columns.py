"""What stands in a file or a table is read as what it should be, or told."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from writ.errors import Failed, InvalidInput
from writ.study.columns import EPOCH
from writ.study.engine import Engine, open_engine
from writ.study.ordering import ascends, backwards
from writ.study.population import COLUMNS, REQUIRED, open_columns

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def engine() -> Any:
    """DuckDB."""
    with open_engine("duckdb://", threads=1) as opened:
        yield opened


def read(engine: Engine, file: Path) -> list[dict[str, Any]]:
    """Return the rows of a population as they are read."""
    table, _ = open_columns(engine, str(file), REQUIRED, COLUMNS)
    return sorted(engine.rows(table), key=lambda row: str(row["id"]))


def written(folder: Path, *lines: str) -> Path:
    """Write a CSV file of people with instants."""
    file = folder / "people.csv"
    file.write_text("\n".join(["id,kind,verified_at,expires_at", *lines, ""]), encoding="utf-8-sig")
    return file


@pytest.mark.parametrize(
    "said",
    [
        "2026-06-01 12:00:00",
        "2026-06-01T12:00:00Z",
        "2026-06-01T14:00:00+02:00",
        str((NOON - EPOCH) // timedelta(microseconds=1)),
    ],
)
def test_instants_as_files_write_them(engine: Engine, tmp_path: Path, said: str) -> None:
    """With a zone or in UTC, or as microseconds; a column that is empty throughout is no fault."""
    (row,) = read(engine, written(tmp_path, f"ann,person,{said},"))

    assert (NOON, None, "") == (row["verified_at"], row["expires_at"], row["unread"])


@pytest.mark.parametrize(
    "said", ["yesterday", "infinity", "06/12/2026", "9223372036854775807", "20026-01-01"]
)
def test_what_is_no_instant_is_told_by_its_row(engine: Engine, tmp_path: Path, said: str) -> None:
    """However far down it stands; rows beside it are read, also those that look like comments."""
    many = [f"p{number},person,2026-06-01 00:00:00," for number in range(25_000)]
    rows = read(engine, written(tmp_path, "#ann,person,2026-06-01,", *many, f"bad,person,{said},"))

    assert 25_002 == len(rows)
    assert [("bad", "verified_at")] == [(row["id"], row["unread"]) for row in rows if row["unread"]]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC"])
def test_timestamps_as_fine_as_a_file_has_them(
    engine: Engine, tmp_path: Path, unit: str, zone: str | None
) -> None:
    """Data frames write nanoseconds, which end in 2262: before what instants are held against."""
    file = tmp_path / "people.parquet"
    noon = pa.array([NOON.replace(tzinfo=None)], pa.timestamp(unit, zone))
    pq.write_table(pa.table({"id": ["ann"], "kind": ["person"], "verified_at": noon}), file)

    (found,) = read(engine, file)
    assert (NOON, "") == (found["verified_at"].replace(tzinfo=UTC), found["unread"])


def test_dates_begin_at_midnight(engine: Engine, tmp_path: Path) -> None:
    """A date in Parquet is its first instant; what is no instant by its type is refused."""
    file = tmp_path / "people.parquet"
    row = {"id": "ann", "kind": "person", "verified_at": date(2026, 6, 1)}
    pq.write_table(pa.Table.from_pylist([row]), file)
    (found,) = read(engine, file)
    assert datetime(2026, 6, 1) == found["verified_at"]  # noqa: DTZ001  no zone is UTC

    pq.write_table(pa.Table.from_pylist([{**row, "verified_at": 0.5}]), file)
    with pytest.raises(InvalidInput, match="`verified_at` is float64; make it a timestamp"):
        read(engine, file)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "does not begin with a line of UTF-8 that names columns"),
        (b"\x00\xff", "does not begin with a line of UTF-8 that names columns"),
        (b"id,kind,id\n", "names a column twice: id, kind, id"),
        (b"id,kind\nann\n", "people.csv:2:1: expected Number of Columns: 2 Found: 1"),
        (b'id,kind\nann,"person\nbob,person\n', "people.csv:2:1: value with unterminated quote"),
        (b"id,kind\nann,\xff\n", "people.csv:2:1: invalid unicode"),
        (b"name,kind\n", "has no column `id`; it has kind, name"),
    ],
)
def test_files_that_are_no_table(engine: Engine, tmp_path: Path, data: bytes, said: str) -> None:
    """One line says where it is and what is wrong, and nothing of what the row says."""
    file = tmp_path / "people.csv"
    file.write_bytes(data)
    with pytest.raises(InvalidInput) as raised:
        read(engine, file)
    assert said in str(raised.value)
    assert ("\n" not in str(raised.value), "bob" in str(raised.value)) == (True, False)


def test_rows_are_in_order_as_they_are_read(tmp_path: Path) -> None:
    """A log's instants are compared as instants, in whatever zone; text that is none is passed over."""
    file = tmp_path / "log.csv"
    alike = ["2026-06-01T02:00:00+02:00", "2026-06-01T00:30:00Z"]
    for rows, back in (
        (alike, 0),
        (alike[::-1], 1),
        (["2026-06-01 00:00:01", "never", "2026-06-01 00:00:00Z"], 1),
    ):
        file.write_text("\n".join(["at", *rows, ""]))
        assert back == backwards(str(file), "at")[0]


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        (["a", "ab", "b", "ä"], True),
        (["u8", "u9", "u10", "u11"], True),
        (["u8", "u9", "u9", "u10"], False),
        (["a", "b", "b", "c"], False),
        (["u9", "u10", "u1"], False),
        (["a", "c", "b"], False),
        (["a", "aa", "b", "ab"], False),
        (["a", None, "b"], False),
        ([1, 2], False),
        ([], True),
    ],
)
def test_ids_that_ascend_are_different(tmp_path: Path, ids: list[Any], found: bool) -> None:  # noqa: FBT001  a case
    """By bytes or by length first, but not now this and now that; whatever rows are stored together."""
    kind = pa.int64() if ids == [1, 2] else pa.string()
    table = pa.table({"id": pa.array(ids, kind)})
    for together in (1, 2, 10):
        pq.write_table(table, tmp_path / "people.parquet", row_group_size=together)
        assert found == ascends(str(tmp_path / "people.parquet"), "id")
    assert not ascends(str(tmp_path / "people.csv"), "id")


def test_what_an_engine_has_not(engine: Engine) -> None:
    """A table that is not there, and an engine that nobody answers for, are told in one line."""
    with pytest.raises(InvalidInput, match="has no table `people`; name one, or a file"):
        engine.table("people")
    for url, said in (
        ("postgresql://127.0.0.1:1/people", "cannot use the engine `postgresql`: .*refused"),
        ("spark://127.0.0.1:1", "nothing answers at spark://127.0.0.1:1: Connection refused"),
    ):
        with pytest.raises(Failed, match=said), open_engine(url):
            pass
    with pytest.raises(InvalidInput, match="has no port"), open_engine("spark://nowhere"):
        pass


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    """What did not fit lies in the data folder while it is needed, and no longer than until the next."""
    left, running, other = (
        tmp_path / f"writ-spill-{name}" for name in (f"{2**30}-x", f"{os.getpid()}-y", "mine")
    )
    for folder in (left, running, other):
        folder.mkdir()
    with open_engine("duckdb://", threads=1, spill_to=tmp_path):
        assert (False, 3) == (left.exists(), len(list(tmp_path.iterdir())))
    assert {running, other} == set(tmp_path.iterdir())
