"""Whether instants, or ids, ascend: a file is read once, in its order, and nothing is kept."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
import pyarrow.dataset as ds

from writ.study.columns import EPOCH
from writ.study.engine import FILES


def backwards(name: str, column: str) -> tuple[int, int]:
    """Count rows whose instant is before that of the last one above; return the first's number too.

    Rows count from 1. A table of an engine has no order.
    """
    if not name.endswith(FILES):
        return 0, 0
    found, first, last, above = 0, 0, None, 0
    for values in _columns(name, column):
        last = values.slice(0, 0) if last is None else last
        present = pa.concat_arrays([last, values.drop_null()])
        back = pc.less(present.slice(1), present.slice(0, max(len(present) - 1, 0)))
        if count := pc.sum(back).as_py():
            found += count
            first = first or above + _place(values, back.index(True).as_py() + 1 - len(last))
        above += len(values)
        last = present.slice(len(present) - 1) if len(present) else last
    return found, first


def ascends(name: str, column: str) -> bool:
    """Whether a Parquet file's ids ascend from row to row, so that none of them is in it twice.

    They do by bytes, or by length first, as what is counted up does (`u9`, `u10`).
    """
    if not name.endswith(".parquet"):
        return False
    last, by_bytes, by_length = None, True, True
    for values in _batches(ds.dataset(name, format="parquet"), column):
        if not pa.types.is_string(values.type) or values.null_count:
            return False
        present = values if last is None else pa.concat_arrays([last, values])
        if count := len(present) - 1:
            above, below = present.slice(0, count), present.slice(1)
            longer = pc.subtract(pc.binary_length(below), pc.binary_length(above))
            after = pc.greater(below, above)
            either = pc.or_(pc.greater(longer, 0), pc.and_(pc.equal(longer, 0), after))
            by_bytes = by_bytes and pc.all(after).as_py()
            by_length = by_length and pc.all(either).as_py()
        if not by_bytes and not by_length:
            return False
        last = present.slice(count)
    return True


def _place(values: Any, number: int) -> int:
    """Return the place, from 1, of the value that is number `number` of those there are, from 0."""
    places = pc.indices_nonzero(pc.is_valid(values))
    return int(places[number].as_py()) + 1


def _columns(name: str, column: str) -> Iterator[Any]:
    """Give the instants of a file, batch by batch; where there is none to be read, no value."""
    if name.endswith(".parquet"):
        dataset = ds.dataset(name, format="parquet")
    else:
        text = pc_csv.ConvertOptions(column_types={column: pa.string()}, strings_can_be_null=True)
        dataset = ds.dataset(name, format=ds.CsvFileFormat(convert_options=text))
    for raw in _batches(dataset, column):
        values = raw
        if pa.types.is_string(raw.type) or pa.types.is_large_string(raw.type):
            values = _of_text(raw)
        elif pa.types.is_date(raw.type):
            values = raw.cast(pa.timestamp("us"))
        yield values.cast(pa.int64()) if pa.types.is_timestamp(values.type) else values


def _batches(dataset: Any, column: str) -> Iterator[Any]:
    for batch in dataset.to_batches(columns=[column], use_threads=False):
        if len(batch):
            yield batch.column(0)


def _of_text(values: Any) -> Any:
    """Read text as instants: all at once where they are written alike, else one by one."""
    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
        with suppress(pa.ArrowInvalid):
            return values.cast(kind)
    return pa.array([_instant(text) for text in values.to_pylist()], pa.int64())


def _instant(text: str | None) -> int | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return (found.replace(tzinfo=found.tzinfo or UTC) - EPOCH) // timedelta(microseconds=1)
