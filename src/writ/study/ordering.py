"""Whether the instants of a log ascend: a file is read once, in its order, and nothing is kept."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from writ.study.engine import FILES


def backwards(name: str, column: str) -> int:
    """Count rows whose instant is before that of the row above; a table of an engine has no order."""
    if not name.endswith(FILES):
        return 0
    found, last = 0, None
    for values in _columns(name, column):
        present = values.drop_null()
        if len(present) == 0:
            continue
        if last is not None and present[0].as_py() < last:
            found += 1
        later, earlier = present.slice(1), present.slice(0, len(present) - 1)
        found += pc.sum(pc.less(later, earlier)).as_py() or 0
        last = present[len(present) - 1].as_py()
    return found


def _columns(name: str, column: str) -> Iterator[Any]:
    dataset = ds.dataset(name, format="parquet" if name.endswith(".parquet") else "csv")
    for batch in dataset.to_batches(columns=[column], use_threads=False):
        values = batch.column(0)
        yield values.cast(pa.int64()) if pa.types.is_timestamp(values.type) else values
