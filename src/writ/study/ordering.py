"""Whether the instants of a log ascend: a file is read once, in its order, and nothing is kept."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

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


def _place(values: Any, number: int) -> int:
    """Return the place, from 1, of the value that is number `number` of those there are, from 0."""
    places = pc.indices_nonzero(pc.is_valid(values))
    return int(places[number].as_py()) + 1


def _columns(name: str, column: str) -> Iterator[Any]:
    dataset = ds.dataset(name, format="parquet" if name.endswith(".parquet") else "csv")
    for batch in dataset.to_batches(columns=[column], use_threads=False):
        values = batch.column(0)
        yield values.cast(pa.int64()) if pa.types.is_timestamp(values.type) else values
