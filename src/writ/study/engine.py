"""The engine that counts: DuckDB in this process, or an existing one chosen by a URL.

1. `duckdb://` is the default, in memory. `duckdb://FILE` and `postgresql://…` are databases,
   `spark://HOST:PORT` is a cluster, `spark:MASTER` any other master that Spark knows. Of any other
   database that Ibis reaches (`sqlite://FILE`), the columns that are read, and no others, are
   copied into DuckDB in memory.
2. A name that ends in `.parquet` or `.csv` is a file, which DuckDB and Spark read; any other is a
   table of the engine, `schema.table` where it is not in the usual schema.
3. What is read is never written to; what is kept for the run goes when the engine is closed.
4. Every engine is given the same expressions, and tells instants in UTC.
"""

import csv
import os
import re
import shutil
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import ibis
import pyarrow as pa
import pyarrow.csv as pa_csv
from ibis.common.exceptions import TableNotFound

from writ.errors import Failed, Fault, InvalidInput, WritError
from writ.study.reaching import connect, in_short

Table: TypeAlias = Any
"""An Ibis table or column expression; Ibis says no more of its types."""

FILES = (".parquet", ".csv")
SPILL = "writ-spill-"


class Engine:
    """Rule 4; made by `open_engine`."""

    def __init__(self, backend: Any, source: Any = None) -> None:
        self._backend = backend
        self._source = source
        self._kept: list[str] = []
        self._numbers = count()

    def table(self, name: str) -> Table:
        """Open a table or a file (rule 2); one of a database that does not count is still there."""
        schema, _, short = name.rpartition(".")
        with _reading(name):
            if name.endswith(FILES):
                return self._file(name)
            where = {"database": schema} if schema else {}
            return (self._source or self._backend).table(short, **where)

    def here(self, table: Table, columns: Collection[str]) -> Table:
        """Return a table that is where it is counted: such columns of it are copied, if it is not."""
        if self._source is None or getattr(table.op(), "source", None) is not self._source:
            return table
        with _reading(table.get_name()):
            read = table.select([name for name in table.columns if name in columns])
            try:
                return self._held(read.schema().to_pyarrow(), read.to_pyarrow_batches())
            except (pa.ArrowException, TypeError, ValueError):  # whose words have a value in them
                raise InvalidInput(
                    f"cannot read `{table.get_name()}`: some value is not of its column's type"
                ) from None

    @property
    def place(self) -> str:
        """Where it counts, and what it reads from if that is elsewhere."""
        place = {"postgres": "postgresql", "pyspark": "spark"}.get(name := self._backend.name, name)
        return place if self._source is None else f"{place}, read from {self._source.name}"

    @property
    def reads_text(self) -> bool:
        """Whether it can try to read text as something else, and go on where it is not that."""
        return bool(self._backend.name != "postgres")

    def small(self, columns: Mapping[str, tuple[str, Sequence[object]]]) -> Table:
        """Make a table of values; a column is `text`, `number` or `instant` (microseconds)."""
        arrays = {name: pa.array(values, _ARROW[kind]) for name, (kind, values) in columns.items()}
        return ibis.memtable(pa.table(arrays))

    def filled(
        self, kinds: Mapping[str, str], parts: Iterable[Sequence[Mapping[str, Any]]]
    ) -> Table:
        """Make a table of rows that come in parts; DuckDB has each in its own keeping before the next."""
        schema = pa.schema([(name, _ARROW[kind]) for name, kind in kinds.items()])
        tables = (pa.Table.from_pylist(list(rows), schema) for rows in parts)
        if self._backend.name != "duckdb":
            return ibis.memtable(pa.concat_tables([schema.empty_table(), *tables]))
        return self._held(schema, tables)

    def _held(self, schema: pa.Schema, parts: Iterable[pa.Table | pa.RecordBatch]) -> Table:
        """Keep what comes in parts in DuckDB, one after the other."""
        name = f"writ_{os.getpid()}_{next(self._numbers)}"
        made = self._backend.create_table(name, schema.empty_table(), temp=True)
        for part in parts:
            self._backend.con.register(f"{name}_part", part)
            self._backend.con.execute(f"insert into {name} select * from {name}_part")  # noqa: S608  names of ours
            self._backend.con.unregister(f"{name}_part")
        return made

    def keep(self, expression: Table) -> Table:
        """Compute a table once and keep it while the engine is open (rule 3)."""
        name = f"writ_{os.getpid()}_{next(self._numbers)}"
        self._kept.append(name)
        with _computing():
            if self._backend.name == "pyspark":
                return self._kept_by_spark(name, expression)
            return self._backend.create_table(name, expression, temp=True)

    def rows(self, expression: Table) -> Iterator[dict[str, Any]]:
        """Compute an expression and give its rows."""
        with _computing():
            found = self._backend.to_pyarrow(expression)
        for batch in found.to_batches(max_chunksize=10_000):
            yield from batch.to_pylist()

    def write_csv(self, expression: Table, file: Path) -> None:
        """Compute an expression and write it as CSV, batch by batch."""
        schema = expression.schema().to_pyarrow()
        with _computing(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Ibis, of how it asks DuckDB
            batches = self._backend.to_pyarrow_batches(expression)
            try:
                with file.open("wb") as opened, pa_csv.CSVWriter(opened, schema) as writer:
                    for batch in batches:
                        writer.write_batch(batch.cast(schema))
            except OSError as error:
                raise Failed(f"cannot write `{file}`: {error.strerror}") from None

    def progress(self) -> float:
        """Say how much of what is being computed is done, of a hundred; not every engine tells."""
        return max(self._backend.con.query_progress(), 0) if self._backend.name == "duckdb" else 0

    def close(self) -> None:
        """Let go of what was kept; temporary tables go with the connection."""
        for name in self._kept if self._backend.name == "pyspark" else ():
            self._backend.drop_view(name)
        self._backend.disconnect()
        if self._source is not None:
            self._source.disconnect()

    def _kept_by_spark(self, name: str, expression: Table) -> Table:
        """Spark has no temporary tables, and plans views anew down to the files, cached or not.

        A checkpoint on its workers ends that: where one of them is lost, the run fails.
        """
        from pyspark.sql import SparkSession  # noqa: PLC0415  not everybody has Spark

        self._backend.create_view(name, expression)
        SparkSession.active().table(name).localCheckpoint().createOrReplaceTempView(name)
        return self._backend.table(name)

    def _file(self, name: str) -> Table:
        if self._backend.name == "postgres":
            raise InvalidInput(f"`{name}` is a file; name a table of the database")
        path = Path(name).absolute()
        try:
            with path.open("rb") as file:
                head = file.readline(1 << 16).decode("utf-8-sig")
        except OSError as error:
            raise InvalidInput(f"cannot read `{name}`: {error.strerror}") from None
        except UnicodeDecodeError:
            head = ""
        if name.endswith(".parquet"):
            return self._backend.read_parquet(str(path))
        columns = next(csv.reader([head]), [])
        if not head.strip("\r\n").isprintable() or "" in columns or not columns:
            raise InvalidInput(f"`{name}` does not begin with a line of UTF-8 that names columns")
        if len(set(columns)) < len(columns):
            raise InvalidInput(f"`{name}` names a column twice: {', '.join(columns)}")
        if self._backend.name == "duckdb":
            # Nothing is guessed of a file: all of it is text, and is read as what it should be.
            typed = dict.fromkeys(columns, "VARCHAR")
            return self._backend.read_csv(str(path), header=True, columns=typed, **_CSV)
        return self._backend.read_csv(str(path), header=True, escape='"', mode="FAILFAST")


_ARROW = {"text": pa.string(), "number": pa.int64(), "instant": pa.timestamp("us")}
_CSV: Mapping[str, Any] = {"auto_detect": False, "delim": ",", "quote": '"', "escape": '"'}


@contextmanager
def open_engine(
    url: str, threads: int | None = None, spill_to: Path | None = None
) -> Iterator[Engine]:
    """Open an engine by its URL (rule 1), and close it; `spill_to` is where more than fits goes."""
    with _spill(spill_to) as spill:  # only DuckDB uses it
        engine = Engine(*connect(url, threads, spill))
        try:
            yield engine
        finally:
            engine.close()


@contextmanager
def _spill(folder: Path | None) -> Iterator[str]:
    """Make a folder for what does not fit; what killed processes left in a data folder goes first."""
    for left in folder.glob(f"{SPILL}*") if folder is not None else ():
        if _ended(left.name.removeprefix(SPILL).partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=f"{SPILL}{os.getpid()}-", dir=folder) as spill:
        yield spill


def _ended(process: str) -> bool:
    """Whether the process of a number is no more; what is no number is nobody's to say."""
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, OverflowError):
        pass
    return False


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Say in one line why a table or file cannot be read."""
    try:
        yield
    except InvalidInput:
        raise
    except TableNotFound:
        raise InvalidInput(
            f"the engine has no table `{name}`; name one, or a file that ends in"
            f" .jsonl{''.join(f', {item}' for item in FILES)}"
        ) from None
    except Exception as error:  # noqa: BLE001  every engine raises its own
        raise InvalidInput(f"cannot read `{name}`: {in_short(error)}") from None


@contextmanager
def _computing() -> Iterator[None]:
    """Say in one line what an engine could not compute: lines of a file, or the engine, are at fault."""
    try:
        yield
    except WritError:
        raise
    except Exception as error:  # noqa: BLE001  every engine raises its own
        if found := _LINE.search(str(error)):
            said = _SAID.search(str(error))
            why = in_short(said[0]) if said else "is no row of a CSV file"
            raise InvalidInput([Fault(found[2], int(found[1]), 1, why)]) from None
        raise Failed(f"the engine could not count: {in_short(error)}") from None


_LINE = re.compile(r"CSV Error on Line: (\d+)\n(?s:.*?)\n *file = (.*)")
_SAID = re.compile(  # never the line itself: it is about somebody
    r"^(Expected Number of Columns: \d+ Found: \d+|Value with unterminated quote|Invalid unicode"
    r"|Maximum line size of \d+ bytes exceeded)",
    re.MULTILINE,
)
